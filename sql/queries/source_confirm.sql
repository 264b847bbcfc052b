-- Let the held deletions go through at the next pass.
-- $1 id
-- Columns  found: there is such a source; done: something was held
WITH one AS (
    SELECT id, EXISTS (SELECT FROM claim c WHERE c.source_id = source.id AND c.held) AS held
    FROM source
    WHERE id = $1::bigint
), done AS (
    UPDATE source s
    SET confirmed = true,
        nudged = true,
        due_at = clock_timestamp()
    FROM one
    WHERE s.id = one.id AND one.held
    RETURNING s.id
)
SELECT EXISTS (SELECT FROM one) AS found, EXISTS (SELECT FROM done) AS done
