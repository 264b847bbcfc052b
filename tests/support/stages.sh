#!/bin/bash
# All stages of ./dev test: each with its own log under build/test-logs, a line a stage, and at the end
# one line "N passed, N failed". A stage that fails does not stop the next. Exit 1 when anything failed.
#
#   stages.sh            every stage
#   stages.sh STAGE...   these; --list names them
#
# What the tests find in their environment:
#   CALLBOARD_ROOT            the source tree
#   CALLBOARD_BUILD           the build directory
#   CALLBOARD_BINARY          a callboard with the sanitizers: build/san/callboard
#   CALLBOARD_PORTAL_DIR      the built portal, for the server as well
#   CALLBOARD_TEST_DATABASE   a PostgreSQL of this run alone, as a superuser; a test makes its own
#                             database in it ("CREATE DATABASE"), for others run beside it
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
root=$PWD
logs=$root/build/test-logs
stages=(gcc clang san lint unit parse template fuzz sql plugin http oracle soak portal e2e install)
jobs=$(nproc 2>/dev/null || echo 2)

if [ "${1-}" = --list ]; then
    echo "${stages[*]}"
    exit 0
fi
if [ $# -gt 0 ]; then
    for name in "$@"; do
        case " ${stages[*]} " in *" $name "*) ;; *)
            echo "stages.sh: no stage $name; there are: ${stages[*]}" >&2
            exit 2
            ;;
        esac
    done
    wanted=("$@")
else
    wanted=("${stages[@]}")
fi

mkdir -p "$logs"
pg=
total_passed=0 total_failed=0

cleanup()
{
    [ -z "$pg" ] || "$root/tests/support/pg.sh" stop "$pg"
    pg=
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# --- what stages are made of ------------------------------------------------------------------
# A stage prints freely, and says what it proved with: passed N, failed N.

passed=0 failed=0
passed() { passed=$((passed + $1)); }
failed() { failed=$((failed + $1)); }

# one COMMAND...: a case of its own.
one()
{
    echo "+ $*"
    if "$@"; then
        passed 1
    else
        echo "FAILED: $*"
        failed 1
    fi
}

database()
{
    [ -z "${CALLBOARD_TEST_DATABASE-}" ] || return 0
    pg=$(mktemp -d /tmp/callboard-test-pg.XXXXXX)
    CALLBOARD_TEST_DATABASE=$(tests/support/pg.sh start "$pg") || return 1
    export CALLBOARD_TEST_DATABASE
}

# Build DIR with all its test programs; done once however many stages ask.
declare -A built
build()
{
    local dir=$1
    [ "${built[$dir]-}" ] || {
        make -C "$dir" -k -s --no-print-directory -j"$jobs" && make -C "$dir" -k -s --no-print-directory -j"$jobs" check TESTS=
        built[$dir]=$?
    }
    return "${built[$dir]}"
}

# Each program of build/san that begins with PREFIX: tests, and callboard itself.
programs()
{
    make -C build/san -s --no-print-directory print-programs | tr ' ' '\n' | grep "^$1" || true
}

# Run a program of Check tests, and take over its own count.
check_program()
{
    local out rc n bad
    echo "+ $1"
    out=$(cd build/san && CK_FORK=no CK_VERBOSITY=normal timeout --foreground -k 10 600 "./$1" 2>&1)
    rc=$?
    printf '%s\n' "$out"
    if [ $rc -eq 77 ]; then
        return
    fi
    n=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\).*/\1 \2 \3/p' <<<"$out" | tail -1)
    if [ -z "$n" ]; then
        echo "FAILED: $1 ended with $rc before its tests did"
        failed 1
        return
    fi
    read -r n bad err <<<"$n"
    bad=$((bad + err))
    [ $rc -eq 0 ] || [ $bad -gt 0 ] || bad=1 # a leak, seen behind the last test
    passed $((n > bad ? n - bad : 0))
    failed $bad
}

