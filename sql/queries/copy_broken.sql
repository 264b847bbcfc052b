-- Stream rows into stage_broken.
COPY stage_broken (path, ref, status)
FROM STDIN (FORMAT binary)
