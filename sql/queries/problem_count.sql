-- How many there are in all.
-- $1 source or 0  $2 entity  $3 rule  $4 severity or -1  $5 path begins with; empty: any
-- Columns  count
SELECT count(*)
FROM problem_all p
WHERE ($1::bigint = 0 OR p.source_id = $1::bigint)
  AND ($2::text = '' OR p.entity = $2::text)
  AND ($3::text = '' OR p.rule = $3::text)
  AND ($4::smallint < 0 OR p.severity = $4::smallint)
  AND ($5::text = '' OR starts_with(p.path, $5::text))
