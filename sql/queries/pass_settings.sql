-- For the length of a pass: no deadline of the server's while it streams (the client has one), room for large sets.
SELECT set_config('statement_timeout', '0', true),
       set_config('work_mem', '65536', true),
       set_config('jit', 'off', true)
