-- 0011_task.sql: runs of software templates.
-- Reads   task: one by id, the oldest that is due, pages of the newest; task_event: those of one task behind an id
-- Size    a row a run, a row a step, a row a log line (at most 20,000 a run: server/scaffold/run.h)
-- Locks   creates only; safe while an older callboard serves
-- Writers whoever runs a task holds its row's lock and its fence in each write; others write only through the same lock, so the
--         events of one task become visible in the order of their ids
CREATE TABLE task (
    id           uuid        NOT NULL PRIMARY KEY,
    number       bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    template_ref text        NOT NULL CHECK (template_ref = lower(template_ref)),
    created_by   text        NOT NULL,
    state        text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'processing', 'completed', 'failed', 'cancelled')),
    spec         text        COMPRESSION lz4 NOT NULL,
    secrets      bytea,
    key_id       text        NOT NULL DEFAULT '',
    recovery     text        NOT NULL CHECK (recovery IN ('none', 'startOver')),
    cancelling   boolean     NOT NULL DEFAULT false,
    attempt      integer     NOT NULL DEFAULT 0,
    left_files   boolean     NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at   timestamptz,
    ended_at     timestamptz,
    heartbeat_at timestamptz,
    lease_owner  text        NOT NULL DEFAULT '',
    lease_until  timestamptz,
    fence        bigint      NOT NULL DEFAULT 0,
    CHECK (state IN ('open', 'processing') OR (secrets IS NULL AND ended_at IS NOT NULL))
);
CREATE INDEX task_due_idx ON task (number) WHERE state IN ('open', 'processing');
CREATE INDEX task_created_idx ON task (created_at, number);
CREATE INDEX task_template_idx ON task (template_ref);
CREATE INDEX task_ended_idx ON task (ended_at) WHERE ended_at IS NOT NULL;
COMMENT ON COLUMN task.spec IS 'JSON, as the API tells it: steps, parameters, output, user, templateInfo. Never a secret';
COMMENT ON COLUMN task.secrets IS 'AES-256-GCM (server/scaffold/secret.h); gone when the task has ended';
COMMENT ON COLUMN task.key_id IS 'which key they are under; empty: there are none';
COMMENT ON COLUMN task.left_files IS 'its folder had files when the last step ended: it can go on only where that folder is';
COMMENT ON COLUMN task.fence IS 'grows with each taking; a write with another one is refused';

CREATE TABLE task_step (
    task_id  uuid        NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    place    integer     NOT NULL,
    state    text        NOT NULL CHECK (state IN ('processing', 'completed', 'skipped', 'failed', 'cancelled')),
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    output   text        COMPRESSION lz4,
    sealed   bytea,
    PRIMARY KEY (task_id, place)
);
COMMENT ON COLUMN task_step.output IS 'JSON, secrets as ***';
COMMENT ON COLUMN task_step.sealed IS 'the same with its secrets, for a run that goes on; only while it runs and only when they differ';

CREATE TABLE task_event (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id uuid        NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    type    text        NOT NULL CHECK (type IN ('log', 'completion', 'cancelled', 'recovered')),
    body    text        COMPRESSION lz4 NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX task_event_task_idx ON task_event (task_id, id);

CREATE TABLE task_left (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id   uuid        NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    step_id   text        NOT NULL,
    action    text        NOT NULL,
    can_undo  boolean     NOT NULL,
    input     text        COMPRESSION lz4 NOT NULL,
    output    text        COMPRESSION lz4 NOT NULL,
    made_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    undone_at timestamptz,
    error     text        NOT NULL DEFAULT ''
);
CREATE INDEX task_left_task_idx ON task_left (task_id, id);
COMMENT ON TABLE task_left IS 'what steps made outside their folder; rows of a run that completed go with its end';
