-- For the length of a search: nobody waits longer than this for an answer; indexes, however few rows there are; and how near a
-- word must be to be the one that was meant.
SELECT set_config('statement_timeout', '5000', true),
       set_config('jit', 'off', true),
       set_config('enable_seqscan', 'off', true),
       set_config('pg_trgm.word_similarity_threshold', '0.33', true)
