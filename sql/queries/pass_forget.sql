-- The claim that is to be forgotten, if it still holds its name.
-- $1 source  $2 path  $3 ref
INSERT INTO stage_old (path, ref, doc, fate, holds, was_held, status, number, since)
SELECT c.path, c.ref, c.doc, 'gone', true, c.held, NULL, NULL, NULL
FROM claim c
WHERE c.source_id = $1::bigint AND c.path = $2::text AND c.ref = $3::text AND c.holds
