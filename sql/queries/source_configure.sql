-- A source as the configuration has it now.
-- $1 key  $2 type  $3 url  $4 branch  $5 paths  $6 settings  $7 position
-- Columns  id
INSERT INTO source AS s (key, type, url, branch, paths, settings, position, configured)
VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::integer, true)
ON CONFLICT (key) DO UPDATE
SET type = excluded.type,
    url = excluded.url,
    branch = excluded.branch,
    paths = excluded.paths,
    settings = excluded.settings,
    position = excluded.position,
    configured = true,
    configured_at = CASE WHEN s.configured THEN s.configured_at ELSE clock_timestamp() END,
    due_at = CASE WHEN s.configured AND s.settings = excluded.settings THEN s.due_at ELSE clock_timestamp() END
RETURNING id
