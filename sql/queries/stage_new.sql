-- New stage tables are empty: say so, or the planner takes each for ten pages of rows.
ANALYZE stage_file, stage_claim, stage_broken, stage_problem, stage_ref, stage_old, stage_winner
