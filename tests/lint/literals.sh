#!/bin/sh
# What a person reads in the portal stands in its messages, not in its components.
# Usage: literals.sh SOURCE-ROOT BUILD
set -eu
cd "${1:-.}"
[ -f frontend/scripts/literals.mjs ] || exit 0
frontend=$PWD/frontend build=${2:-build}
# The parser is one of the portal's packages: npm works on a copy of it, and what is looked at is the tree itself.
make -C "$build" -s --no-print-directory portal-build/.stamp
cd "$build/portal-build/frontend"
exec node scripts/literals.mjs "$frontend"
