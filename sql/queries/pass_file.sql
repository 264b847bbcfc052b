-- Files as this pass leaves them.
-- $1 source
MERGE INTO source_file o
USING stage_file f ON o.source_id = $1::bigint AND o.path = f.path
WHEN MATCHED AND f.op = 'd' THEN DELETE
WHEN MATCHED AND (o.content_id, o.origin_location, o.state)
                 IS DISTINCT FROM (f.content_id, f.origin_location, f.state) THEN
    UPDATE SET content_id = f.content_id, origin_location = f.origin_location, state = f.state
WHEN NOT MATCHED AND f.op <> 'd' THEN
    INSERT (source_id, path, content_id, origin_location, state)
    VALUES ($1::bigint, f.path, f.content_id, f.origin_location, f.state)
