-- A page of problems.
-- $1 source or 0  $2 entity  $3 rule  $4 severity or -1  $5 path begins with  $6 behind this number  $7 at most; empty: any
-- Columns  number, source, key, repository, commit, rule, severity, path, doc, line, col, field, message, remedy, entity,
--          backstage, first seen, last seen, branch
-- Order    number
SELECT p.number, p.source_id, s.key, s.url, s.commit_id, p.rule, p.severity, p.path, p.doc, p.line, p.col, p.field,
       p.message, p.remedy, p.entity, p.backstage, p.first_seen,
       CASE WHEN p.rule = 'source-failing' THEN s.tried_at ELSE greatest(p.first_seen, s.read_at) END, s.branch
FROM problem_all p
JOIN source s ON s.id = p.source_id
WHERE ($1::bigint = 0 OR p.source_id = $1::bigint)
  AND ($2::text = '' OR p.entity = $2::text)
  AND ($3::text = '' OR p.rule = $3::text)
  AND ($4::smallint < 0 OR p.severity = $4::smallint)
  AND ($5::text = '' OR starts_with(p.path, $5::text))
  AND p.number > $6::bigint
ORDER BY p.number
LIMIT $7::integer
