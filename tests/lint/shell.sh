#!/bin/sh
# Every shell script passes shellcheck, warnings included.
# Usage: shell.sh [SOURCE-ROOT]
set -eu
cd "${1:-.}"
command -v shellcheck >/dev/null || { echo "shell.sh: shellcheck is missing: apt-get install shellcheck" >&2; exit 1; }
bad=0
scripts='' parts='' # parts have no first line of their own: another script reads them
for file in $(git ls-files -co --exclude-standard 2>/dev/null || find . -name node_modules -prune -o -type f -print); do
    [ -f "$file" ] || continue
    case $file in
    *.sh | dev | .ci/run | */hooks/*) ;;
    *) continue ;;
    esac
    if head -1 "$file" | LC_ALL=C grep -aq '^#!'; then scripts="$scripts $file"; else parts="$parts $file"; fi
done
# shellcheck disable=SC2086
[ -z "$scripts" ] || shellcheck --severity=warning $scripts || bad=1
# shellcheck disable=SC2086
[ -z "$parts" ] || shellcheck --severity=warning --shell=bash --exclude=SC2034,SC2154 $parts || bad=1
exit $bad
