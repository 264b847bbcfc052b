-- Stream rows into stage_problem.
COPY stage_problem (path, identity, rule, severity, doc, line, col, field, message, remedy, entity, backstage)
FROM STDIN (FORMAT binary)
