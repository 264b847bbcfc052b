-- Give the lease back and say when the source is due again: at once when somebody nudged meanwhile.
-- $1 id  $2 owner  $3 fence  $4 due at
-- Columns  id
UPDATE source
SET lease_owner = '',
    lease_until = NULL,
    due_at = CASE WHEN nudged THEN clock_timestamp() ELSE coalesce($4::timestamptz, clock_timestamp()) END
WHERE id = $1::bigint AND lease_owner = $2::text AND fence = $3::bigint
RETURNING id
