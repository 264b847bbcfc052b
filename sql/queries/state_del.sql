-- Forget a key.
-- $1 plugin  $2 key
DELETE FROM plugin_state
WHERE plugin = $1::text AND key = $2::text
