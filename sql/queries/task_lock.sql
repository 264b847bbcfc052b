-- Within a transaction: the row's lock, whoever runs it.
-- $1 id
-- Columns  state, created by, cancelling
SELECT state, created_by, cancelling
FROM task
WHERE id = $1::text::uuid
FOR NO KEY UPDATE
