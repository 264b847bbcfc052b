-- Under its lock: a run has ended, and its secrets go.
-- $1 id  $2 state
UPDATE task
SET state = $2::text, secrets = NULL, key_id = '', ended_at = clock_timestamp(), lease_owner = '', lease_until = NULL, cancelling = false,
    left_files = false, started_at = coalesce(started_at, clock_timestamp())
WHERE id = $1::text::uuid
