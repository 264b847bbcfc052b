-- Forget what the transaction did.
ROLLBACK
