-- Change a view. No row: it is gone.
-- $1 id  $2 name  $3 query  $4 by whom
-- Columns  id, changed_at
UPDATE saved_view
SET name = $2::text, query = $3::text, changed_by = $4::text, changed_at = clock_timestamp()
WHERE id = $1::bigint
RETURNING id, changed_at
