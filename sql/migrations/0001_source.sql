-- 0001_source.sql: the database's own state, and the sources that the catalog is read from.
-- Reads   source: the schedule, each second at most; source_file: one source's rows at the start of its pass
-- Size    a row a source; a row a descriptor file
-- Locks   creates only
CREATE TABLE state (
    only_row   boolean NOT NULL DEFAULT true PRIMARY KEY CHECK (only_row),
    epoch      uuid    NOT NULL DEFAULT gen_random_uuid(),
    generation bigint  NOT NULL DEFAULT 0
);
INSERT INTO state DEFAULT VALUES;
COMMENT ON COLUMN state.epoch IS
    'new with each database: nothing from before a restore is taken for something after it';
COMMENT ON COLUMN state.generation IS
    'of the newest pass; its row lock is the last one a pass takes, and makes the numbers gap-free';

-- Numbers of problems, wherever they are kept: rows of problem, lost claims, failing sources.
CREATE SEQUENCE problem_number;

CREATE TABLE source (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key            text        NOT NULL UNIQUE, -- "git:<clean url>#<branch>", "file:<path>"
    type           text        NOT NULL,
    url            text        NOT NULL,
    branch         text        NOT NULL,
    paths          text        NOT NULL, -- JSON array of globs
    settings       text        NOT NULL,
    position       integer     NOT NULL,
    configured     boolean     NOT NULL,
    configured_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease_owner    text        NOT NULL DEFAULT '',
    lease_until    timestamptz,
    fence          bigint      NOT NULL DEFAULT 0,
    nudged         boolean     NOT NULL DEFAULT false,
    confirmed      boolean     NOT NULL DEFAULT false,
    due_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    tried_at       timestamptz,
    read_at        timestamptz,
    failures       integer     NOT NULL DEFAULT 0,
    error          text        NOT NULL DEFAULT '',
    error_number   bigint,
    error_since    timestamptz,
    held_number    bigint,
    held_since     timestamptz,
    commit_id      text        NOT NULL DEFAULT '',
    commit_author  text        NOT NULL DEFAULT '',
    commit_subject text        NOT NULL DEFAULT '',
    commit_at      timestamptz,
    read_settings  text        NOT NULL DEFAULT '',
    entity_n       bigint      NOT NULL DEFAULT 0,
    generation     bigint      NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
COMMENT ON COLUMN source.settings IS
    'hash of what decides how it is read; read_settings is that of the last read';
COMMENT ON COLUMN source.position IS 'order in the configuration: decides who gets a free name';
COMMENT ON COLUMN source.fence IS
    'grows with each lease; a pass that holds an older one is refused';
COMMENT ON COLUMN source.nudged IS 'somebody asked for a read after the present one began';
COMMENT ON COLUMN source.confirmed IS 'somebody confirmed the deletions that are held';
COMMENT ON COLUMN source.error_number IS 'of the problem that the error stands for (problem_number)';
COMMENT ON COLUMN source.held_number IS 'of the problem that its held deletions are; NULL: none';
COMMENT ON COLUMN source.entity_n IS 'its claims, without those that are held';
COMMENT ON COLUMN source.generation IS 'of the last pass that changed something';

CREATE TABLE source_file (
    source_id       bigint NOT NULL,
    path            text   COLLATE "C" NOT NULL,
    content_id      text   NOT NULL,
    origin_location text   NOT NULL,
    state           text   NOT NULL, -- the conductor's own: includes with their ids, targets
    PRIMARY KEY (source_id, path)
);
COMMENT ON TABLE source_file IS 'each descriptor as the last pass left it';
