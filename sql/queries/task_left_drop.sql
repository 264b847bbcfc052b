-- Under the run's lock: it completed, so nothing is left behind.
-- $1 run
DELETE FROM task_left WHERE task_id = $1::text::uuid
