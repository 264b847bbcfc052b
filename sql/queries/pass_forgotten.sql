-- Behind it: the file is as good as never read, and its source is due now, whatever its commit. What it waits for is worked out as a pass does.
-- $1 source  $2 path  $3 claims more than before
WITH unread AS (
    UPDATE source_file
    SET content_id = ''
    WHERE source_id = $1::bigint AND path = $2::text
)
UPDATE source s
SET entity_n = entity_n + $3::bigint,
    held_number = CASE WHEN EXISTS (SELECT FROM claim c WHERE c.source_id = s.id AND c.held) THEN held_number END,
    held_since = CASE WHEN EXISTS (SELECT FROM claim c WHERE c.source_id = s.id AND c.held) THEN held_since END,
    recheck = s.recheck + 1,
    nudged = true,
    due_at = clock_timestamp()
WHERE s.id = $1::bigint
