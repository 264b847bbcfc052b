-- The files of a source as its last pass left them.
-- $1 source
-- Columns  path, content_id, origin_location, state
-- Order    path
SELECT path, content_id, origin_location, state
FROM source_file
WHERE source_id = $1::bigint
ORDER BY path
