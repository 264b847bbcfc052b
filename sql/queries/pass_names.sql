-- Lock the touched names, in order, those that nobody ever had too: in one order for all, nobody waits in a circle.
-- ON CONFLICT DO UPDATE locks the row that is there, and WHERE false leaves it as it is.
INSERT INTO entity AS e (ref)
SELECT ref
FROM stage_ref
ORDER BY ref
ON CONFLICT (ref) DO UPDATE SET ref = e.ref WHERE false
