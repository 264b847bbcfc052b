-- Documents whose name or title has a word nearly like each that was asked for: a slip of the finger, letters that changed places.
-- Those that are far from the nearest are left out.
-- $1 term  $2 types, comma between  $3 jsonpath that a document must satisfy; empty: any  $4 limit  $5 offset
-- Columns  total, type, document. One row without a type when the page is empty
-- Order    nearest first, then by ref
WITH word AS (
    SELECT w.word AS whole
    FROM regexp_split_to_table(lower(search_split($1::text)), '[\s_]+') w (word)
    WHERE length(w.word) > 2
), like_it AS MATERIALIZED (
    SELECT d.type, d.ref, (SELECT min(word_similarity(w.whole, d.words)) FROM word w) AS near,
           similarity((SELECT string_agg(whole, ' ') FROM word), d.words) AS alike
    FROM search_now d
    WHERE d.words %> (SELECT whole FROM word ORDER BY length(whole) DESC, whole LIMIT 1)
      AND NOT EXISTS (SELECT FROM word w WHERE NOT d.words %> w.whole)
      AND d.type = ANY (string_to_array($2::text, ','))
      AND ($3::text = '' OR d.document @@ nullif($3::text, '')::jsonpath)
), hit AS MATERIALIZED (
    SELECT type, ref, near, alike
    FROM like_it
    WHERE near >= 0.75 * (SELECT max(near) FROM like_it)
), page AS (
    SELECT row_number() OVER (ORDER BY near DESC, alike DESC, ref, type) AS place, type, ref
    FROM hit
    ORDER BY 1
    LIMIT $4::integer OFFSET $5::integer
)
SELECT n.total, p.type, d.document::text
FROM (SELECT count(*) AS total FROM hit) n
LEFT JOIN page p ON true
LEFT JOIN search_now d ON d.type = p.type AND d.ref = p.ref
ORDER BY p.place
