-- 0010_plugin_state.sql: what plugins remember.
-- Reads   one row by plugin and key, as often as plugins ask
-- Size    at most 16 MB and 10,000 rows a plugin (catalog/persist/state_store.h)
-- Locks   creates only; safe while an older callboard serves
CREATE TABLE plugin_state (
    plugin     text        NOT NULL CHECK (plugin <> ''),
    key        text        COLLATE "C" NOT NULL CHECK (key <> ''),
    value      bytea       NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz,
    PRIMARY KEY (plugin, key)
);
CREATE INDEX plugin_state_expires_idx ON plugin_state (expires_at) WHERE expires_at IS NOT NULL;
COMMENT ON TABLE plugin_state IS 'rows of one plugin are seen by that plugin alone, on every callboard of this database';
COMMENT ON COLUMN plugin_state.expires_at IS 'from then on it is as good as gone; NULL: never';
