-- Take the lease, unless another owner's has not run out.
-- $1 id  $2 owner  $3 how long, in microseconds
-- Columns  fence
UPDATE source
SET lease_owner = $2::text,
    lease_until = clock_timestamp() + $3::bigint * interval '1 microsecond',
    leased_at = clock_timestamp(),
    fence = fence + 1,
    nudged = false
WHERE id = $1::bigint AND (lease_until IS NULL OR lease_until <= clock_timestamp() OR lease_owner = $2::text)
RETURNING fence
