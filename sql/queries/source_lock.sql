-- Whoever configures sources does so alone. Held until the transaction ends.
SELECT pg_advisory_xact_lock(7016996765293437282)
