#!/bin/sh
# No file of C over 800 lines: past that, look for the second idea in it.
# Usage: file-size.sh [SOURCE-ROOT]
set -eu
cd "${1:-.}"
max=800
find catalog server plugins tests -name node_modules -prune -o -name '*.[ch]' -print 2>/dev/null | LC_ALL=C sort |
    xargs wc -l | awk -v max=$max '$2 != "total" && $1 > max { printf "%s: %d lines, over %d\n", $2, $1, max; bad = 1 }
                                   END { exit bad }'
