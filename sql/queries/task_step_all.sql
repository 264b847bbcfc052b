-- How far the steps of a run are.
-- $1 run
-- Columns  place, state, began at, ended at, output, sealed
SELECT place, state, began_at, ended_at, output, sealed
FROM task_step
WHERE task_id = $1::text::uuid
ORDER BY place
