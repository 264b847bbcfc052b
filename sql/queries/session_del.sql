-- A browser signs out.
-- $1 sha256
DELETE FROM session
WHERE sha256 = $1::bytea
