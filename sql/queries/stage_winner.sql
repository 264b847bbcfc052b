-- Worked out at the end of a pass: which claim has each name.
CREATE TEMP TABLE IF NOT EXISTS stage_winner (
    ref       text    COLLATE "C" NOT NULL,
    source_id bigint  NOT NULL,
    path      text    COLLATE "C" NOT NULL,
    doc       integer NOT NULL,
    staged    boolean NOT NULL, -- it came with this pass
    holds     boolean NOT NULL, -- it is one from before, and held the name already
    new       boolean NOT NULL, -- nobody was served under the name
    changed   boolean NOT NULL  -- what is served changes
)
