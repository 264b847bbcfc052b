-- 0004_problem.sql: what is wrong with which file, line and column.
-- Reads   problem_all by the problems page and the portal; problem by passes, the rows of the files they read
-- Size    problem: a row a mistake; problem_all: those, a row a lost claim, two a source at most
-- Locks   creates only
CREATE TABLE problem (
    number     bigint      NOT NULL DEFAULT nextval('problem_number') PRIMARY KEY,
    source_id  bigint      NOT NULL,
    path       text        COLLATE "C" NOT NULL, -- empty: the source as a whole
    identity   bytea       NOT NULL,
    nth        integer     NOT NULL,
    rule       text        NOT NULL,
    severity   smallint    NOT NULL CHECK (severity BETWEEN 0 AND 2), -- info, warning, error
    doc        integer     NOT NULL,
    line       integer     NOT NULL,
    col        integer     NOT NULL,
    field      text        NOT NULL,
    message    text        NOT NULL,
    remedy     text        NOT NULL,
    entity     text        COLLATE "C" NOT NULL,
    backstage  text        NOT NULL,
    first_seen timestamptz NOT NULL,
    UNIQUE (source_id, path, identity, nth)
);
CREATE INDEX problem_entity_idx ON problem (entity) WHERE entity <> '';
COMMENT ON COLUMN problem.identity IS
    'hash of all that is said but where; the nth of them in its file. A mistake that only moves stays the same';

CREATE VIEW problem_all AS
SELECT p.number, p.source_id, p.path, p.rule, p.severity, p.doc, p.line, p.col, p.field, p.message, p.remedy,
       p.entity, p.backstage, p.first_seen
FROM problem p
UNION ALL
SELECT c.number, c.source_id, c.path, 'name-conflict', 2::smallint, c.doc, c.line, c.col, 'metadata.name',
       format('%s is already defined in %s of %s', c.ref,
              CASE WHEN w.line > 0 THEN w.path || ':' || w.line ELSE w.path END, ws.key),
       'Rename one of the two, or remove one: this one is kept and takes over as soon as the other goes.',
       c.ref,
       format('ConflictError: Detected conflicting entityRef %s already referenced by %s and now also %s', c.ref,
              ws.type || ':' || ws.url, s.type || ':' || s.url),
       c.since
FROM claim c
JOIN source s ON s.id = c.source_id
LEFT JOIN claim w ON w.ref = c.ref AND w.holds
LEFT JOIN source ws ON ws.id = w.source_id
WHERE NOT c.holds
UNION ALL
SELECT s.error_number, s.id, '', 'source-failing', 2::smallint, 0, 0, 0, '', s.error,
       'The entities of this source stay as they were last read. It is tried again by itself.', '', '', s.error_since
FROM source s
WHERE s.error_number IS NOT NULL
UNION ALL
SELECT s.held_number, s.id, '', 'deletion-held', 1::smallint, 0, 0, 0, '',
       format('%s entities of this source are in no file any more. They stay until somebody confirms', h.n),
       'If they are meant to go, confirm it for this source; else bring their files back.', '', '', s.held_since
FROM source s
CROSS JOIN LATERAL (SELECT count(*) AS n FROM claim c WHERE c.source_id = s.id AND c.held) h
WHERE s.held_number IS NOT NULL AND h.n > 0;
COMMENT ON VIEW problem_all IS 'what passes kept, lost claims, failing sources and held deletions as one list';
