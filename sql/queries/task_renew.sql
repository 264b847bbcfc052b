-- Keep all that an owner runs. What is not among the answers is no longer its own.
-- $1 owner  $2 how long, in microseconds
-- Columns  id, fence, cancelling
UPDATE task
SET lease_until = clock_timestamp() + $2::bigint * interval '1 microsecond', heartbeat_at = clock_timestamp()
WHERE lease_owner = $1::text AND state = 'processing'
RETURNING id::text, fence, cancelling
