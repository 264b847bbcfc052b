-- Under the run's lock: it has not ended after all.
-- $1 run
DELETE FROM task_event WHERE task_id = $1::text::uuid AND type IN ('completion', 'cancelled')
