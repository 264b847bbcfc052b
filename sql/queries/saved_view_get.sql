-- A view.
-- $1 id
-- Columns  id, owner_ref, name, query, changed_by, changed_at
SELECT id, owner_ref, name, query, changed_by, changed_at
FROM saved_view
WHERE id = $1::bigint
