-- Move the oldest generation that is kept to the one that was served at a time. Never back.
-- $1 time
UPDATE state
SET oldest = h.generation
FROM (
    SELECT generation
    FROM pass
    WHERE finished_at <= $1::timestamptz
    ORDER BY finished_at DESC, generation DESC
    LIMIT 1
) h
WHERE h.generation > state.oldest
