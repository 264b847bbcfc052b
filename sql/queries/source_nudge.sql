-- Whoever runs, read it now.
-- $1 id
-- Columns  id
UPDATE source
SET nudged = true,
    due_at = clock_timestamp()
WHERE id = $1::bigint
RETURNING id
