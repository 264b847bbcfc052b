-- One run.
-- $1 id
-- Columns  id, template, created by, state, spec, recovery, cancelling, attempt, created at, started at, ended at, heartbeat at
SELECT id::text, template_ref, created_by, state, spec, recovery, cancelling, attempt, created_at, started_at, ended_at, heartbeat_at
FROM task
WHERE id = $1::text::uuid
