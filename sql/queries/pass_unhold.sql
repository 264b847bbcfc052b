-- An entity of another source whose deletion waits gives way to a document that is there.
-- $1 source
DELETE FROM claim c
USING stage_claim n
WHERE c.held AND c.source_id <> $1::bigint AND c.ref = n.ref
