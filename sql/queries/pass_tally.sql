-- What this pass did to claims: how many more the source has, and whether those lost or held changed.
-- $1 source  $2 claims that came
-- Columns  more, odd
SELECT $2::bigint + count(*) FILTER (WHERE fate IN ('stale', 'moved')) - count(*) FILTER (WHERE NOT was_held) AS more,
       EXISTS (SELECT FROM stage_old WHERE (fate = 'held') <> was_held)
           OR EXISTS (SELECT number FROM stage_old WHERE number IS NOT NULL
                      EXCEPT
                      SELECT c.number FROM claim c WHERE c.source_id = $1::bigint AND NOT c.holds)
           OR EXISTS (SELECT c.number
                      FROM claim c
                      JOIN stage_ref r ON r.ref = c.ref
                      WHERE c.source_id = $1::bigint AND NOT c.holds
                      EXCEPT
                      SELECT number FROM stage_old) AS odd
FROM stage_old
