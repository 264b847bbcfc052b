-- Which names have which problems, of the sources that generations $1 + 1 to $2 touched; $1 below 0: of all.
-- A source is touched by its own pass, and when a name became its own. A file that could not be read says nothing of its
-- entities: its problems are those of all that it left stale.
-- $1 from  $2 to
-- Columns  source, name or NULL when the source has none, rule, severity
-- Order    source
WITH touched AS (
    SELECT s.id
    FROM source s
    WHERE $1::bigint < 0
    UNION
    SELECT p.source_id
    FROM pass p
    WHERE $1::bigint >= 0 AND p.generation > $1::bigint AND p.generation <= $2::bigint
    UNION
    SELECT v.source_id
    FROM pass p
    JOIN entity_version v ON v.first_pass = p.id
    WHERE $1::bigint >= 0 AND p.generation > $1::bigint AND p.generation <= $2::bigint
)
SELECT t.id, m.ref, m.rule, m.severity
FROM touched t
LEFT JOIN LATERAL (
    SELECT p.entity AS ref, p.rule, p.severity
    FROM problem p
    WHERE p.source_id = t.id AND p.entity <> ''
    UNION
    SELECT c.ref, 'name-conflict', 2::smallint
    FROM claim c
    WHERE c.source_id = t.id AND NOT c.holds
    UNION
    SELECT c.ref, p.rule, p.severity
    FROM problem p
    JOIN claim c ON c.source_id = p.source_id AND c.path = p.path AND c.stale
    WHERE p.source_id = t.id AND p.entity = '' AND p.path <> ''
) m ON true
ORDER BY t.id
