-- Files as this pass leaves them.
-- $1 source
INSERT INTO source_file AS o (source_id, path, content_id, origin_location, state)
SELECT $1::bigint, path, content_id, origin_location, state
FROM stage_file
WHERE op <> 'd'
ON CONFLICT (source_id, path) DO UPDATE
SET content_id = excluded.content_id,
    origin_location = excluded.origin_location,
    state = excluded.state
WHERE (o.content_id, o.origin_location, o.state)
      IS DISTINCT FROM (excluded.content_id, excluded.origin_location, excluded.state)
