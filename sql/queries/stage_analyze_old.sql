-- A large pass: let the planner know.
ANALYZE stage_old (path, ref, doc, fate)
