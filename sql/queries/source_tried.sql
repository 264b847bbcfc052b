-- A try that brought nothing new ($3 empty) or failed. No row: the fence is an older one. The sources whose Locations lead
-- to this one look at them again when it fares otherwise than before.
-- $1 id  $2 fence  $3 error
-- Columns  how many sources have to look again
WITH old AS (
    SELECT id, error
    FROM source
    WHERE id = $1::bigint AND fence = $2::bigint
), told AS (
    UPDATE source s
    SET recheck = s.recheck + 1, nudged = true, due_at = clock_timestamp()
    FROM old
    WHERE old.error <> $3::text AND s.configured AND s.id <> old.id
      AND s.id IN (SELECT l.source_id FROM location_link l WHERE l.target_id = $1::bigint)
    RETURNING s.id
)
UPDATE source
SET tried_at = clock_timestamp(),
    read_at = CASE WHEN $3::text = '' THEN clock_timestamp() ELSE read_at END,
    took_ms = coalesce((extract(epoch FROM clock_timestamp() - CASE WHEN lease_owner <> '' THEN leased_at END) * 1000)::bigint, took_ms),
    tries = right(tries || CASE WHEN $3::text = '' THEN '.' ELSE 'x' END, 20),
    failures = CASE WHEN $3::text = '' THEN 0 ELSE failures + 1 END,
    error = $3::text,
    error_number = CASE WHEN $3::text = '' THEN NULL ELSE coalesce(error_number, nextval('problem_number')) END,
    error_since = CASE WHEN $3::text = '' THEN NULL ELSE coalesce(error_since, clock_timestamp()) END
WHERE id = $1::bigint AND fence = $2::bigint
RETURNING (SELECT count(*) FROM told)
