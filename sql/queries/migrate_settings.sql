-- For the length of a migration: no deadline of the server's, the client has one.
SELECT set_config('statement_timeout', '0', true)
