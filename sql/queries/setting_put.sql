-- Put a value under a user's key, if he stays within his bounds. No row: he would not.
-- $1 user  $2 bucket  $3 key  $4 value  $5 most bytes  $6 most rows
-- Columns  key
INSERT INTO user_setting (user_ref, bucket, key, value)
SELECT $1::text, $2::text, $3::text, $4::text
FROM (
    SELECT count(*) AS rows, coalesce(sum(octet_length(value)), 0) AS bytes
    FROM user_setting
    WHERE user_ref = $1::text AND (bucket, key) <> ($2::text, $3::text)
) AS others
WHERE others.rows < $6::bigint AND others.bytes + octet_length($4::text) <= $5::bigint
ON CONFLICT (user_ref, bucket, key) DO UPDATE
SET value = excluded.value, changed_at = clock_timestamp()
RETURNING key
