-- What came of undoing it.
-- $1 id  $2 error; empty: it is undone
UPDATE task_left
SET undone_at = CASE WHEN $2::text = '' THEN clock_timestamp() ELSE undone_at END, error = $2::text
WHERE id = $1::bigint AND undone_at IS NULL
