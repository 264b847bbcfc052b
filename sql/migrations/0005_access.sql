-- 0005_access.sql: API tokens, browser sessions, and who did what.
-- Reads   token, session: each request of a caller unknown to the process, by hash; audit: people
-- Size    a row a token, a sign-in, a write
-- Locks   creates only
CREATE TABLE token (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256     bytea       NOT NULL UNIQUE CHECK (length(sha256) = 32),
    name       text        NOT NULL,
    user_ref   text        NOT NULL CHECK (user_ref = lower(user_ref)),
    role       text        NOT NULL CHECK (role IN ('reader', 'editor', 'admin')),
    prefix     text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz,
    used_at    timestamptz,
    revoked_at timestamptz
);
COMMENT ON COLUMN token.sha256 IS 'the token itself is shown once, to whoever made it';
COMMENT ON COLUMN token.prefix IS 'its first characters, to tell tokens apart';

CREATE TABLE session (
    sha256     bytea       NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
    token_id   bigint      NOT NULL REFERENCES token (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_token_idx ON session (token_id);
CREATE INDEX session_expires_idx ON session (expires_at);
COMMENT ON TABLE session IS 'a browser that traded a token for a cookie; it ends with the token';

CREATE TABLE audit (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    user_ref text        NOT NULL,
    action   text        NOT NULL, -- "token.create", "source.confirm"
    subject  text        NOT NULL,
    detail   text        NOT NULL
);
CREATE INDEX audit_at_idx ON audit (at);
