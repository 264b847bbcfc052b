-- What a plugin put under a key.
-- $1 plugin  $2 key
-- Columns  value
SELECT value
FROM plugin_state
WHERE plugin = $1::text AND key = $2::text AND (expires_at IS NULL OR expires_at > clock_timestamp())
