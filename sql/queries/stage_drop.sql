-- The stage of a large pass, or of many small ones, goes as a whole.
DISCARD TEMP
