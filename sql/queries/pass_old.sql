-- What becomes of the source's claims on the touched names in the files put or deleted, and of those that wait.
-- A claim is stale when its file says nothing good of its name, but has a broken document that is of the name,
-- or of nobody can tell which. All others are gone; some of them come again with the pass.
-- The outer OFFSET 0 has all claims found before files are looked at: else each claim is joined by itself, to all files.
-- $1 source
INSERT INTO stage_old (path, ref, doc, fate, holds, was_held, status, number, since)
SELECT c.path, c.ref, c.doc,
       CASE WHEN n.ref IS NULL AND (known.path IS NOT NULL OR unknown.path IS NOT NULL) THEN 'stale' ELSE 'gone' END,
       c.holds, c.held,
       CASE WHEN known.path IS NOT NULL THEN known.status ELSE unknown.status END,
       c.number, c.since
FROM (
    SELECT c.path, c.ref, c.doc, c.holds, c.held, c.number, c.since
    FROM stage_ref r
    CROSS JOIN LATERAL (
        SELECT c.path, c.ref, c.doc, c.holds, c.held, c.number, c.since
        FROM claim c
        WHERE c.ref = r.ref AND c.source_id = $1::bigint
        OFFSET 0
    ) c
    OFFSET 0
) c
LEFT JOIN stage_file f ON f.path = c.path AND f.op IN ('p', 'd')
LEFT JOIN (SELECT DISTINCT path, ref FROM stage_claim) n ON n.path = c.path AND n.ref = c.ref
LEFT JOIN (SELECT path, ref, min(status) AS status FROM stage_broken WHERE ref <> '' GROUP BY path, ref) known
       ON known.path = c.path AND known.ref = c.ref
LEFT JOIN (SELECT path, min(status) AS status FROM stage_broken WHERE ref = '' GROUP BY path) unknown
       ON unknown.path = c.path
WHERE f.path IS NOT NULL OR c.held
