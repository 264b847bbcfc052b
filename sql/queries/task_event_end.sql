-- The event that told the end of a run.
-- $1 run
-- Columns  id, type, body, at
SELECT id, type, body, at
FROM task_event
WHERE task_id = $1::text::uuid AND type = 'completion'
ORDER BY id DESC
LIMIT 1
