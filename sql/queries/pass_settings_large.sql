-- A large pass: each statement is planned for its own sets, and none of those plans is kept for the small ones after it.
-- Sizes are all that the planner must know of them: a small sample will do.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('default_statistics_target', '10', true),
       set_config('statement_timeout', '3600000', true)
