-- Documents that have all the words, each as a whole or as the beginning of one. First those of exactly this name, then of this
-- title; then those that have them as whole words of the name, of name and title, of these and the tags; then as beginnings of
-- such; then those that have them anywhere.
-- Stop words count only where there is nothing else.
-- $1 term  $2 types, comma between  $3 jsonpath that a document must satisfy; empty: any  $4 limit  $5 offset
-- $6 options of ts_headline
-- Columns  total, type, document, title, text, location: the last three with what was found between tags. One row without a type
--          when the page is empty
-- Order    best first, then by ref
WITH word AS (
    SELECT translate(lower(w.word), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '') AS whole,
           string_to_array(translate(lower(search_split(w.word)), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~',
                                     '                                '), ' ') AS parts
    FROM regexp_split_to_table($1::text, '\s+') w (word)
    WHERE translate(w.word, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '') <> ''
), mark AS (
    SELECT m.label, to_tsquery('simple', format('''%s''%s | (%s)', w.whole, m.label, p.parts)) AS simple,
           to_tsquery('english', format('''%s''%s | (%s)', w.whole, m.label, p.parts)) AS english
    FROM word w
    CROSS JOIN (VALUES (':A'), (':AB'), (':ABC'), (':*ABC'), (':*')) m (label)
    CROSS JOIN LATERAL (
        SELECT string_agg(format('''%s''%s', part, m.label), ' & ') AS parts
        FROM unnest(w.parts) u (part)
        WHERE part <> ''
    ) p
), asked AS (
    SELECT label,
           coalesce(string_agg(format('(%s)', simple || english), ' & ')
                        FILTER (WHERE numnode(simple) > 0 AND numnode(english) > 0),
                    string_agg(format('(%s)', simple), ' & ') FILTER (WHERE numnode(simple) > 0), '')::tsquery AS query
    FROM mark
    GROUP BY label
), q AS MATERIALIZED (
    SELECT min(query::text) FILTER (WHERE label = ':A')::tsquery AS name,
           min(query::text) FILTER (WHERE label = ':AB')::tsquery AS title,
           min(query::text) FILTER (WHERE label = ':ABC')::tsquery AS tags,
           min(query::text) FILTER (WHERE label = ':*ABC')::tsquery AS beginning,
           min(query::text) FILTER (WHERE label = ':*')::tsquery AS anywhere,
           lower(btrim($1::text)) AS term,
           (SELECT string_agg(whole, '') FROM word) AS whole
    FROM asked
), hit AS MATERIALIZED (
    SELECT d.type, d.ref,
           CASE
               WHEN d.name = q.term OR d.ref = q.term THEN 8
               WHEN translate(d.name, '-_.', '') = q.whole THEN 7
               WHEN lower(d.document ->> 'title') = q.term THEN 6
               WHEN d.body @@ q.name THEN 5
               WHEN d.body @@ q.title THEN 4
               WHEN d.body @@ q.tags THEN 3
               WHEN d.body @@ q.beginning THEN 2
               ELSE 1
           END AS tier,
           ts_rank('{0.1, 0.3, 0.6, 1}', d.body, q.anywhere) AS rank,
           length(d.name) AS length
    FROM search_now d
    CROSS JOIN q
    WHERE d.body @@ (SELECT anywhere FROM q) AND d.type = ANY (string_to_array($2::text, ','))
      AND ($3::text = '' OR d.document @@ nullif($3::text, '')::jsonpath)
), page AS (
    SELECT row_number() OVER (ORDER BY tier DESC, rank DESC, length, ref, type) AS place, type, ref
    FROM hit
    ORDER BY 1
    LIMIT $4::integer OFFSET $5::integer
)
SELECT n.total, p.type, d.document::text,
       ts_headline('english', d.document ->> 'title', q.anywhere, $6::text),
       ts_headline('english', d.document ->> 'text', q.anywhere, $6::text),
       ts_headline('english', d.document ->> 'location', q.anywhere, $6::text)
FROM (SELECT count(*) AS total FROM hit) n
CROSS JOIN q
LEFT JOIN page p ON true
LEFT JOIN search_now d ON d.type = p.type AND d.ref = p.ref
ORDER BY p.place
