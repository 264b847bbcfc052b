-- What became of a name: versions that began, and its removals, newest first.
-- $1 ref  $2 before this generation  $3 how many at most
-- Columns  generation, when, source of the pass, its key, commit, author, subject, authored at,
--          change (0 added, 1 changed, 2 removed, 3 came back), source of the document, its key, path, line, flags,
--          body, status, body before, status before
-- Order    generation, newest first
SELECT p.generation, p.finished_at, p.source_id, s.key, p.commit_id, p.author, p.subject, p.authored_at,
       CASE
           WHEN e.gone THEN 2
           WHEN o.ref IS NOT NULL THEN 1
           WHEN EXISTS (SELECT
                        FROM entity_version x
                        JOIN pass xp ON xp.id = x.last_pass
                        WHERE x.ref = $1::text AND xp.generation < p.generation) THEN 3
           ELSE 0
       END,
       e.source_id, es.key, e.path, e.line, e.flags, CASE WHEN NOT e.gone THEN e.body END, CASE WHEN NOT e.gone THEN e.status END,
       CASE WHEN e.gone THEN e.body ELSE o.body END, CASE WHEN e.gone THEN e.status ELSE o.status END
FROM (
    SELECT v.first_pass AS pass, false AS gone, v.source_id, v.path, v.line, v.flags, v.body, v.status
    FROM entity_version v
    WHERE v.ref = $1::text
    UNION ALL
    SELECT v.last_pass, true, v.source_id, v.path, v.line, v.flags, v.body, v.status
    FROM entity_version v
    WHERE v.ref = $1::text
      AND v.last_pass IS NOT NULL
      AND NOT EXISTS (SELECT FROM entity_version n WHERE n.ref = v.ref AND n.first_pass = v.last_pass)
) e
JOIN pass p ON p.id = e.pass
LEFT JOIN entity_version o ON o.ref = $1::text AND o.last_pass = e.pass AND NOT e.gone
LEFT JOIN source s ON s.id = p.source_id
LEFT JOIN source es ON es.id = e.source_id
WHERE p.generation < $2::bigint
ORDER BY p.generation DESC
LIMIT $3::bigint
