-- Every process hears that a run is due, when the transaction commits.
-- Columns  nothing of use
SELECT pg_notify('callboard', 'task open')
