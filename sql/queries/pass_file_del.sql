-- Files that are no longer part of the source.
-- $1 source
DELETE FROM source_file o
USING stage_file f
WHERE o.source_id = $1::bigint AND o.path = f.path AND f.op = 'd'
