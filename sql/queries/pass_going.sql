-- How many entities go with this pass: names whose every claim is gone.
-- Columns  count
SELECT count(*)
FROM (
    SELECT o.ref
    FROM stage_old o
    LEFT JOIN stage_claim n ON n.ref = o.ref
    WHERE o.fate = 'gone' AND n.ref IS NULL
    GROUP BY o.ref
    HAVING count(*) = (SELECT count(*) FROM claim c WHERE c.ref = o.ref)
) g
