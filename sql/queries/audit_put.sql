-- Who did what.
-- $1 user  $2 action  $3 subject  $4 detail
INSERT INTO audit (user_ref, action, subject, detail)
VALUES ($1::text, $2::text, $3::text, $4::text)
