-- 0006_history.sql: what the past is asked by, and how far back it goes.
-- Reads   pass by the time it ended and by its commit: ?at=
-- Size    two short index entries a pass
-- Locks   state for a moment; pass while its indexes are made (a row a change of a source: seconds for a million)
ALTER TABLE state ADD COLUMN oldest bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN state.oldest IS
    'versions that ended with this generation or before it may be pruned: what was served from it on can still be told';

CREATE INDEX pass_finished_idx ON pass (finished_at, generation);
CREATE INDEX pass_commit_idx ON pass (commit_id COLLATE "C", generation) WHERE commit_id <> '';
