-- The token of this hash, whatever its state; its use is noted once a minute.
-- $1 sha256
-- Columns  id, name, user_ref, role, prefix, created_at, expires_at, used_at, revoked_at
WITH used AS (
    UPDATE token
    SET used_at = clock_timestamp()
    WHERE sha256 = $1::bytea AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())
      AND (used_at IS NULL OR used_at < clock_timestamp() - interval '1 minute')
)
SELECT id, name, user_ref, role, prefix, created_at, expires_at, used_at, revoked_at
FROM token
WHERE sha256 = $1::bytea
