-- Too many go: let these deletions wait.
UPDATE stage_old o
SET fate = 'held'
FROM (SELECT ref, count(*) AS n FROM stage_old WHERE fate = 'gone' GROUP BY ref) g
WHERE o.ref = g.ref AND o.holds
  AND NOT EXISTS (SELECT FROM stage_claim n WHERE n.ref = g.ref)
  AND g.n = (SELECT count(*) FROM claim c WHERE c.ref = g.ref)
