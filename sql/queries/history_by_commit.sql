-- The commits that begin so, each with the last generation that a reading of it made.
-- $1 hexadecimal digits, lower case
-- Columns  commit, generation
-- Order    generation, newest first; at most eleven
SELECT commit_id, max(generation) AS generation
FROM pass
WHERE commit_id COLLATE "C" >= $1::text AND commit_id COLLATE "C" < $1::text || 'g' AND commit_id <> ''
GROUP BY commit_id
ORDER BY 2 DESC
LIMIT 11
