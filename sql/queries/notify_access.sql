-- Tell every process that tokens or sessions changed.
SELECT pg_notify('callboard', 'access')
