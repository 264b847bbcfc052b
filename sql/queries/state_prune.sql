-- Rows whose time is over.
DELETE FROM plugin_state
WHERE expires_at <= clock_timestamp()
