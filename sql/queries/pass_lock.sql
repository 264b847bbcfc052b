-- The fence again, for good: until the transaction ends nobody else gets the lease.
-- $1 source
-- Columns  fence, confirmed, the number this pass would have
SELECT fence, confirmed, nextval('pass_number')
FROM source
WHERE id = $1::bigint
FOR NO KEY UPDATE
