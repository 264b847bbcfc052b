-- What a user set under some keys.
-- $1 user  $2 JSON array of objects with bucket and key
-- Columns  place in the array from 1, value
-- Order    place
SELECT e.place, s.value
FROM json_array_elements($2::text::json) WITH ORDINALITY AS e (item, place)
JOIN user_setting s ON s.user_ref = $1::text AND s.bucket = e.item ->> 'bucket' AND s.key = e.item ->> 'key'
ORDER BY e.place
