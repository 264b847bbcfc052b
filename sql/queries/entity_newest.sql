-- The newest generation, the database's epoch, and the oldest generation that can still be told.
-- Columns  generation, epoch as text, oldest
SELECT generation, epoch::text, oldest
FROM state
