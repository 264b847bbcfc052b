-- The sources made by Locations that could not be read at the last try.
-- Columns  key, error
SELECT key, error
FROM source
WHERE made = 'derived' AND configured AND error <> ''
