-- What generations $1 + 1 to $2 brought: versions that began, and names that went (body NULL).
-- OFFSET 0 keeps the planner at one look into the index for each pass: how much a pass brought cannot be foretold.
-- $1 from  $2 to
-- Columns  generation, ref, body, terms, edges, status, flags, source, path, line
-- Order    generation, ref
SELECT p.generation, v.ref, v.body, v.terms, v.edges, v.status, v.flags, v.source_id, v.path, v.line
FROM pass p
CROSS JOIN LATERAL (
    SELECT b.ref, b.body, b.terms, b.edges, b.status, b.flags, b.source_id, b.path, b.line
    FROM entity_version b
    WHERE b.first_pass = p.id
    OFFSET 0
) v
WHERE p.generation > $1::bigint AND p.generation <= $2::bigint
UNION ALL
SELECT p.generation, v.ref, NULL, NULL, NULL, NULL, v.flags, v.source_id, v.path, v.line
FROM pass p
CROSS JOIN LATERAL (
    SELECT e.ref, e.flags, e.source_id, e.path, e.line
    FROM entity_version e
    WHERE e.last_pass = p.id
      AND NOT EXISTS (SELECT FROM entity_version n WHERE n.ref = e.ref AND n.first_pass = p.id)
    OFFSET 0
) v
WHERE p.generation > $1::bigint AND p.generation <= $2::bigint
ORDER BY 1, 2
