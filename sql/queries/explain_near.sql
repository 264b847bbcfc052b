-- Served names that look like one that is not: did you mean.
-- $1 ref
-- Columns  ref
-- Order    the most alike first
SELECT v.ref
FROM entity_version v
WHERE v.last_pass IS NULL
  AND (similarity(v.ref, $1::text) > 0.5
       OR split_part(split_part(v.ref, ':', 2), '/', 2) = split_part(split_part($1::text, ':', 2), '/', 2))
ORDER BY similarity(v.ref, $1::text) DESC, v.ref
LIMIT 5
