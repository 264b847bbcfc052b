#!/bin/sh
# Backstage's front end, of published packages as they are, before callboard: journeys through it, and what it asks that nobody answers.
#
#   run.sh           the journeys; the last line counts, pictures in build/stock-ui
#   run.sh PART      those with PART in their name
#   run.sh --serve   the front end before the example company, for a person to look at, until it is interrupted
#
# CALLBOARD_STOCK_UI_DIR=DIR   where its packages are installed, outside of this tree; ~/.cache/callboard/stock-ui unless set
set -eu
cd "$(dirname "$0")/../.."
dir=${CALLBOARD_STOCK_UI_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/callboard/stock-ui}
app=tests/stock-ui/app

mkdir -p "$dir"
for file in package.json .npmrc build.mjs src; do
    rm -rf "${dir:?}/$file"
    cp -R "$app/$file" "$dir/$file"
done
if ! cmp -s "$app/package-lock.json" "$dir/installed.json"; then
    echo "stock-ui: installing the packages in $dir (once)" >&2
    rm -f "$dir/installed.json"
    cp "$app/package-lock.json" "$dir/package-lock.json"
    (cd "$dir" && npm ci --loglevel=error)
    cp "$app/package-lock.json" "$dir/installed.json"
    rm -f "$dir/built"
fi
if ! [ -e "$dir/built" ] || [ -n "$(find "$app" -type f -newer "$dir/built")" ]; then
    echo "stock-ui: building the front end" >&2
    rm -rf "$dir/dist" "$dir/built"
    (cd "$dir" && node build.mjs)
    touch "$dir/built"
fi

CALLBOARD_ROOT=$PWD CALLBOARD_BUILD=$PWD/build CALLBOARD_BINARY=${CALLBOARD_BINARY:-$PWD/build/callboard}
export CALLBOARD_ROOT CALLBOARD_BUILD CALLBOARD_BINARY
exec node tests/stock-ui/journeys.mjs "$dir/dist" "$@"
