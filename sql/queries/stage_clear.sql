-- A small pass leaves its stage empty. (ON COMMIT DELETE ROWS would cut some twenty files at every commit.)
WITH d1 AS (DELETE FROM stage_file), d2 AS (DELETE FROM stage_claim), d3 AS (DELETE FROM stage_broken),
     d4 AS (DELETE FROM stage_problem), d5 AS (DELETE FROM stage_ref), d6 AS (DELETE FROM stage_old),
     d7 AS (DELETE FROM stage_winner)
SELECT
