-- Problems as this pass found them. One that only moved stays the same problem.
-- $1 source
-- Columns  how many are new
WITH put AS (
    INSERT INTO problem AS p (source_id, path, identity, nth, rule, severity, doc, line, col, field, message, remedy,
                              entity, backstage, first_seen)
    SELECT $1::bigint, path, identity,
           row_number() OVER (PARTITION BY path, identity ORDER BY doc, line, col),
           rule, severity, doc, line, col, field, message, remedy, entity, backstage, clock_timestamp()
    FROM stage_problem
    ON CONFLICT (source_id, path, identity, nth) DO UPDATE
    SET doc = excluded.doc, line = excluded.line, col = excluded.col
    WHERE (p.doc, p.line, p.col) IS DISTINCT FROM (excluded.doc, excluded.line, excluded.col)
    RETURNING xmax = 0 AS new
)
SELECT count(*) FILTER (WHERE new)
FROM put
