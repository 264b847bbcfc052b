-- Delete a view.
-- $1 id
DELETE FROM saved_view
WHERE id = $1::bigint
