-- Keep what the transaction did.
COMMIT
