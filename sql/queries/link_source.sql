-- The sources that Location entities lead to, if nobody has made them yet.
-- $1 JSON [{"key", "url", "branch", "paths"}]
INSERT INTO source (key, type, url, branch, paths, settings, position, configured, made)
SELECT DISTINCT ON (t.key) t.key, 'git', t.url, t.branch, t.paths, '', 1000001, true, 'derived'
FROM jsonb_to_recordset($1::text::jsonb) AS t (key text, url text, branch text, paths text)
WHERE t.key <> '' AND NOT EXISTS (SELECT FROM source s WHERE s.key = t.key)
ORDER BY t.key
ON CONFLICT (key) DO NOTHING
