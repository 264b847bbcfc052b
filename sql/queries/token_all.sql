-- Every token.
-- Columns  id, name, user_ref, role, prefix, created_at, expires_at, used_at, revoked_at
-- Order    id
SELECT id, name, user_ref, role, prefix, created_at, expires_at, used_at, revoked_at
FROM token
ORDER BY id
