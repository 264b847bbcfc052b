-- Somebody else may take it at once.
-- $1 id  $2 fence
UPDATE task
SET lease_until = clock_timestamp()
WHERE id = $1::text::uuid AND fence = $2::bigint AND state = 'processing'
