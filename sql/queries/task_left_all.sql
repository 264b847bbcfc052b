-- What a run left behind, the newest first: in this order it is undone.
-- $1 run
-- Columns  id, step, action, can be undone, input, output, made at, undone at, error
SELECT id, step_id, action, can_undo, input, output, made_at, undone_at, error
FROM task_left
WHERE task_id = $1::text::uuid
ORDER BY id DESC
