-- Under the run's lock: a step has made something that would be left behind.
-- $1 run  $2 step  $3 action  $4 can it be undone  $5 input  $6 output
INSERT INTO task_left (task_id, step_id, action, can_undo, input, output)
VALUES ($1::text::uuid, $2::text, $3::text, $4::bigint <> 0, $5::text, $6::text)
