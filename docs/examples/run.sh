#!/usr/bin/env bash
# Starts callboard with the example company, and says what to try once it answers.
#
#   run.sh [--fresh] BUILD_DIR
#
# BUILD_DIR/callboard           the program
# BUILD_DIR/example             repositories, configuration and data of the example; --fresh begins anew
# CALLBOARD_LISTEN=HOST:PORT    where to listen; 127.0.0.1:7007 unless set
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fresh=()
if [ "${1-}" = --fresh ]; then
    fresh=(--fresh)
    shift
fi
if [ $# -ne 1 ] || [ ! -d "$1" ]; then
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
build=$(cd "$1" && pwd)
example=$build/example
listen=${CALLBOARD_LISTEN:-127.0.0.1:7007}
host=${listen%:*}
port=${listen##*:}
reach=$host # where a client on this machine finds it
case $host in '' | 0.0.0.0 | '*' | '[::]') reach=127.0.0.1 ;; esac
url=http://$reach:$port
bare=${reach#[} bare=${bare%]} # an IPv6 address without its brackets

[ -x "$build/callboard" ] || { echo "run.sh: $build/callboard is not built: ./dev build builds it" >&2; exit 3; }
if (exec 3<>"/dev/tcp/$bare/$port") 2>/dev/null; then
    echo "run.sh: something listens on $listen already, perhaps another callboard." >&2
    echo "        Stop it, or choose another port:  CALLBOARD_LISTEN=$host:$((port + 1)) ./dev run" >&2
    exit 3
fi

[ ${#fresh[@]} -eq 0 ] || rm -rf "${example:?}/var"
"$here/make-repos.sh" "${fresh[@]}" "$example"

config=$example/callboard.yaml
{
    cat <<EOF
# Written anew by docs/examples/run.sh each time.
listen: "$listen"
data_dir: "$example/var"
log: {access: false}
rules: {allow: [Component, API, Resource, System, Domain, Group, User, Template, Location]}
sources:
  - file: "$example/org/all.yaml"
EOF
    source_row() { # NAME PATHS: one source; the order decides who keeps a name that two repositories claim
        printf '  - git: "%s"\n    branch: main\n    paths: [%s]\n    interval: 60s\n' "$example/repos/$1" "$2"
    }
    source_row architecture '"catalog-info.yaml"'
    source_row infrastructure '"catalog-info.yaml"'
    for name in payment-service checkout-service order-service user-service auth-service notification-service; do
        source_row "$name" '"**/catalog-info.yaml"'
    done
    source_row storefront '"catalog-info.yaml"'
    source_row data-platform '"**/catalog-info.yaml"'
    source_row legacy-billing '"**/catalog-info.yaml"'
    source_row software-templates '"catalog-info.yaml"'
} >"$config"

ask() { # PATH: the answer's head and body; nothing when nobody answers
    { exec 3<>"/dev/tcp/$bare/$port"; } 2>/dev/null || return 1
    printf 'GET %s HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n' "$1" "$reach" "$port" >&3
    timeout 5 cat <&3
    exec 3>&- 3<&-
}
ready() { # does the server say that it is ready, and has it tried every source?
    local sources
    [[ $(ask /readyz) == HTTP/1.1\ 200* ]] || return 1
    sources=$(ask /api/sources | grep -o '"failures":\|"lastTry":"' | sort | uniq -c | awk '{ print $1 }' | uniq | wc -l)
    [ "$sources" -eq 1 ] || ((++patience > 50)) # as many tries as sources; ten seconds, and it has said enough
}
five_things() {
    cat <<EOF

callboard is ready: $url       (Ctrl-C stops it; what it knows stays in ${example/#$PWD\//})

Five things to try, in another terminal:

 1. Open the portal:              $url
 2. Ask as a tool would:          curl -s $url/api/catalog/entities/by-name/component/default/payment-service
 3. Change something and watch:   cd $example/repos/payment-service
                                  sed -i "0,/description: .*/s//description: Takes money since \$(date +%T)/" catalog-info.yaml
                                  git commit -qam 'Say it in plainer words' && sleep 1
                                  curl -s '$url/api/catalog/entities/by-query?filter=metadata.name=payment-service&fields=metadata.description'
 4. Ask from the command line:    $build/callboard query --config $config 'kind=component,relations.ownedby=group:default/team-payments'
 5. See what is wrong, and where: curl -s $url/api/problems
                                  $build/callboard check $example/repos/legacy-billing $example/repos/data-platform/experiments
EOF
}

server=$$ # the shell becomes the server below; this watcher only waits, speaks and ends
(
    patience=0
    for ((i = 0; i < 600; i++)); do
        kill -0 "$server" 2>/dev/null || exit 0
        if ready; then
            five_things
            exit 0
        fi
        sleep 0.2
    done
    echo "run.sh: no answer from $url/readyz for two minutes; the lines above should say why" >&2
) &

unset CALLBOARD_LISTEN # it is in the file now
exec "$build/callboard" serve --config "$config"
