-- Where the document stands that holds a name.
-- $1 ref
-- Columns  path, line, col
SELECT path, line, col
FROM claim
WHERE ref = $1::text AND holds
