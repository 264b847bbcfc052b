-- A source that was let go of is wanted again: it is read from the start.
-- $1 source
UPDATE source
SET configured = true, configured_at = clock_timestamp(), due_at = clock_timestamp()
WHERE id = $1::bigint AND NOT configured
