-- The last statement of a pass that changed something: under one short lock it gets the next generation, and all hear it.
-- $1 pass  $2 source  $3 commit  $4 author  $5 subject  $6 authored at  $7 started at  $8 added  $9 changed  $10 removed
-- Columns  generation
WITH next AS (
    UPDATE state
    SET generation = generation + 1
    RETURNING generation
), kept AS (
    INSERT INTO pass (id, source_id, commit_id, author, subject, authored_at, started_at, finished_at, generation, added,
                      changed, removed)
    SELECT $1::bigint, $2::bigint, $3::text, $4::text, $5::text, $6::timestamptz, $7::timestamptz, clock_timestamp(),
           generation, $8::bigint, $9::bigint, $10::bigint
    FROM next
    RETURNING generation
), marked AS (
    UPDATE source
    SET generation = next.generation
    FROM next
    WHERE source.id = $2::bigint
)
SELECT kept.generation, pg_notify('callboard', 'generation ' || kept.generation)
FROM kept
