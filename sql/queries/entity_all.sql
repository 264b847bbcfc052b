-- All that is served, at the moment the transaction sees.
-- Columns  generation it came with, ref, body, terms, edges, status, flags, source, path, line
-- Order    ref, by bytes
COPY (
    SELECT p.generation, v.ref, v.body, v.terms, v.edges, v.status, v.flags, v.source_id, v.path, v.line
    FROM entity_version v
    JOIN pass p ON p.id = v.first_pass
    WHERE v.last_pass IS NULL
    ORDER BY v.ref
) TO STDOUT (FORMAT binary)
