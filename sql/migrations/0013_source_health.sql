-- 0013_source_health.sql: how reading a source went lately, for people who look after it.
-- Reads   with each row of source
-- Size    at most 20 bytes of tries a source
-- Locks   source for a moment, no rewrite; an older callboard goes on without saying how long it took
ALTER TABLE source
    ADD COLUMN leased_at timestamptz,
    ADD COLUMN took_ms   bigint NOT NULL DEFAULT 0,
    ADD COLUMN tries     text   NOT NULL DEFAULT '' CHECK (length(tries) <= 20);
COMMENT ON COLUMN source.leased_at IS 'when the present lease, or the last one, was taken: a read begins';
COMMENT ON COLUMN source.took_ms IS 'of the last read, from its lease on, the transfer among it';
COMMENT ON COLUMN source.tries IS 'the last ones, the newest last: "." it went well, "x" it failed';
