-- Is there such a list at all?
-- Columns  boolean
SELECT to_regclass('schema_migration') IS NOT NULL
