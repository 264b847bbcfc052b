-- Is this run's folder still wanted?
-- $1 id
-- Columns  1, or no row
SELECT 1 FROM task WHERE id = $1::text::uuid AND state IN ('open', 'processing')
