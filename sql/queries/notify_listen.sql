-- Hear what the processes tell each other.
LISTEN callboard
