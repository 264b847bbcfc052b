-- A large pass: each statement is planned for its own sets, and none of those plans is kept for the small ones after it.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('statement_timeout', '3600000', true)
