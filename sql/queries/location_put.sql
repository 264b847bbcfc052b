-- Register a location. No row: this type and target is registered.
-- $1 type  $2 target  $3 entity ref  $4 by whom
-- Columns  id, type, target, entity_ref, created_at, created_by
INSERT INTO location (type, target, entity_ref, created_by)
VALUES ($1::text, $2::text, $3::text, $4::text)
ON CONFLICT (type, md5(target)) DO NOTHING
RETURNING id::text, type, target, entity_ref, created_at, created_by
