-- How many other views a group has, and whether one of them has this name.
-- $1 group  $2 name  $3 id of the view that is not counted, or 0
-- Columns  rows, taken
SELECT count(*) AS rows, coalesce(bool_or(name = $2::text), false) AS taken
FROM saved_view
WHERE owner_ref = $1::text AND id <> $3::bigint
