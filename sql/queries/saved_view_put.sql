-- Keep a view for a group; saved_view_room said that there is room.
-- $1 group  $2 name  $3 query  $4 by whom
-- Columns  id, changed_at
INSERT INTO saved_view (owner_ref, name, query, changed_by)
VALUES ($1::text, $2::text, $3::text, $4::text)
RETURNING id, changed_at
