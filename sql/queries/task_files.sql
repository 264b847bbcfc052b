-- Under its lock: has its folder files now?
-- $1 id  $2 it has
UPDATE task SET left_files = $2::bigint <> 0 WHERE id = $1::text::uuid
