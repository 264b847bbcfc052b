-- What a pass brings: the entities of the files it put.
CREATE TEMP TABLE IF NOT EXISTS stage_claim (
    path   text    COLLATE "C" NOT NULL,
    ref    text    COLLATE "C" NOT NULL,
    doc    integer NOT NULL,
    line   integer NOT NULL,
    col    integer NOT NULL,
    flags  integer NOT NULL,
    hash   bytea   NOT NULL,
    status text,
    body   text    COMPRESSION lz4 NOT NULL,
    terms  bytea   COMPRESSION lz4 NOT NULL,
    edges  text[]  COMPRESSION lz4 NOT NULL
)
