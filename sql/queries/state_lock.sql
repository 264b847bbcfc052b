-- Within a transaction: writes of one plugin one after another, so that its bounds hold.
-- $1 plugin
SELECT pg_advisory_xact_lock(hashtextextended('plugin_state ' || $1::text, 0))
