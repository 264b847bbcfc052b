-- What a pass brings: problems of the files it put, and of the source as a whole (path empty).
CREATE TEMP TABLE IF NOT EXISTS stage_problem (
    path      text     COLLATE "C" NOT NULL,
    identity  bytea    NOT NULL,
    rule      text     NOT NULL,
    severity  smallint NOT NULL,
    doc       integer  NOT NULL,
    line      integer  NOT NULL,
    col       integer  NOT NULL,
    field     text     NOT NULL,
    message   text     NOT NULL,
    remedy    text     NOT NULL,
    entity    text     COLLATE "C" NOT NULL,
    backstage text     NOT NULL
)
