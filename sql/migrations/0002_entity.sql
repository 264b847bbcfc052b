-- 0002_entity.sql: passes and their generations, names, versions, claims.
-- Reads   entity_version: all current rows in order of name at a start, those of one pass afterwards;
--         claim: those of the files and names that a pass touches
-- Size    entity: a row a name; entity_version: a row a change; claim: a row a document; pass: a row a change of a source
-- Locks   creates only
-- Writers only passes, by statements over sets that lock the names first. So no foreign keys between these tables:
--         a check a row would cost as much as the row. tests/sql/sound.sql says what must hold.
CREATE SEQUENCE pass_number;
CREATE TABLE pass (
    id          bigint      NOT NULL PRIMARY KEY, -- of pass_number
    source_id   bigint      NOT NULL,
    commit_id   text        NOT NULL,
    author      text        NOT NULL,
    subject     text        NOT NULL,
    authored_at timestamptz,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    generation  bigint      NOT NULL UNIQUE,
    added       bigint      NOT NULL,
    changed     bigint      NOT NULL,
    removed     bigint      NOT NULL
);
CREATE INDEX pass_source_idx ON pass (source_id, generation);
COMMENT ON TABLE pass IS 'one reading of a source that changed something; one transaction';
COMMENT ON COLUMN pass.generation IS 'gap-free, in the order of commits';

CREATE TABLE entity (
    ref text COLLATE "C" NOT NULL PRIMARY KEY -- lower case, "component:default/checkout"
);
COMMENT ON TABLE entity IS
    'every name that was ever claimed. Its row is the name''s lock: passes lock them in order of ref';

CREATE TABLE entity_version (
    ref        text    COLLATE "C" NOT NULL,
    first_pass bigint  NOT NULL,
    last_pass  bigint,
    source_id  bigint  NOT NULL,
    line       integer NOT NULL,
    flags      integer NOT NULL,
    hash       bytea   NOT NULL,
    path       text    COLLATE "C" NOT NULL,
    status     text,
    body       text    COMPRESSION lz4 NOT NULL,
    terms      bytea   COMPRESSION lz4 NOT NULL,
    edges      text[]  COMPRESSION lz4 NOT NULL,
    PRIMARY KEY (ref, first_pass)
);
CREATE UNIQUE INDEX entity_version_current_idx ON entity_version (ref) WHERE last_pass IS NULL;
CREATE INDEX entity_version_first_idx ON entity_version (first_pass);
CREATE INDEX entity_version_last_idx ON entity_version (last_pass) WHERE last_pass IS NOT NULL;
COMMENT ON TABLE entity_version IS 'what was served under a name from first_pass until last_pass';
COMMENT ON COLUMN entity_version.last_pass IS 'the pass that ended it; NULL while it is served';
COMMENT ON COLUMN entity_version.line IS 'where it stood at first_pass; where it stands now is the claim''s';
COMMENT ON COLUMN entity_version.hash IS 'of body, terms, edges and flags';
COMMENT ON COLUMN entity_version.status IS 'JSON {"items":[...]}';
COMMENT ON COLUMN entity_version.body IS 'the entity''s own bytes, without relations and status';
COMMENT ON COLUMN entity_version.terms IS 'packed keys and values of catalog/entity/term.h';
COMMENT ON COLUMN entity_version.edges IS 'each "ownedBy group:default/team"; view relation has them as rows';

CREATE TABLE claim (
    source_id bigint  NOT NULL,
    path      text    COLLATE "C" NOT NULL,
    ref       text    COLLATE "C" NOT NULL,
    doc       integer NOT NULL,
    line      integer NOT NULL,
    col       integer NOT NULL,
    flags     integer NOT NULL,
    holds     boolean NOT NULL,
    held      boolean NOT NULL DEFAULT false,
    stale     boolean NOT NULL DEFAULT false,
    hash      bytea   NOT NULL,
    number    bigint,
    since     timestamptz,
    status    text,
    body      text    COMPRESSION lz4,
    terms     bytea   COMPRESSION lz4,
    edges     text[]  COMPRESSION lz4,
    PRIMARY KEY (source_id, path, ref, doc),
    CHECK (holds = (body IS NULL)),
    CHECK (holds = (number IS NULL))
);
CREATE INDEX claim_ref_idx ON claim (ref);
CREATE INDEX claim_odd_idx ON claim (source_id) WHERE held OR stale OR NOT holds;
CREATE INDEX claim_held_idx ON claim (ref) WHERE held;
COMMENT ON TABLE claim IS 'every document that says it is the entity of this name';
COMMENT ON COLUMN claim.holds IS 'its entity is the one that is served; then the body is in entity_version';
COMMENT ON COLUMN claim.held IS 'its document is gone, but so many went at once that somebody must confirm';
COMMENT ON COLUMN claim.stale IS 'its document is broken now; the entity stays at its last good version';
COMMENT ON COLUMN claim.number IS 'of the problem that a lost claim is (problem_number)';

CREATE VIEW entity_current AS
SELECT v.ref, v.source_id, v.path, v.line, p.generation AS since_generation, p.finished_at AS since,
       v.flags, v.status, v.body, v.edges
FROM entity_version v
JOIN pass p ON p.id = v.first_pass
WHERE v.last_pass IS NULL;
COMMENT ON VIEW entity_current IS 'the catalog as it is served, for people with psql';
