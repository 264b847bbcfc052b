-- What a pass brings, before it is compared with what is there: files put (p), touched (t), deleted (d).
CREATE TEMP TABLE IF NOT EXISTS stage_file (
    path            text   COLLATE "C" NOT NULL PRIMARY KEY,
    op              "char" NOT NULL,
    content_id      text   NOT NULL,
    origin_location text   NOT NULL,
    state           text   NOT NULL
)
