-- Forget a user's key.
-- $1 user  $2 bucket  $3 key
DELETE FROM user_setting
WHERE user_ref = $1::text AND bucket = $2::text AND key = $3::text
