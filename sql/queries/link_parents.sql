-- Which Location entities led to a file of a source: those of the same source that name it, else, where reading began,
-- those that the source was made for.
-- $1 source  $2 path
-- Columns  entity
-- Order    entity
SELECT DISTINCT l.entity
FROM location_link l
WHERE l.target_id = $1::bigint
  AND (l.target_path = $2::text
       OR l.target_path = '' AND NOT EXISTS (
           SELECT FROM location_link m WHERE m.target_id = $1::bigint AND m.source_id = $1::bigint AND m.target_path = $2::text))
ORDER BY l.entity
