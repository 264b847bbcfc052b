-- Stream rows into stage_file.
COPY stage_file (path, op, content_id, origin_location, state)
FROM STDIN (FORMAT binary)
