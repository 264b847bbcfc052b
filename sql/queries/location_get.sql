-- One registered location.
-- $1 id
-- Columns  id, type, target, entity_ref, created_at, created_by
SELECT id::text, type, target, entity_ref, created_at, created_by
FROM location
WHERE id = $1::text::uuid
