-- A new run; every process hears of it when the transaction commits.
-- $1 id  $2 template  $3 created by  $4 spec  $5 secrets, or nothing  $6 id of their key  $7 recovery
-- Columns  nothing of use
WITH made AS (
    INSERT INTO task (id, template_ref, created_by, spec, secrets, key_id, recovery)
    VALUES ($1::text::uuid, $2::text, $3::text, $4::text, nullif($5::bytea, ''), $6::text, $7::text)
    RETURNING id
)
SELECT pg_notify('callboard', 'task open') FROM made
