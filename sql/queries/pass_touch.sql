-- The names this pass touches: those with a claim that is new, different or gone, and those whose deletion waits.
-- $1 source
INSERT INTO stage_ref (ref)
SELECT coalesce(n.ref, o.ref)
FROM stage_claim n
FULL JOIN (
    SELECT c.path, c.ref, c.doc, c.line, c.col, c.hash, c.status, c.stale OR c.held AS odd
    FROM stage_file f
    JOIN claim c ON c.source_id = $1::bigint AND c.path = f.path
    WHERE f.op IN ('p', 'd')
) o ON o.path = n.path AND o.ref = n.ref AND o.doc = n.doc
WHERE n.ref IS NULL OR o.ref IS NULL OR o.odd
   OR (n.hash, n.line, n.col, n.status) IS DISTINCT FROM (o.hash, o.line, o.col, o.status)
UNION
SELECT c.ref
FROM claim c
WHERE c.source_id = $1::bigint AND c.held
