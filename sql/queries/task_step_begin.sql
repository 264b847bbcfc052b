-- Under the run's lock: a step begins, again if it was interrupted.
-- $1 run  $2 place
INSERT INTO task_step (task_id, place, state, began_at)
VALUES ($1::text::uuid, $2::integer, 'processing', clock_timestamp())
ON CONFLICT (task_id, place) DO UPDATE
SET state = 'processing', began_at = excluded.began_at, ended_at = NULL, output = NULL, sealed = NULL
