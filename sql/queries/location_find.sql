-- The registered location of a type and target.
-- $1 type  $2 target
-- Columns  id, type, target, entity_ref, created_at, created_by
SELECT id::text, type, target, entity_ref, created_at, created_by
FROM location
WHERE type = $1::text AND md5(target) = md5($2::text) AND target = $2::text
