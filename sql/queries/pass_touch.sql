-- The names this pass touches: those with a claim that is new, different or gone, and those whose deletion waits.
-- OFFSET 0 here and below: one look into an index for each row of the pass, whatever the planner has heard of the table.
-- $1 source
INSERT INTO stage_ref (ref)
SELECT coalesce(n.ref, o.ref)
FROM stage_claim n
FULL JOIN (
    SELECT c.path, c.ref, c.doc, c.line, c.col, c.hash, c.status, c.odd
    FROM stage_file f
    CROSS JOIN LATERAL (
        SELECT c.path, c.ref, c.doc, c.line, c.col, c.hash, c.status, c.stale OR c.held AS odd
        FROM claim c
        WHERE c.source_id = $1::bigint AND c.path = f.path
        OFFSET 0
    ) c
    WHERE f.op IN ('p', 'd')
) o ON o.path = n.path AND o.ref = n.ref AND o.doc = n.doc
WHERE n.ref IS NULL OR o.ref IS NULL OR o.odd
   OR (n.hash, n.line, n.col, n.status) IS DISTINCT FROM (o.hash, o.line, o.col, o.status)
UNION
SELECT c.ref
FROM claim c
WHERE c.source_id = $1::bigint AND c.held
