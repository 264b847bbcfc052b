-- Nobody wants this source any more. Behind its last pass, in the same transaction.
-- $1 source
UPDATE source
SET configured = false, commit_id = '', read_settings = '', read_at = NULL, failures = 0, error = '', error_number = NULL,
    error_since = NULL, held_number = NULL, held_since = NULL, confirmed = false, rechecked = recheck
WHERE id = $1::bigint
