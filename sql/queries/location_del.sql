-- Forget a registered location.
-- $1 id
-- Columns  id, type, target, entity_ref, created_at, created_by
DELETE FROM location
WHERE id = $1::text::uuid
RETURNING id::text, type, target, entity_ref, created_at, created_by
