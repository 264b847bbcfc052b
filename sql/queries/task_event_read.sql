-- Events of a run behind one, and the state of the run as of the same moment.
-- $1 run  $2 behind this id  $3 most
-- Columns  state, recovery, id, type, body, at; one row with NULLs when there is none
WITH t AS (
    SELECT id, state, recovery FROM task WHERE id = $1::text::uuid
)
SELECT t.state, t.recovery, e.id, e.type, e.body, e.at
FROM t LEFT JOIN LATERAL (
    SELECT id, type, body, at FROM task_event WHERE task_id = t.id AND id > $2::bigint ORDER BY id LIMIT $3::bigint
) e ON true
ORDER BY e.id
