-- A new token.
-- $1 sha256  $2 name  $3 user  $4 role  $5 prefix  $6 expires at
-- Columns  id, created_at
INSERT INTO token (sha256, name, user_ref, role, prefix, expires_at)
VALUES ($1::bytea, $2::text, $3::text, $4::text, $5::text, $6::timestamptz)
RETURNING id, created_at
