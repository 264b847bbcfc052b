-- How far history goes: the moments that can be told, from the oldest to the newest.
-- Columns  oldest generation (0: nothing was pruned), newest, epoch as text, when these two moments came
SELECT s.oldest, s.generation, s.epoch::text,
       (SELECT p.finished_at FROM pass p WHERE p.generation >= greatest(s.oldest, 1) ORDER BY p.generation LIMIT 1),
       (SELECT p.finished_at FROM pass p WHERE p.generation = s.generation)
FROM state s
