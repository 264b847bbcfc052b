-- The configuration names these and no others: the rest keep their claims for now.
-- $1 ids of the configured ones
UPDATE source
SET configured = false,
    due_at = clock_timestamp()
WHERE configured AND made = 'configured' AND id <> ALL ($1::bigint[])
