-- Some of the versions that ended with the oldest generation or before it: no moment that is kept shows them.
-- Nobody else touches a version that has ended, so a row stays where it was found.
-- $1 how many at most
DELETE FROM entity_version
WHERE ctid = ANY (ARRAY(
    SELECT g.ctid
    FROM pass p
    CROSS JOIN LATERAL (
        SELECT e.ctid
        FROM entity_version e
        WHERE e.last_pass = p.id
        OFFSET 0
    ) g
    WHERE p.generation <= (SELECT oldest FROM state)
    LIMIT $1::bigint
))
