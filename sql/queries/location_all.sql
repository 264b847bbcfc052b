-- Every registered location.
-- Columns  id, type, target, entity_ref, created_at, created_by
-- Order    by id
SELECT id::text, type, target, entity_ref, created_at, created_by
FROM location
ORDER BY id
