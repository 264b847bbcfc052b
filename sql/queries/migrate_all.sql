-- What has run.
-- Columns  number, name, sha256
-- Order    number
SELECT number, name, sha256
FROM schema_migration
ORDER BY number
