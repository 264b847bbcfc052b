-- Under the run's lock: how a step ended.
-- $1 run  $2 place  $3 state  $4 output, or nothing  $5 sealed output, or nothing
INSERT INTO task_step (task_id, place, state, began_at, ended_at, output, sealed)
VALUES ($1::text::uuid, $2::integer, $3::text, clock_timestamp(), clock_timestamp(), nullif($4::text, ''), nullif($5::bytea, ''))
ON CONFLICT (task_id, place) DO UPDATE
SET state = excluded.state, ended_at = excluded.ended_at, output = excluded.output, sealed = excluded.sealed
