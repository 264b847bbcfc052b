-- 0008_location.sql: registered locations, and which Location entities lead to which files and sources.
-- Reads   location: the list, and all of them when the scheduler looks; location_link: all that leave their source when the
--         scheduler looks, those of one file for its ancestry
-- Size    location: a row a registration; location_link: a row a target that a Location entity has
-- Locks   source for a moment: columns with constant defaults
CREATE TABLE location (
    id         uuid        NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    type       text        NOT NULL,
    target     text        NOT NULL,
    entity_ref text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by text        NOT NULL
);
CREATE UNIQUE INDEX location_target_idx ON location (type, md5(target)); -- a target may be longer than an index takes
COMMENT ON TABLE location IS 'what was registered over the API; its entity is a file "<id>" of the source "locations"';
COMMENT ON COLUMN location.entity_ref IS 'of its first target: an update keeps the name';

ALTER TABLE source ADD COLUMN made text NOT NULL DEFAULT 'configured'
    CHECK (made IN ('configured', 'registered', 'derived'));
ALTER TABLE source ADD COLUMN recheck bigint NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN rechecked bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN source.made IS
    'by the configuration; the one of all registered locations; by a Location entity that leads to another repository or branch';
COMMENT ON COLUMN source.configured IS 'somebody wants it: the configuration, or a Location entity that is reached';
COMMENT ON COLUMN source.recheck IS 'a source that its Locations lead to fares otherwise now: look at them, whatever the commit';

CREATE TABLE location_link (
    source_id   bigint  NOT NULL,
    path        text    COLLATE "C" NOT NULL,
    entity      text    COLLATE "C" NOT NULL,
    target_id   bigint  NOT NULL,
    target_path text    COLLATE "C" NOT NULL,
    optional    boolean NOT NULL,
    PRIMARY KEY (source_id, path, entity, target_id, target_path)
);
CREATE INDEX location_link_target_idx ON location_link (target_id, target_path);
COMMENT ON TABLE location_link IS 'which Location entity leads where';
COMMENT ON COLUMN location_link.path IS 'of the file that has the Location entity';
COMMENT ON COLUMN location_link.target_id IS 'the source it leads to: the same one, or one that was made for it';
COMMENT ON COLUMN location_link.target_path IS 'the file in the same source; empty: the whole of another source';
