-- Under its lock: begin anew.
-- $1 id  $2 secrets, or nothing  $3 id of their key
UPDATE task
SET state = 'open', secrets = nullif($2::bytea, ''), key_id = $3::text, cancelling = false, attempt = 0, left_files = false, started_at = NULL,
    ended_at = NULL, heartbeat_at = NULL
WHERE id = $1::text::uuid
