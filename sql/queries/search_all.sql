-- All documents, when nothing is asked for.
-- $1 types, comma between  $2 jsonpath that a document must satisfy; empty: any  $3 limit  $4 offset
-- Columns  total, type, document. One row without a type when the page is empty
-- Order    type, ref
WITH page AS (
    SELECT row_number() OVER (ORDER BY type, ref) AS place, type, ref, document
    FROM search_now
    WHERE type = ANY (string_to_array($1::text, ','))
      AND ($2::text = '' OR document @@ nullif($2::text, '')::jsonpath)
    ORDER BY type, ref
    LIMIT $3::integer OFFSET $4::integer
)
SELECT n.total, p.type, p.document::text
FROM (
    SELECT count(*) AS total
    FROM search_now
    WHERE type = ANY (string_to_array($1::text, ','))
      AND ($2::text = '' OR document @@ nullif($2::text, '')::jsonpath)
) n
LEFT JOIN page p ON true
ORDER BY p.place
