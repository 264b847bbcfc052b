-- The newest generation and the database's epoch.
-- Columns  generation, epoch as text
SELECT generation, epoch::text
FROM state
