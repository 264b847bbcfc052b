-- The token behind a session that has not run out; expires_at is the earlier one of the two.
-- $1 sha256
-- Columns  id, name, user_ref, role, prefix, created_at, expires_at, used_at, revoked_at
SELECT t.id, t.name, t.user_ref, t.role, t.prefix, t.created_at, least(t.expires_at, s.expires_at), t.used_at,
       t.revoked_at
FROM session s
JOIN token t ON t.id = s.token_id
WHERE s.sha256 = $1::bytea AND s.expires_at > clock_timestamp()
