-- Carry out what was decided of the earlier claims.
-- $1 source
MERGE INTO claim c
USING stage_old o ON c.source_id = $1::bigint AND c.path = o.path AND c.ref = o.ref AND c.doc = o.doc
WHEN MATCHED AND o.fate = 'gone' THEN DELETE
WHEN MATCHED AND o.fate = 'stale' THEN UPDATE SET stale = true, held = false, status = o.status
WHEN MATCHED AND o.fate = 'moved' THEN UPDATE SET stale = true, held = false, status = o.status, path = o.to_path
WHEN MATCHED THEN UPDATE SET held = true
