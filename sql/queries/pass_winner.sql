-- Who has each touched name: the file that holds it, else a file of the source that holds it, else the first by
-- order of sources, path, line.
-- $1 source
INSERT INTO stage_winner (ref, source_id, path, doc, staged, holds, new, changed)
SELECT DISTINCT ON (k.ref) k.ref, k.source_id, k.path, k.doc, k.staged, k.holds, v.ref IS NULL,
       v.ref IS NULL
           OR (v.hash, v.status, v.source_id, v.path) IS DISTINCT FROM (k.hash, k.status, k.source_id, k.path)
FROM (
    SELECT n.ref, $1::bigint AS source_id, n.path, n.doc, n.line, n.hash, n.status, true AS staged, false AS holds
    FROM stage_ref r
    JOIN stage_claim n ON n.ref = r.ref
    UNION ALL
    SELECT c.ref, c.source_id, c.path, c.doc, c.line, c.hash, c.status, false, c.holds
    FROM stage_ref r
    CROSS JOIN LATERAL (
        SELECT c.ref, c.source_id, c.path, c.doc, c.line, c.hash, c.status, c.holds
        FROM claim c
        WHERE c.ref = r.ref
        OFFSET 0
    ) c
) k
JOIN source s ON s.id = k.source_id
LEFT JOIN LATERAL (
    SELECT v.ref, v.hash, v.status, v.source_id, v.path
    FROM entity_version v
    WHERE v.ref = k.ref AND v.last_pass IS NULL
    OFFSET 0
) v ON true
ORDER BY k.ref,
         (v.source_id = k.source_id AND v.path = k.path) IS NOT TRUE,
         (v.source_id = k.source_id) IS NOT TRUE,
         s.configured DESC, s.position, k.source_id, k.path, k.line, k.doc
