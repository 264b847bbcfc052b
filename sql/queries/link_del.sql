-- Links of a source that its pass did not find again. Those of a Location whose document is broken, or whose deletion
-- waits, stay with it.
-- $1 source  $2 JSON [{"path", "entity", "key", "target"}]  $3 of this file alone; empty: of all files
DELETE FROM location_link l
WHERE l.source_id = $1::bigint AND ($3::text = '' OR l.path = $3::text)
  AND NOT EXISTS (
      SELECT
      FROM jsonb_to_recordset($2::text::jsonb) AS t (path text, entity text, key text, target text)
      LEFT JOIN source s ON s.key = t.key
      WHERE t.path = l.path AND t.entity = l.entity AND t.target = l.target_path
        AND l.target_id = CASE WHEN t.key = '' THEN l.source_id ELSE s.id END
  )
  AND NOT EXISTS (
      SELECT
      FROM claim c
      WHERE c.source_id = l.source_id AND c.ref = l.entity AND (c.held OR c.stale)
  )
