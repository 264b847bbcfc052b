-- Have whatever a Location entity leads to read again soon.
-- $1 entity
UPDATE source s
SET nudged = true, due_at = clock_timestamp()
WHERE s.configured AND s.id IN (SELECT l.target_id FROM location_link l WHERE l.entity = $1::text)
