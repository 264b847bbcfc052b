-- Under the run's lock: as if no step had begun.
-- $1 run
DELETE FROM task_step WHERE task_id = $1::text::uuid
