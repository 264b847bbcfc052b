-- The database of the private server.
CREATE DATABASE callboard