# Run files of node:test, and take over their count.
node_tests()
{
    local out=$logs/.node.$$ rc ok bad
    [ $# -gt 0 ] || return 0
    timeout --foreground -k 10 1800 node --test --test-reporter=tap --test-reporter-destination="$out" \
        --test-reporter=spec --test-reporter-destination=stdout "$@"
    rc=$?
    ok=$(sed -n 's/^# pass \([0-9]*\)$/\1/p' "$out" | tail -1)
    bad=$(sed -n -e 's/^# fail \([0-9]*\)$/\1/p' -e 's/^# cancelled \([0-9]*\)$/\1/p' "$out" | awk '{ n += $1 } END { print n + 0 }')
    rm -f "$out"
    [ $rc -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    passed "${ok:-0}"
    failed "$bad"
}

# node_packages FOLDER: what its lock file names, unless that is there already.
node_packages()
{
    [ -f "$1/package-lock.json" ] || return 0
    [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] ||
        (cd "$1" && npm ci --no-audit --no-fund --loglevel=error)
}

# node_stage FOLDER: its *.test.mjs, with a server binary and a database.
node_stage()
{
    local files
    files=$(find "tests/$1" -name node_modules -prune -o \( -name '*.test.mjs' -o -name '*.test.js' \) -print 2>/dev/null | LC_ALL=C sort)
    [ -n "$files" ] || return 0
    build build/san >/dev/null || { echo "build/san does not build: see san.log"; failed 1; return; }
    database || { failed 1; return; }
    node_packages tests || { failed 1; return; }
    node_packages "tests/$1" || { failed 1; return; }
    # shellcheck disable=SC2086
    node_tests $files
}

# --- stages -----------------------------------------------------------------------------------

stage_gcc() { one build build; }
stage_clang() { one build build/clang; }
stage_san() { one build build/san; }

stage_unit()
{
    build build/san >/dev/null || echo "build/san does not build whole: see san.log"
    database || failed 1
    for program in $(programs tests/unit/); do
        check_program "$program"
    done
}

stage_fuzz()
{
    build build/san >/dev/null || echo "build/san does not build whole: see san.log"
    for program in $(programs tests/fuzz/); do
        one env top_srcdir="$root" UBSAN_OPTIONS=print_stacktrace=1 timeout --foreground -k 10 300 "build/san/$program"
    done
}

stage_lint()
{
    local script cflags
    cflags=$(make -C build -s --no-print-directory print-cflags)
    for script in tests/lint/*.sh; do
        CC=gcc CFLAGS=$cflags one "$script" "$root" "$root/build"
    done
}

# What Backstage's own packages say of YAML and entities, and what we say.
stage_parse() { node_stage parse; }
# The language of software templates, beside npm nunjitsu.
stage_template()
{
    build build/san >/dev/null || { echo "build/san does not build: see san.log"; failed 1; return; }
    node_packages tests || { failed 1; return; }
    node_tests tests/template/*.test.mjs
}
stage_sql() { node_stage sql; }
stage_plugin() { node_stage plugin; }
stage_http() { node_stage http; }

# Its last line is its count.
stage_oracle()
{
    local rc counts
    [ -x tests/oracle/run.sh ] && programs callboard | grep -q . || return 0
    build build/san >/dev/null || { echo "build/san does not build: see san.log"; failed 1; return; }
    database || { failed 1; return; }
    tests/oracle/run.sh | tee "$logs/.oracle"
    rc=${PIPESTATUS[0]}
    counts=$(tail -1 "$logs/.oracle")
    rm -f "$logs/.oracle"
    if [[ $counts =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
        passed "${BASH_REMATCH[1]}"
        failed "${BASH_REMATCH[2]}"
        [ "$rc" -le 1 ] || failed 1
    else
        failed 1
    fi
}

# A seeded minute of ./dev soak, with the normal build: a sanitizer keeps memory, and that is what is looked at.
stage_soak()
{
    local counts
    [ -x build/callboard ] || return 0
    build build >/dev/null || { echo "build does not build: see gcc.log"; failed 1; return; }
    database || { failed 1; return; }
    CALLBOARD_BINARY=$root/build/callboard timeout --foreground -k 30 1200 tests/soak/run.sh 1 | tee "$logs/.soak"
    counts=$(tail -1 "$logs/.soak")
    rm -f "$logs/.soak"
    if [[ $counts =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
        passed "${BASH_REMATCH[1]}"
        failed "${BASH_REMATCH[2]}"
    else
        failed 1
    fi
}

stage_portal()
{
    [ -f frontend/package.json ] || return 0
    one make -C build -s --no-print-directory frontend-check
    local counts
    counts=$(sed -n 's/^ *Tests  *//p' "$logs/portal.log" | sed 's/\x1b\[[0-9;]*m//g' | tail -1)
    [[ $counts =~ ([0-9]+)\ passed ]] && passed "${BASH_REMATCH[1]}"
    [[ $counts =~ ([0-9]+)\ failed ]] && failed "${BASH_REMATCH[1]}"
}

stage_e2e()
{
    [ -d tests/e2e ] || return 0
    build build >/dev/null || { echo "build does not build: see gcc.log"; failed 1; return; }
    node_stage e2e
}

# What make install leaves is complete and runs from elsewhere.
stage_install()
{
    local dest=$root/build/install-test
    [ -x build/callboard ] || return 0
    rm -rf "$dest"
    one make -C build -s --no-print-directory install DESTDIR="$dest"
    one "$dest/usr/local/bin/callboard" --help
    [ ! -f frontend/package.json ] || one test -f "$dest/usr/local/share/callboard/portal/index.html"
    rm -rf "$dest"
}

# --- the run ----------------------------------------------------------------------------------

export CALLBOARD_ROOT=$root CALLBOARD_BUILD=$root/build CALLBOARD_BINARY=$root/build/san/callboard
export CALLBOARD_PORTAL_DIR=$root/build/frontend-dist
export UBSAN_OPTIONS=print_stacktrace=1 LSAN_OPTIONS=suppressions=$root/tests/support/lsan.supp:print_suppressions=0
export top_srcdir=$root

for name in "${wanted[@]}"; do
    passed=0 failed=0 since=$SECONDS
    "stage_$name" >"$logs/$name.log" 2>&1
    total_passed=$((total_passed + passed)) total_failed=$((total_failed + failed))
    if [ $((passed + failed)) -eq 0 ]; then
        printf '%-8s nothing to do\n' "$name"
    else
        printf '%-8s %5d passed %5d failed %5d s\n' "$name" $passed $failed $((SECONDS - since))
    fi
    if [ $failed -gt 0 ]; then
        grep -nE 'FAILED:|error:|not ok|:[FE]:|✖|Sanitizer|runtime error' "$logs/$name.log" | head -20 | sed 's/^/         /'
        echo "         all of it: build/test-logs/$name.log"
    fi
done
echo "$total_passed passed, $total_failed failed"
[ $total_failed -eq 0 ]
