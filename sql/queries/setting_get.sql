-- What a user set under a key.
-- $1 user  $2 bucket  $3 key
-- Columns  value
SELECT value
FROM user_setting
WHERE user_ref = $1::text AND bucket = $2::text AND key = $3::text
