-- Some of the passes before the oldest generation that no version names any more.
-- $1 how many at most
DELETE FROM pass
WHERE id IN (
    SELECT p.id
    FROM pass p
    WHERE p.generation < (SELECT oldest FROM state)
      AND NOT EXISTS (SELECT FROM entity_version v WHERE v.first_pass = p.id)
      AND NOT EXISTS (SELECT FROM entity_version v WHERE v.last_pass = p.id)
    LIMIT $1::bigint
)
