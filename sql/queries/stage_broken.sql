-- What a pass brings: documents that give no entity; ref is empty when nobody can tell which it was.
CREATE TEMP TABLE IF NOT EXISTS stage_broken (
    path   text COLLATE "C" NOT NULL,
    ref    text COLLATE "C" NOT NULL,
    status text
)
