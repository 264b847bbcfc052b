-- A large pass plans each statement for its own sets, and keeps none of those plans for the small ones after it.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('statement_timeout', '3600000', true)
