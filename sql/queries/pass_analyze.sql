-- Behind a large pass, when it is kept: let the planner know of the tables that it filled.
ANALYZE entity_version (ref, first_pass, last_pass, source_id), claim (source_id, path, ref), source_file (source_id, path),
        problem (source_id, path)
