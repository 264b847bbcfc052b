-- Keep the lease, without waiting: while a pass ends it holds the row itself, and nobody else can have the lease.
-- $1 id  $2 owner  $3 fence  $4 how long, in microseconds
-- Columns  it is still the owner's
WITH free AS (
    SELECT id
    FROM source
    WHERE id = $1::bigint AND lease_owner = $2::text AND fence = $3::bigint
    FOR NO KEY UPDATE SKIP LOCKED
), renewed AS (
    UPDATE source s
    SET lease_until = clock_timestamp() + $4::bigint * interval '1 microsecond'
    FROM free
    WHERE s.id = free.id
)
SELECT EXISTS (SELECT FROM source WHERE id = $1::bigint AND lease_owner = $2::text AND fence = $3::bigint)
