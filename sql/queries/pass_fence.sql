-- Is this pass the one that may read the source? A look without a lock, so that the lease can be renewed meanwhile.
-- $1 source
-- Columns  fence
SELECT fence
FROM source
WHERE id = $1::bigint
