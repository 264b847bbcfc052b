-- Tell every process that a source is due. Heard when the transaction commits.
SELECT pg_notify('callboard', 'nudge')
