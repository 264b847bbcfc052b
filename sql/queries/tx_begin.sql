-- Begin a transaction that sees what others commit while it runs.
BEGIN ISOLATION LEVEL READ COMMITTED
