-- The repositories that a webhook may be about.
-- Columns  id, url, branch, is being read
SELECT s.id, s.url, s.branch, coalesce(s.lease_until > clock_timestamp(), false)
FROM source s
WHERE s.configured AND s.type = 'git'
ORDER BY s.position, s.id
