-- Take a source from whoever reads it, for the length of this transaction.
-- $1 source
-- Columns  fence
UPDATE source
SET fence = fence + 1, lease_owner = '', lease_until = NULL
WHERE id = $1::bigint
RETURNING fence
