-- Begin versions from what came with this pass.
-- $1 pass  $2 source
INSERT INTO entity_version (ref, first_pass, source_id, path, line, flags, hash, status, body, terms, edges)
SELECT n.ref, $1::bigint, $2::bigint, n.path, n.line, n.flags, n.hash, n.status, n.body, n.terms, n.edges
FROM stage_claim n
JOIN stage_winner w ON w.ref = n.ref AND w.path = n.path AND w.doc = n.doc
WHERE w.staged AND w.changed
