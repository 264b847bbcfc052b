-- A page of runs; lists are lines, empty: all.
-- $1 created by  $2 states  $3 templates  $4 order: "created_at desc" ...  $5 most  $6 offset
-- Columns  as task_get
WITH page AS (
    SELECT id, row_number() OVER (
        ORDER BY CASE WHEN $4::text = 'created_at asc' THEN created_at END ASC,
                 CASE WHEN $4::text = 'status asc' THEN state END ASC,
                 CASE WHEN $4::text = 'status desc' THEN state END DESC,
                 CASE WHEN $4::text = 'created_by asc' THEN created_by END ASC,
                 CASE WHEN $4::text = 'created_by desc' THEN created_by END DESC,
                 CASE WHEN $4::text = 'template asc' THEN template_ref END ASC,
                 CASE WHEN $4::text = 'template desc' THEN template_ref END DESC,
                 created_at DESC, number DESC) AS place
    FROM task
    WHERE ($1::text = '' OR created_by = ANY (string_to_array($1::text, chr(10))))
      AND ($2::text = '' OR state = ANY (string_to_array($2::text, chr(10))))
      AND ($3::text = '' OR template_ref = ANY (string_to_array($3::text, chr(10))))
    ORDER BY place
    LIMIT $5::bigint OFFSET $6::bigint
)
SELECT t.id::text, t.template_ref, t.created_by, t.state, t.spec, t.recovery, t.cancelling, t.attempt, t.created_at, t.started_at, t.ended_at,
       t.heartbeat_at
FROM page JOIN task t USING (id)
ORDER BY page.place
