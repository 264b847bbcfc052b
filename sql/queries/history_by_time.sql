-- The generation that was the newest at a time.
-- $1 time
-- Columns  generation
SELECT generation
FROM pass
WHERE finished_at <= $1::timestamptz
ORDER BY finished_at DESC, generation DESC
LIMIT 1
