#!/bin/sh
# Every statement of sql/queries is used by catalog/persist, and says in its head what it is for.
# Usage: queries-used.sh [SOURCE-ROOT]
set -eu
cd "${1:-.}"
[ -d sql/queries ] || exit 0
bad=0
for query in sql/queries/*.sql; do
    [ -e "$query" ] || continue
    name=$(basename "$query" .sql)
    if ! grep -qiwE "(cb_)?(sql_|query_)?$name" catalog/persist/*.[ch]; then
        echo "$query: nothing in catalog/persist names it"
        bad=1
    fi
    if ! head -1 "$query" | grep -q '^-- '; then
        echo "$query:1: begins without a comment that says what it is for"
        bad=1
    fi
done
exit $bad
