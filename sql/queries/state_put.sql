-- Put a value under a key, if the plugin stays within its bounds. No row: it would not.
-- $1 plugin  $2 key  $3 value  $4 expires at  $5 most bytes  $6 most rows
-- Columns  key
INSERT INTO plugin_state (plugin, key, value, expires_at)
SELECT $1::text, $2::text, $3::bytea, $4::timestamptz
FROM (
    SELECT count(*) AS rows, coalesce(sum(octet_length(value)), 0) AS bytes
    FROM plugin_state
    WHERE plugin = $1::text AND key <> $2::text AND (expires_at IS NULL OR expires_at > clock_timestamp())
) AS others
WHERE others.rows < $6::bigint AND others.bytes + octet_length($3::bytea) <= $5::bigint
ON CONFLICT (plugin, key) DO UPDATE
SET value = excluded.value, expires_at = excluded.expires_at, changed_at = clock_timestamp()
RETURNING key
