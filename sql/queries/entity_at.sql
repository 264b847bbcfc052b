-- All that was served at a generation.
-- $1 generation
-- Columns  generation it came with, ref, body, terms, edges, status, flags, source, path, line
-- Order    ref, by bytes
SELECT p.generation, v.ref, v.body, v.terms, v.edges, v.status, v.flags, v.source_id, v.path, v.line
FROM entity_version v
JOIN pass p ON p.id = v.first_pass
LEFT JOIN pass e ON e.id = v.last_pass
WHERE p.generation <= $1::bigint AND (v.last_pass IS NULL OR e.generation > $1::bigint)
ORDER BY v.ref
