-- The list of what has run.
CREATE TABLE IF NOT EXISTS schema_migration (
    number     integer     NOT NULL PRIMARY KEY,
    name       text        NOT NULL,
    sha256     text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
