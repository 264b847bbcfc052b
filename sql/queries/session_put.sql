-- A browser signs in. Those that ran out go.
-- $1 sha256  $2 token  $3 expires at
WITH gone AS (
    DELETE FROM session
    WHERE expires_at <= clock_timestamp()
)
INSERT INTO session (sha256, token_id, expires_at)
VALUES ($1::bytea, $2::bigint, $3::timestamptz)
