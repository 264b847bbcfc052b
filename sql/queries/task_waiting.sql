-- How many runs wait, as far as it matters.
-- $1 no more than so many are counted
-- Columns  number
SELECT count(*)
FROM (SELECT 1 FROM task WHERE state = 'open' LIMIT $1::bigint) waiting
