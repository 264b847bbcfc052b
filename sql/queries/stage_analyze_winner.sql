-- A large pass: let the planner know.
ANALYZE stage_winner, stage_old
