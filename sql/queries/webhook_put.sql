-- Remember a delivery; no row when it was there. What has run out, and the oldest over a number, goes: a few a time.
-- $1 forge  $2 sha256 of its key  $3 how long it is kept, in microseconds  $4 how many are kept
WITH old AS (
    SELECT number
    FROM webhook_delivery
    WHERE (until <= clock_timestamp() OR number <= (SELECT max(number) FROM webhook_delivery) - $4::bigint)
        AND NOT (forge = $1::text AND sha256 = $2::bytea)
    ORDER BY number
    LIMIT 10
    FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM webhook_delivery
    WHERE number IN (SELECT number FROM old)
)
INSERT INTO webhook_delivery (forge, sha256, until)
VALUES ($1::text, $2::bytea, clock_timestamp() + $3::bigint * interval '1 microsecond')
ON CONFLICT (forge, sha256) DO UPDATE
SET until = excluded.until
WHERE webhook_delivery.until <= clock_timestamp()
