-- Begin versions from claims that were there: a loser that takes over brings its body; a holder whose status
-- changes has it from the version that just ended.
-- $1 pass
INSERT INTO entity_version (ref, first_pass, source_id, path, line, flags, hash, status, body, terms, edges)
SELECT c.ref, $1::bigint, c.source_id, c.path, c.line, c.flags, c.hash, c.status,
       coalesce(c.body, v.body), coalesce(c.terms, v.terms), coalesce(c.edges, v.edges)
FROM stage_winner w
CROSS JOIN LATERAL (
    SELECT c.*
    FROM claim c
    WHERE c.source_id = w.source_id AND c.path = w.path AND c.ref = w.ref AND c.doc = w.doc
    OFFSET 0
) c
LEFT JOIN LATERAL (
    SELECT v.body, v.terms, v.edges
    FROM entity_version v
    WHERE w.holds AND v.ref = w.ref AND v.last_pass = $1::bigint
    OFFSET 0
) v ON true
WHERE NOT w.staged AND w.changed
