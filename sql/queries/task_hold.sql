-- Within a transaction: the row's lock, if the run is still under this fence.
-- $1 id  $2 fence
-- Columns  cancelling
SELECT cancelling
FROM task
WHERE id = $1::text::uuid AND fence = $2::bigint AND state = 'processing'
FOR NO KEY UPDATE
