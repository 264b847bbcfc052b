-- The names of a large pass: what was known of those that changed or went is forgotten, the rest waits for search_fill.
-- $1 pass
WITH ended AS (
    DELETE FROM search_document d
    USING entity_version v
    WHERE v.last_pass = $1::bigint AND d.type = 'software-catalog' AND d.ref = v.ref
)
INSERT INTO search_pending (pass)
VALUES ($1::bigint)
