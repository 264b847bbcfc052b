-- The source as this pass leaves it.
-- $1 source  $2 commit  $3 author  $4 subject  $5 authored at  $6 settings  $7 claims more than before  $8 held
UPDATE source
SET commit_id = $2::text,
    commit_author = $3::text,
    commit_subject = $4::text,
    commit_at = $5::timestamptz,
    read_settings = $6::text,
    read_at = clock_timestamp(),
    tried_at = clock_timestamp(),
    failures = 0,
    error = '',
    error_number = NULL,
    error_since = NULL,
    confirmed = false,
    entity_n = entity_n + $7::bigint,
    held_number = CASE WHEN $8::bigint > 0 THEN coalesce(held_number, nextval('problem_number')) END,
    held_since = CASE WHEN $8::bigint > 0 THEN coalesce(held_since, clock_timestamp()) END
WHERE id = $1::bigint
