-- Too many go: let these deletions wait.
UPDATE stage_old w
SET fate = 'held'
FROM (
    SELECT o.ref
    FROM stage_old o
    LEFT JOIN stage_claim n ON n.ref = o.ref
    WHERE o.fate = 'gone' AND n.ref IS NULL
    GROUP BY o.ref
    HAVING count(*) = (SELECT count(*) FROM claim c WHERE c.ref = o.ref)
) g
WHERE w.ref = g.ref AND w.holds
