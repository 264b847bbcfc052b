-- 0014_saved_view.sql: views of the catalog that a team keeps under a name, for all of its members.
-- Reads   all rows of the groups that somebody is in, when the portal's menu of views opens; one row by id
-- Size    at most 50 rows and 200 kB a group (catalog/persist/saved_store.h)
-- Locks   creates only; safe while an older callboard serves
CREATE TABLE saved_view (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_ref  text        COLLATE "C" NOT NULL CHECK (owner_ref = lower(owner_ref)),
    name       text        COLLATE "C" NOT NULL CHECK (name <> ''),
    query      text        NOT NULL CHECK (query = '' OR query LIKE '?%'),
    changed_by text        NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (owner_ref, name)
);
COMMENT ON COLUMN saved_view.owner_ref IS 'a group; its views stay while it is not in the catalog';
COMMENT ON COLUMN saved_view.query IS 'of the address of the portal''s catalog page, never more of an address';
