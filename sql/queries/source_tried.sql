-- A try that brought nothing new ($3 empty) or failed. No row: the fence is an older one.
-- $1 id  $2 fence  $3 error
-- Columns  id
UPDATE source
SET tried_at = clock_timestamp(),
    read_at = CASE WHEN $3::text = '' THEN clock_timestamp() ELSE read_at END,
    failures = CASE WHEN $3::text = '' THEN 0 ELSE failures + 1 END,
    error = $3::text,
    error_number = CASE WHEN $3::text = '' THEN NULL ELSE coalesce(error_number, nextval('problem_number')) END,
    error_since = CASE WHEN $3::text = '' THEN NULL ELSE coalesce(error_since, clock_timestamp()) END
WHERE id = $1::bigint AND fence = $2::bigint
RETURNING id
