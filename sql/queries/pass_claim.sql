-- The claims that came with this pass; a lost one keeps its body, to take over one day, and is a problem.
-- $1 source
INSERT INTO claim (source_id, path, ref, doc, line, col, flags, hash, status, holds, number, since, body, terms, edges)
SELECT $1::bigint, n.path, n.ref, n.doc, n.line, n.col, n.flags, n.hash, n.status, w.ref IS NOT NULL,
       CASE WHEN w.ref IS NULL THEN coalesce(o.number, nextval('problem_number')) END,
       CASE WHEN w.ref IS NULL THEN coalesce(o.since, clock_timestamp()) END,
       CASE WHEN w.ref IS NULL THEN n.body END,
       CASE WHEN w.ref IS NULL THEN n.terms END,
       CASE WHEN w.ref IS NULL THEN n.edges END
FROM stage_claim n
JOIN stage_ref r ON r.ref = n.ref
LEFT JOIN stage_winner w ON w.staged AND w.ref = n.ref AND w.path = n.path AND w.doc = n.doc
LEFT JOIN stage_old o ON o.path = n.path AND o.ref = n.ref AND o.doc = n.doc
