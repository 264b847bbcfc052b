-- From now on this token is nobody.
-- $1 id
-- Columns  id
UPDATE token
SET revoked_at = coalesce(revoked_at, clock_timestamp())
WHERE id = $1::bigint
RETURNING id
