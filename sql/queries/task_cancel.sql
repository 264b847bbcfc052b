-- Under its lock: whoever runs it is asked to stop.
-- $1 id
-- Columns  nothing of use
WITH asked AS (
    UPDATE task SET cancelling = true WHERE id = $1::text::uuid RETURNING id
)
SELECT pg_notify('callboard', 'task cancel ' || id) FROM asked
