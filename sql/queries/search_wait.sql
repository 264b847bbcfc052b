-- Before search hears of a pass: nobody may be filling in a large one meanwhile, whose versions this one may end.
SELECT pass
FROM search_pending
ORDER BY pass
FOR KEY SHARE
