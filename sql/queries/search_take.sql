-- Behind a pass: the large ones that wait are filled in now, by whoever asks first. A pass that ends versions of one waits for this
-- transaction, or this one for it.
-- Columns  pass
DELETE FROM search_pending
WHERE pass IN (SELECT pass FROM search_pending ORDER BY pass LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING pass
