-- 0003_relation.sql: the edges between entities as rows, for people with psql.
-- Reads   by nobody here: the graph lives in memory, built from entity_version.edges
-- Size    a view; about 8 rows an entity
-- Locks   creates only
CREATE VIEW relation AS
SELECT v.ref AS source_ref,
       split_part(e.edge, ' ', 1) AS type,
       substr(e.edge, strpos(e.edge, ' ') + 1) AS target_ref
FROM entity_version v
CROSS JOIN LATERAL unnest(v.edges) AS e (edge)
WHERE v.last_pass IS NULL;
COMMENT ON VIEW relation IS 'as the emitting entity says it; the other direction is derived';
COMMENT ON COLUMN relation.target_ref IS 'may name an entity nobody has registered yet';
