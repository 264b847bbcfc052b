-- What generations $1 + 1 to $2 brought: versions that began, and names that went (body NULL).
-- $1 from  $2 to
-- Columns  generation, ref, body, terms, edges, status, flags, source, path, line
-- Order    generation, ref
SELECT p.generation, v.ref, v.body, v.terms, v.edges, v.status, v.flags, v.source_id, v.path, v.line
FROM pass p
JOIN entity_version v ON v.first_pass = p.id
WHERE p.generation > $1::bigint AND p.generation <= $2::bigint
UNION ALL
SELECT p.generation, v.ref, NULL, NULL, NULL, NULL, v.flags, v.source_id, v.path, v.line
FROM pass p
JOIN entity_version v ON v.last_pass = p.id
WHERE p.generation > $1::bigint AND p.generation <= $2::bigint
  AND NOT EXISTS (SELECT FROM entity_version n WHERE n.ref = v.ref AND n.first_pass = v.last_pass)
ORDER BY 1, 2
