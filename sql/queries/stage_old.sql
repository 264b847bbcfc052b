-- Worked out at the end of a pass: what becomes of the source's earlier claims on those names.
CREATE TEMP TABLE IF NOT EXISTS stage_old (
    path     text    COLLATE "C" NOT NULL,
    ref      text    COLLATE "C" NOT NULL,
    doc      integer NOT NULL,
    fate     text    NOT NULL, -- gone, stale, moved, held
    to_path  text    COLLATE "C", -- where a moved one goes
    holds    boolean NOT NULL,
    was_held boolean NOT NULL,
    status   text,
    number   bigint,
    since    timestamptz
)
