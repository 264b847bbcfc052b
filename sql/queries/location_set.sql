-- Another type and target for a location; its entity keeps its name.
-- $1 id  $2 type  $3 target
-- Columns  id, type, target, entity_ref, created_at, created_by
UPDATE location
SET type = $2::text, target = $3::text
WHERE id = $1::text::uuid
RETURNING id::text, type, target, entity_ref, created_at, created_by
