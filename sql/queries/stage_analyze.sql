-- A large pass: let the planner know. Only what it joins by.
ANALYZE stage_file (path, op), stage_claim (path, ref, doc), stage_broken (path, ref), stage_problem (path, identity)
