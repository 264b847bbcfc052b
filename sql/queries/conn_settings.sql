-- Of every new connection: the server's own deadline for a statement, and no wait for ever on a lock.
SELECT set_config('statement_timeout', '60000', false),
       set_config('idle_in_transaction_session_timeout', '0', false),
       set_config('client_min_messages', 'warning', false)
