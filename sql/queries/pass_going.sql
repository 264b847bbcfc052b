-- How many entities go with this pass: names whose every claim is gone.
-- Columns  count
SELECT count(*)
FROM (SELECT ref, count(*) AS n FROM stage_old WHERE fate = 'gone' GROUP BY ref) g
WHERE NOT EXISTS (SELECT FROM stage_claim n WHERE n.ref = g.ref)
  AND g.n = (SELECT count(*) FROM claim c WHERE c.ref = g.ref)
