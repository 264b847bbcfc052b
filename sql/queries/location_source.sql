-- The source that all registered locations are files of, made by the first. Its row stays locked until the transaction
-- ends, and whoever reads it now has lost it: the fence is a new one.
-- $1 key  $2 settings
-- Columns  id, fence, read_settings
INSERT INTO source AS s (key, type, url, branch, paths, settings, position, configured, made)
VALUES ($1::text, 'locations', '', '', '[]', $2::text, 1000000, true, 'registered')
ON CONFLICT (key) DO UPDATE
SET fence = s.fence + 1, lease_owner = '', lease_until = NULL
RETURNING id, fence, read_settings
