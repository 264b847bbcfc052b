#!/bin/sh
# Fuzz: run.sh BUILD_DIR [TARGET [SECONDS]]. A configured --enable-fuzz directory; TARGET as in
# fuzz_TARGET.c, all of them when it is left out. What it finds on its way stays in BUILD_DIR/corpus;
# what breaks a target is BUILD_DIR/TARGET-crash-*, to be put into tests/fuzz/corpus/TARGET with the fix.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
only=${2-}
seconds=${3-60}
bad=0 ran=0

make -C "$build" -s --no-print-directory -j"$(nproc)" check TESTS= >/dev/null
for source in "$root"/tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    name=${name#fuzz_}
    [ -z "$only" ] || [ "$only" = "$name" ] || continue
    [ -x "$build/tests/fuzz/fuzz_$name" ] || continue
    mkdir -p "$build/corpus/$name" "$root/tests/fuzz/corpus/$name"
    set -- -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 \
        -artifact_prefix="$build/$name-"
    [ ! -f "$root/tests/fuzz/dict/$name.dict" ] || set -- "$@" -dict="$root/tests/fuzz/dict/$name.dict"
    ran=$((ran + 1))
    if "$build/tests/fuzz/fuzz_$name" "$@" "$build/corpus/$name" "$root/tests/fuzz/corpus/$name" \
        >"$build/$name.log" 2>&1; then
        echo "$name: $(tail -1 "$build/$name.log")"
    else
        tail -40 "$build/$name.log"
        echo "$name: broken; see $build/$name.log"
        bad=1
    fi
done
[ "$ran" -gt 0 ] || { echo "run.sh: no fuzz target ${only:-at all}" >&2; exit 3; }
exit $bad
