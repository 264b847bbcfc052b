-- A large pass: let the planner know.
ANALYZE stage_winner (path, ref, doc)
