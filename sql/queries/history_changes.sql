-- What some generations brought, oldest first.
-- A generation that brought no entity is there too, with an empty ref, unless entities of a kind or owner are asked for.
-- $1 generation to begin with  $2 and in it behind this ref, or empty  $3 generation to end with  $4 kind, or empty
-- $5 owner, or empty  $6 source, or 0  $7 how many rows at most
-- Columns  generation, when, source, its key, commit, author, subject, authored at, added, changed, removed,
--          ref, change (0 added, 1 changed, 2 removed, 3 came back)
-- Order    generation (ascending), ref
SELECT p.generation, p.finished_at, p.source_id, s.key, p.commit_id, p.author, p.subject, p.authored_at,
       p.added, p.changed, p.removed, p.ref,
       CASE
           WHEN p.gone THEN 2
           ELSE coalesce((SELECT 1 FROM entity_version x WHERE x.ref = p.ref AND x.last_pass = p.id LIMIT 1),
                         (SELECT 3
                          FROM entity_version x
                          JOIN pass xp ON xp.id = x.last_pass
                          WHERE x.ref = p.ref AND xp.generation < p.generation
                          LIMIT 1),
                         0)
       END
FROM (
    SELECT p.*, coalesce(e.ref, '') AS ref, e.gone
    FROM pass p
    LEFT JOIN LATERAL (
        SELECT v.ref, false AS gone
        FROM (SELECT b.ref, b.edges FROM entity_version b WHERE b.first_pass = p.id OFFSET 0) v
        WHERE ($4::text = '' OR v.ref >= $4::text || ':' AND v.ref < $4::text || ';')
          AND ($5::text = '' OR v.edges @> ARRAY['ownedBy ' || $5::text])
        UNION ALL
        SELECT v.ref, true
        FROM (
            SELECT b.ref, b.edges
            FROM entity_version b
            WHERE b.last_pass = p.id
              AND NOT EXISTS (SELECT FROM entity_version n WHERE n.ref = b.ref AND n.first_pass = p.id)
            OFFSET 0
        ) v
        WHERE ($4::text = '' OR v.ref >= $4::text || ':' AND v.ref < $4::text || ';')
          AND ($5::text = '' OR v.edges @> ARRAY['ownedBy ' || $5::text])
    ) e ON true
    WHERE p.generation >= $1::bigint AND p.generation <= $3::bigint
      AND (p.generation <> $1::bigint OR $2::text = '' OR e.ref > $2::text COLLATE "C")
      AND ($6::bigint = 0 OR p.source_id = $6::bigint)
      AND (e.ref IS NOT NULL OR $4::text = '' AND $5::text = '')
    ORDER BY p.generation, coalesce(e.ref, '') COLLATE "C"
    LIMIT $7::bigint
) p
LEFT JOIN source s ON s.id = p.source_id
ORDER BY p.generation, p.ref COLLATE "C"
