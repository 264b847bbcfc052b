-- The version of a name that was served at a generation.
-- $1 ref  $2 generation
-- Columns  generation it came with, when, source of that pass, its key, commit, author, subject, authored at,
--          generation it ended with (NULL: it is served), source of the document, its key, path, line, flags, body, status, edges
SELECT p.generation, p.finished_at, p.source_id, s.key, p.commit_id, p.author, p.subject, p.authored_at,
       e.generation, v.source_id, vs.key, v.path, v.line, v.flags, v.body, v.status, v.edges
FROM entity_version v
JOIN pass p ON p.id = v.first_pass
LEFT JOIN pass e ON e.id = v.last_pass
LEFT JOIN source s ON s.id = p.source_id
LEFT JOIN source vs ON vs.id = v.source_id
WHERE v.ref = $1::text AND p.generation <= $2::bigint AND (v.last_pass IS NULL OR e.generation > $2::bigint)
