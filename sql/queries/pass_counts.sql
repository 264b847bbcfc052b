-- What the source has now that is not as it should be.
-- $1 source
-- Columns  held, stale, lost, problems
SELECT count(*) FILTER (WHERE held) AS held,
       count(*) FILTER (WHERE stale) AS stale,
       count(*) FILTER (WHERE NOT holds) AS lost,
       (SELECT count(*) FROM problem p WHERE p.source_id = $1::bigint) AS problems
FROM claim
WHERE source_id = $1::bigint AND (held OR stale OR NOT holds)
