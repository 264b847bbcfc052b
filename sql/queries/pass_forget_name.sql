-- The one name that a pass which forgets an entity touches.
-- $1 ref
INSERT INTO stage_ref (ref)
VALUES ($1::text)
