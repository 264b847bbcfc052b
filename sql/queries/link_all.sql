-- Links from one source to another, with the origin of the file that has the Location.
-- Columns  source_id, path, entity, target_id, optional, origin
-- Order    source_id, path, entity, target_id
SELECT l.source_id, l.path, l.entity, l.target_id, l.optional, coalesce(f.origin_location, '')
FROM location_link l
LEFT JOIN source_file f ON f.source_id = l.source_id AND f.path = l.path
WHERE l.target_id <> l.source_id
ORDER BY l.source_id, l.path, l.entity, l.target_id
