#!/bin/sh
# Hold a callboard to what a real Backstage answered: starts one on catalog/all.yaml with a database of its
# own and replays the requests. Its last line counts. What we answer better on purpose is in better.json.
#
#   CALLBOARD_TEST_DATABASE=URL CALLBOARD_BINARY=build/san/callboard tests/oracle/run.sh [--all] [--only ID] [--verbose]
#
# Only the families whose routes exist are replayed, unless --all says otherwise.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${CALLBOARD_TEST_DATABASE:?a PostgreSQL: tests/support/pg.sh start DIR prints one}"
binary=${CALLBOARD_BINARY:-$here/../../build/callboard}
families='health name uid list fields page query pquery refs facets ancestry validate analyze location refresh delete route search scaffolder'
replay=some
if [ "${1-}" = --all ]; then
    replay=all
    shift
fi
name=callboard_oracle_$$
dir=$(mktemp -d /tmp/callboard-oracle.XXXXXX)
server=

cleanup()
{
    if [ "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    psql -qX "$CALLBOARD_TEST_DATABASE" -c "DROP DATABASE IF EXISTS $name WITH (FORCE)" >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

psql -qX "$CALLBOARD_TEST_DATABASE" -c "CREATE DATABASE $name"
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
cat >"$dir/callboard.yaml" <<END
listen: 127.0.0.1:$port
data_dir: $dir/var
database: "$(echo "$CALLBOARD_TEST_DATABASE" | sed "s#/[^/?]*\(?.*\)\{0,1\}\$#/$name\1#")"
sources:
  - file: $here/catalog/all.yaml
rules: {allow: [Component, API, Resource, System, Domain, Group, User, Template, Location]}
END
"$binary" serve --config "$dir/callboard.yaml" >"$dir/log" 2>&1 &
server=$!
tries=0
until curl -fsS -o /dev/null "http://127.0.0.1:$port/readyz" 2>/dev/null; do
    tries=$((tries + 1))
    if [ $tries -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
        tail -20 "$dir/log" >&2
        echo "run.sh: callboard did not become ready" >&2
        exit 3
    fi
    sleep 0.2
done
run=$here
if [ $replay = some ]; then # run.mjs reads what lies beside it
    run=$dir/oracle
    mkdir "$run"
    cp "$here/run.mjs" "$here/norm.mjs" "$here/answers.json" "$run/"
    node -e '
        const [from, to, ...families] = process.argv.slice(1), fs = require("fs");
        const queries = JSON.parse(fs.readFileSync(from));
        queries.requests = queries.requests.filter(q => families.includes(q.id.replace(/-.*/, "")));
        fs.writeFileSync(to, JSON.stringify(queries));
    ' "$here/queries.json" "$run/queries.json" $families
fi
set -- --base "http://127.0.0.1:$port" "$@"
[ ! -f "$here/better.json" ] || set -- "$@" --better "$here/better.json"
rc=0
node "$run/run.mjs" "$@" || rc=$?
[ $rc -le 1 ] || tail -20 "$dir/log" >&2
if grep -E 'runtime error|Sanitizer' "$dir/log"; then
    rc=3
fi
exit $rc
