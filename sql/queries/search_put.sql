-- The names of a small pass as search has them now; those that nobody holds any more go.
-- $1 pass
WITH gone AS (
    DELETE FROM search_document d
    USING entity_version v
    WHERE v.last_pass = $1::bigint AND d.type = 'software-catalog' AND d.ref = v.ref
      AND NOT EXISTS (SELECT FROM entity_version n WHERE n.ref = v.ref AND n.first_pass = $1::bigint)
)
INSERT INTO search_document AS d (type, ref, name, words, document, body)
SELECT type, ref, name, words, document, body
FROM search_entity
WHERE first_pass = $1::bigint
ON CONFLICT (type, ref) DO UPDATE
SET name = excluded.name, words = excluded.words, document = excluded.document, body = excluded.body
WHERE (d.document, d.body, d.words) IS DISTINCT FROM (excluded.document, excluded.body, excluded.words)
