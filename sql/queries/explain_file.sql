-- What a file of a source gave; no row: the last pass did not read it as a descriptor.
-- $1 source  $2 path
-- Columns  ref (NULL: it gave nothing), line, holds, held, stale
-- Order    line
SELECT c.ref, c.line, c.holds, c.held, c.stale
FROM source_file f
LEFT JOIN claim c ON c.source_id = f.source_id AND c.path = f.path
WHERE f.source_id = $1::bigint AND f.path = $2::text
ORDER BY c.line, c.ref
LIMIT 1000
