-- Links of a source as its pass found them.
-- $1 source  $2 JSON [{"path", "entity", "key", "target", "optional"}]
INSERT INTO location_link AS o (source_id, path, entity, target_id, target_path, optional)
SELECT $1::bigint, t.path, t.entity, CASE WHEN t.key = '' THEN $1::bigint ELSE s.id END, t.target, bool_and(t.optional)
FROM jsonb_to_recordset($2::text::jsonb) AS t (path text, entity text, key text, target text, optional boolean)
LEFT JOIN source s ON s.key = t.key
WHERE t.key = '' OR s.id IS NOT NULL
GROUP BY 2, 3, 4, 5
ON CONFLICT (source_id, path, entity, target_id, target_path) DO UPDATE
SET optional = excluded.optional
WHERE o.optional <> excluded.optional
