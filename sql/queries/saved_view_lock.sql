-- Within a transaction: writes for one group one after another, so that its bounds and names hold.
-- $1 group
SELECT pg_advisory_xact_lock(hashtextextended('saved_view ' || $1::text, 0))
