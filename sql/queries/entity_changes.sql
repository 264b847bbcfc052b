-- A page of what generations brought, each entity with the version before: for whoever follows the changes.
-- A generation with nothing (left) has one row without a ref. Each branch is cut by itself, so that a page of a large
-- generation does not sort all of it; OFFSET 0 keeps one look into the index for each row.
-- $1 from this generation  $2 in it behind this ref  $3 to  $4 rows
-- Columns  generation, finished at, source, commit, author, subject, ref, body, terms, edges, status, flags, path, line,
--          there was one before, its terms, its edges, its status
-- Order    generation, ref
SELECT p.generation, p.finished_at, coalesce(s.key, ''), p.commit_id, p.author, p.subject,
       v.ref, v.body, v.terms, v.edges, v.status, v.flags, v.path, v.line, o.ref IS NOT NULL, o.terms, o.edges,
       o.status
FROM pass p
LEFT JOIN source s ON s.id = p.source_id
LEFT JOIN LATERAL (
    (SELECT b.ref, b.body, b.terms, b.edges, b.status, b.flags, b.path, b.line
     FROM entity_version b
     WHERE b.first_pass = p.id AND b.ref > CASE WHEN p.generation = $1::bigint THEN $2::text ELSE '' END COLLATE "C"
     ORDER BY b.ref
     LIMIT $4::integer)
    UNION ALL
    (SELECT e.ref, NULL, NULL, NULL, NULL, e.flags, e.path, e.line
     FROM entity_version e
     WHERE e.last_pass = p.id AND e.ref > CASE WHEN p.generation = $1::bigint THEN $2::text ELSE '' END COLLATE "C"
       AND NOT EXISTS (SELECT FROM entity_version n WHERE n.ref = e.ref AND n.first_pass = p.id)
     ORDER BY e.ref
     LIMIT $4::integer)
) v ON true
LEFT JOIN LATERAL (
    SELECT w.ref, w.terms, w.edges, w.status
    FROM entity_version w
    WHERE w.ref = v.ref AND w.last_pass = p.id
    OFFSET 0
) o ON true
WHERE p.generation >= $1::bigint AND p.generation <= $3::bigint
ORDER BY p.generation, v.ref
LIMIT $4::integer
