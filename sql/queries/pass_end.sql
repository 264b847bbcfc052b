-- End the versions of names that are served no more, or differently.
-- $1 pass
-- Columns  removed, changed
WITH ended AS (
    UPDATE entity_version v
    SET last_pass = $1::bigint
    FROM stage_ref r
    LEFT JOIN stage_winner w ON w.ref = r.ref
    WHERE v.ref = r.ref AND v.last_pass IS NULL AND (w.ref IS NULL OR w.changed)
    RETURNING w.ref IS NULL AS removed
)
SELECT count(*) FILTER (WHERE removed) AS removed, count(*) FILTER (WHERE NOT removed) AS changed
FROM ended
