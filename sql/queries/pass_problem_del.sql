-- Problems of the files put or deleted, and of the source as a whole, that are no more.
-- $1 source
DELETE FROM problem p
USING (
    SELECT q.number
    FROM (SELECT path FROM stage_file WHERE op IN ('p', 'd') UNION ALL SELECT '') f
    JOIN problem q ON q.source_id = $1::bigint AND q.path = f.path
    LEFT JOIN (SELECT path, identity, count(*) AS n FROM stage_problem GROUP BY path, identity) n
           ON n.path = q.path AND n.identity = q.identity
    WHERE q.nth > coalesce(n.n, 0)
) g
WHERE p.number = g.number
