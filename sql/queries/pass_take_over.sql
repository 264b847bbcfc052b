-- Losers that now hold their name.
UPDATE claim c
SET holds = true, body = NULL, terms = NULL, edges = NULL, number = NULL, since = NULL
FROM stage_winner w
WHERE NOT w.staged AND NOT w.holds
  AND c.source_id = w.source_id AND c.path = w.path AND c.ref = w.ref AND c.doc = w.doc
