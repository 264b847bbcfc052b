-- Runs that ended long ago go, some at a time.
-- $1 how long, in microseconds
DELETE FROM task
WHERE id IN (
    SELECT id FROM task
    WHERE ended_at < clock_timestamp() - $1::bigint * interval '1 microsecond' AND state NOT IN ('open', 'processing')
    ORDER BY ended_at
    LIMIT 1000
)
