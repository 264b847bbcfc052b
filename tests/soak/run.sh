#!/bin/sh
# The long proofs of crashes and load: tests/soak/run.sh [MINUTES]. SOAK_SEED repeats a run.
set -eu
exec node "$(dirname "$0")/soak.mjs" "${1:-1}"
