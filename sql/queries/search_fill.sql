-- What is still served of a large pass's versions.
-- $1 pass
INSERT INTO search_document (type, ref, name, words, document, body)
SELECT type, ref, name, words, document, body
FROM search_entity
WHERE first_pass = $1::bigint AND last_pass IS NULL
