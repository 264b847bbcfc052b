-- Every document that says it is the entity of this name: who holds it, who would have it.
-- $1 ref
-- Columns  source, its key, type, url, branch, commit, path, line, column, holds, held, stale, since when it lost
-- Order    the holder, then those who would take over, in that order
SELECT c.source_id, s.key, s.type, s.url, s.branch, s.commit_id, c.path, c.line, c.col, c.holds, c.held, c.stale, c.since
FROM claim c
JOIN source s ON s.id = c.source_id
WHERE c.ref = $1::text
ORDER BY c.holds DESC, s.configured DESC, s.position, c.source_id, c.path, c.line, c.doc
LIMIT 100
