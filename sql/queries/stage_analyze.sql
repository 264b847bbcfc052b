-- A large pass: let the planner know.
ANALYZE stage_file, stage_claim, stage_broken, stage_problem
