-- Worked out at the end of a pass: the names it touches.
CREATE TEMP TABLE IF NOT EXISTS stage_ref (
    ref text COLLATE "C" NOT NULL
)
