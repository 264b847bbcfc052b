-- Take the oldest run that is due: one that waits, or one whose owner has not been heard of in time.
-- $1 owner  $2 how long, in microseconds  $3 ids of the keys at hand, with commas
-- Columns  id, fence, the state it was in, spec, secrets, recovery, cancelling, attempt, whether its folder had files, template, created by,
--          how long it has been under way in microseconds
WITH due AS (
    SELECT id, state
    FROM task
    WHERE state IN ('open', 'processing') AND (state = 'open' OR lease_until <= clock_timestamp())
      AND (key_id = '' OR key_id = ANY (string_to_array($3::text, ',')))
    ORDER BY number
    LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE task t
SET state = 'processing',
    lease_owner = $1::text,
    lease_until = clock_timestamp() + $2::bigint * interval '1 microsecond',
    fence = t.fence + 1,
    attempt = t.attempt + 1,
    started_at = coalesce(t.started_at, clock_timestamp()),
    heartbeat_at = clock_timestamp()
FROM due
WHERE t.id = due.id
RETURNING t.id::text, t.fence, due.state, t.spec, t.secrets, t.recovery, t.cancelling, t.attempt, t.left_files, t.template_ref, t.created_by,
          (extract(epoch FROM clock_timestamp() - t.started_at) * 1000000)::bigint
