-- The source as this pass leaves it. The sources whose Locations lead to it look at them again when it failed before.
-- $1 source  $2 commit  $3 author  $4 subject  $5 authored at  $6 settings  $7 claims more than before  $8 held
-- $9 the rechecks that it knew of; below 0: it looked at no Location anew
-- Columns  how many sources have to look again
WITH told AS (
    UPDATE source s
    SET recheck = s.recheck + 1, nudged = true, due_at = clock_timestamp()
    FROM source old
    WHERE old.id = $1::bigint AND old.error <> '' AND s.configured AND s.id <> old.id
      AND s.id IN (SELECT l.source_id FROM location_link l WHERE l.target_id = $1::bigint)
    RETURNING s.id
)
UPDATE source
SET commit_id = $2::text,
    commit_author = $3::text,
    commit_subject = $4::text,
    commit_at = $5::timestamptz,
    read_settings = $6::text,
    read_at = clock_timestamp(),
    tried_at = clock_timestamp(),
    took_ms = coalesce((extract(epoch FROM clock_timestamp() - CASE WHEN lease_owner <> '' THEN leased_at END) * 1000)::bigint, took_ms),
    tries = right(tries || '.', 20),
    failures = 0,
    error = '',
    error_number = NULL,
    error_since = NULL,
    confirmed = false,
    rechecked = CASE WHEN $9::bigint >= 0 THEN $9::bigint ELSE rechecked END,
    entity_n = entity_n + $7::bigint,
    held_number = CASE WHEN $8::bigint > 0 THEN coalesce(held_number, nextval('problem_number')) END,
    held_since = CASE WHEN $8::bigint > 0 THEN coalesce(held_since, clock_timestamp()) END
WHERE id = $1::bigint
RETURNING (SELECT count(*) FROM told)
