-- Was the name ever claimed?
-- $1 ref
-- Columns  yes
SELECT EXISTS (SELECT FROM entity WHERE ref = $1::text)
