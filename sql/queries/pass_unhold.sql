-- An entity of another source whose deletion waits gives way to a document that is there.
-- $1 source
DELETE FROM claim c
USING stage_ref r
WHERE c.held AND c.source_id <> $1::bigint AND c.ref = r.ref
  AND EXISTS (SELECT FROM stage_claim n WHERE n.ref = r.ref)
