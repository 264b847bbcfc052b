-- How many runs that are due have secrets under keys that are not at hand.
-- $1 ids of the keys at hand, with commas
-- Columns  number
SELECT count(*)
FROM task
WHERE state IN ('open', 'processing') AND key_id <> '' AND key_id <> ALL (string_to_array($1::text, ','))
