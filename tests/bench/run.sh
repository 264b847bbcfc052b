#!/bin/sh
# ./dev bench: builds the bare programs, then measures. Options are run.mjs's: --n 100000 --only reads --write …
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
make -C "$root/build" -s --no-print-directory bench-programs
exec node "$root/tests/bench/run.mjs" --build "$root/build" "$@"
