-- Begin a transaction that reads one consistent moment.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
