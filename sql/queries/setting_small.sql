-- A user's settings, the small ones first, as many as fit.
-- $1 user  $2 bytes in all
-- Columns  bucket, key, value, how many the user has
-- Order    bucket, key
SELECT bucket, key, value, n
FROM (
    SELECT bucket, key, value,
           sum(octet_length(bucket) + octet_length(key) + octet_length(value))
               OVER (ORDER BY octet_length(value), bucket, key) AS total,
           count(*) OVER () AS n
    FROM user_setting
    WHERE user_ref = $1::text
) AS s
WHERE total <= $2::bigint
ORDER BY bucket, key
