-- Has the private server its database?
-- Columns  boolean
SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'callboard')
