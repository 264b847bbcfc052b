-- How many entities are this source's.
-- $1 source
-- Columns  count
SELECT count(*)
FROM claim
WHERE source_id = $1::bigint AND holds
