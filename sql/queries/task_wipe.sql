-- Under its lock: what steps answered with secrets in it goes, and a step that was under way ends with its run.
-- $1 id  $2 the state of a step that was under way
UPDATE task_step
SET sealed = NULL,
    state = CASE WHEN state = 'processing' THEN $2::text ELSE state END,
    ended_at = coalesce(ended_at, clock_timestamp())
WHERE task_id = $1::text::uuid AND (sealed IS NOT NULL OR state = 'processing')
