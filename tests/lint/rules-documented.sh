#!/bin/sh
# Each rule that catalog/entity and catalog/parse give to a problem has its row in docs/descriptor.md.
# Usage: rules-documented.sh [SOURCE-ROOT]
set -eu
cd "${1:-.}"
[ -f docs/descriptor.md ] || exit 0
bad=0
for rule in $(grep -hoE '"(yaml|document|field|kind|key|ref|rules|placeholder)-[a-z-]+"' catalog/entity/*.c catalog/parse/*.c |
    tr -d '"' | LC_ALL=C sort -u); do
    # shellcheck disable=SC2016
    grep -q "^| \`$rule\` |" docs/descriptor.md || {
        echo "docs/descriptor.md: no row for the rule $rule"
        bad=1
    }
done
exit $bad
