-- Stream rows into stage_claim.
COPY stage_claim (path, ref, doc, line, col, flags, hash, status, body, terms, edges)
FROM STDIN (FORMAT binary)
