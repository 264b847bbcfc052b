-- 0012_user_setting.sql: what people set for themselves: stars, theme, saved views.
-- Reads   all rows of one user with each session answer; one row, or some, by bucket and key
-- Size    at most 1,000 rows and 4 MB a user (catalog/persist/setting_store.h)
-- Locks   creates only; safe while an older callboard serves
CREATE TABLE user_setting (
    user_ref   text        COLLATE "C" NOT NULL CHECK (user_ref = lower(user_ref)),
    bucket     text        COLLATE "C" NOT NULL CHECK (bucket <> ''),
    key        text        COLLATE "C" NOT NULL CHECK (key <> ''),
    value      text        NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_ref, bucket, key)
);
COMMENT ON TABLE user_setting IS 'rows of one user are seen by that user alone; the user need not be in the catalog';
COMMENT ON COLUMN user_setting.value IS 'JSON as it was sent, compact';
