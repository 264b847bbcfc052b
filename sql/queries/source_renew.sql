-- Keep the lease. No row: somebody else has it now.
-- $1 id  $2 owner  $3 fence  $4 how long, in microseconds
-- Columns  id
UPDATE source
SET lease_until = clock_timestamp() + $4::bigint * interval '1 microsecond'
WHERE id = $1::bigint AND lease_owner = $2::text AND fence = $3::bigint
RETURNING id
