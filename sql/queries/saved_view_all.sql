-- The views of some groups.
-- $1 JSON array of refs  $2 most rows
-- Columns  id, owner_ref, name, query, changed_by, changed_at
-- Order    owner_ref, name
SELECT id, owner_ref, name, query, changed_by, changed_at
FROM saved_view
WHERE owner_ref IN (SELECT json_array_elements_text($1::text::json))
ORDER BY owner_ref, name
LIMIT $2::bigint
