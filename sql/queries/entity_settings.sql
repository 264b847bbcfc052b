-- For the length of a load: the client has the deadline, and rows come in order of an index.
SELECT set_config('statement_timeout', '0', true),
       set_config('jit', 'off', true)
