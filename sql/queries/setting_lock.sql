-- Within a transaction: writes of one user one after another, so that his bounds hold.
-- $1 user
SELECT pg_advisory_xact_lock(hashtextextended('user_setting ' || $1::text, 0))
