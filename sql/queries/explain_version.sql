-- The last version of a name, who brought it and who ended it; and when the name was there first.
-- $1 ref
-- Columns  path, line, source, generation, at, commit, author, subject, and of what ended it: generation (NULL: it is served), at,
--          commit, author, subject; versions, generation of the first
SELECT v.path, v.line, coalesce(s.key, ''), f.generation, f.finished_at, f.commit_id, f.author, f.subject,
       l.generation, l.finished_at, l.commit_id, l.author, l.subject,
       count(*) OVER () AS versions, min(f.generation) OVER () AS first
FROM entity_version v
JOIN pass f ON f.id = v.first_pass
LEFT JOIN pass l ON l.id = v.last_pass
LEFT JOIN source s ON s.id = v.source_id
WHERE v.ref = $1::text
ORDER BY f.generation DESC
LIMIT 1
