#!/bin/sh
# Every header compiles alone, and twice: it includes what it needs and has its guard.
# Usage: headers-alone.sh [SOURCE-ROOT [BUILD-ROOT]], with CC and CFLAGS from the build. Exit 1 when one does not.
set -eu
root=$(cd "${1:-.}" && pwd)
build=$(cd "${2:-.}" && pwd)
cd "$root"
bad=0
dirs=
for dir in catalog server plugins tests/support; do
    [ -d "$dir" ] && dirs="$dirs $dir"
done
# shellcheck disable=SC2086
for header in $(find $dirs -name '*.h' | LC_ALL=C sort); do
    # shellcheck disable=SC2086
    if ! printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
        ${CC:-cc} ${CFLAGS:-} -I"$root" -I"$root/plugins/abi" -I"$build" -Wno-error=unused-macros \
            -fsyntax-only -x c -; then
        echo "$header: does not compile alone"
        bad=1
    fi
done
exit $bad
