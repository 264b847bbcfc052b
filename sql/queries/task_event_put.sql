-- Under the run's lock: events in order, and every process hears of them when the transaction commits.
-- $1 run  $2 JSON: [{"type", "body", "at"}]
-- Columns  nothing of use
WITH put AS (
    INSERT INTO task_event (task_id, type, body, at)
    SELECT $1::text::uuid, e.value ->> 'type', (e.value -> 'body')::text, (e.value ->> 'at')::timestamptz
    FROM json_array_elements($2::text::json) WITH ORDINALITY AS e (value, place)
    ORDER BY e.place
    RETURNING id
)
SELECT pg_notify('callboard', 'task event ' || $1::text) FROM put LIMIT 1
