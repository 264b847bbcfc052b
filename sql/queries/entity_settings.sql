-- For the length of a load: the client has the deadline; rows come in the order of their index, never sorted by their
-- bodies, and the few passes are looked up one by one.
SELECT set_config('statement_timeout', '0', true),
       set_config('jit', 'off', true),
       set_config('enable_sort', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true)
