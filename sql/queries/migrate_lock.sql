-- One migrates at a time; the others wait here until it has committed. Held until the transaction ends.
SELECT pg_advisory_xact_lock(7016996765293437281)
