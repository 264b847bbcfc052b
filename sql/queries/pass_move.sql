-- A name whose every claim is gone, while a broken document of it is in another file: it was renamed and broken at once.
-- Its claim goes there, stale.
UPDATE stage_old w
SET fate = 'moved',
    to_path = b.path,
    status = b.status
FROM (
    SELECT o.ref
    FROM stage_old o
    LEFT JOIN stage_claim n ON n.ref = o.ref
    WHERE o.fate = 'gone' AND n.ref IS NULL
    GROUP BY o.ref
    HAVING count(*) = (SELECT count(*) FROM claim c WHERE c.ref = o.ref)
) g
JOIN (
    SELECT DISTINCT ON (ref) ref, path, status
    FROM stage_broken
    WHERE ref <> ''
    ORDER BY ref, path, status
) b ON b.ref = g.ref
WHERE w.ref = g.ref AND w.holds
