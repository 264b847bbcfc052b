-- How many runs task_list has on all pages.
-- $1 created by  $2 states  $3 templates
-- Columns  number
SELECT count(*)
FROM task
WHERE ($1::text = '' OR created_by = ANY (string_to_array($1::text, chr(10))))
  AND ($2::text = '' OR state = ANY (string_to_array($2::text, chr(10))))
  AND ($3::text = '' OR template_ref = ANY (string_to_array($3::text, chr(10))))
