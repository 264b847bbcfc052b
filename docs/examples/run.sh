#!/usr/bin/env bash
# Starts callboard with the example company, and says what to try once it answers.
#
#   run.sh [--fresh] [--plain] BUILD_DIR
#
# BUILD_DIR/callboard           the program
# BUILD_DIR/example             repositories, configuration and data of the example; --fresh begins anew
# --plain                       without what the plugins ask: no Prometheus, no simulated Argo CD, PagerDuty, forge and CI
# CALLBOARD_LISTEN=HOST:PORT    where to listen; 127.0.0.1:7007 unless set
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fresh=() plain=
while [ $# -gt 0 ]; do
    case $1 in
    --fresh) fresh=(--fresh) ;;
    --plain) plain=yes ;;
    *) break ;;
    esac
    shift
done
if [ $# -ne 1 ] || [ ! -d "$1" ]; then
    sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
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

[ ${#fresh[@]} -eq 0 ] || rm -rf "${example:?}/var" "${example:?}/upstreams"
"$here/make-repos.sh" "${fresh[@]}" "$example"

# What the plugins ask. It ends when this process does, which the server becomes.
declare -A upstream=()
start_upstreams() {
    local dir=$example/upstreams name address i
    command -v node >/dev/null || { echo "run.sh: no Node in PATH: the plugins have nothing to show (./dev run finds one)" >&2; return 0; }
    mkdir -p "$dir"
    rm -f "$dir/upstreams"
    node "$here/upstreams.mjs" --dir "$dir" --pid $$ --callboard "$url" >"$dir/log" 2>&1 </dev/null &
    for ((i = 0; i < 350; i++)); do
        [ ! -s "$dir/upstreams" ] || break
        kill -0 $! 2>/dev/null || break
        sleep 0.1
    done
    [ -s "$dir/upstreams" ] || { tail -5 "$dir/log" >&2; echo "run.sh: what the plugins ask could not be started; going on without" >&2; return 0; }
    while IFS='=' read -r name address; do
        upstream[$name]=$address
    done <"$dir/upstreams"
    [ -n "${upstream[PROMETHEUS]-}" ] ||
        echo "run.sh: no Prometheus: apt-get install prometheus prometheus-alertmanager; going on without" >&2
}
[ -n "$plain" ] || start_upstreams

has_plugin() { # in a build directory; an installation has all of them
    local dir
    dir=$(dirname "$(readlink -f "$build/callboard")")/plugins/.libs
    [ ! -d "$dir" ] || [ -e "$dir/$1.so" ]
}
integrations() { # the forge's repositories are read, too
    ! has_plugin forge || cat <<EOF
integrations:
  - {host: "${upstream[FORGE]#http://}", type: gitea, clone: "${upstream[FORGE]}/"}
EOF
}
plugins() {
    cat <<EOF
plugins:
  skeleton: {enabled: false}
  argocd:
    instances: [{name: production, url: "${upstream[ARGOCD]}", token: an-example-token}]
    actions: [sync, refresh, terminate, rollback]
  pagerduty:
    accounts: [{name: mycompany, url: "${upstream[PAGERDUTY]}", token: an-example-token, from: callboard@mycompany.example}]
    actions: [acknowledge, create]
EOF
    # The services are simulated and their Prometheus is real: asked by way of upstreams.mjs, which marks what it says of them.
    [ -z "${upstream[PROMETHEUS]-}" ] || cat <<EOF
  prometheus:
    range_s: 300
    instances:
      - name: services
        url: "${upstream[SERVICES]}/prometheus"
        public_url: "${upstream[PROMETHEUS]}"
        alertmanager: {url: "${upstream[ALERTMANAGER]}"}
      - {name: callboard, url: "${upstream[PROMETHEUS]}", alertmanager: {url: "${upstream[ALERTMANAGER]}"}}
EOF
    cat <<EOF
  http:
    panels:
      - title: Last build
        source: CI
        kinds: [component]
        url: "${upstream[SERVICES]}/ci/{{annotation:github.com/project-slug|path}}/builds"
        type: status
        items:
          - {label: main, state: /builds/0/status, text: "Build {{/builds/0/number}}", since: /builds/0/startedAt, url: /builds/0/url}
        summary: "Build {{/builds/0/number}}: {{/builds/0/status}}"
      - title: Builds
        source: CI
        kinds: [component]
        url: "${upstream[SERVICES]}/ci/{{annotation:github.com/project-slug|path}}/builds"
        type: timeline
        list: /builds
        item: {at: /startedAt, title: "Build {{/number}} of {{/branch}}: {{/status}}", state: /status, text: "{{/seconds}} s", actor: /by, url: /url}
      - title: Changes of this entry
        source: callboard's own history
        kinds: [component, api, resource, system]
        url: "$url/api/history/{{kind}}/{{namespace}}/{{name}}?limit=5"
        type: timeline
        list: /items
        item: {at: /at, title: "{{/change}}: {{/subject}}", actor: /author}
EOF
    ! has_plugin forge || cat <<EOF
  forge:
    organizations:
      - {name: labs, type: gitea, url: "${upstream[FORGE]}", organization: acme-labs, token: an-example-token, webhook_secret: an-example-secret}
EOF
}

config=$example/callboard.yaml
{
    cat <<EOF
# Written anew by docs/examples/run.sh each time.
listen: "$listen"
data_dir: "$example/var"
log: {access: false}
rules: {allow: [Component, API, Resource, System, Domain, Group, User, Template, Location]}
scaffolder: {repositories: "$example/repos"}
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
    [ -z "${upstream[ARGOCD]-}" ] || { integrations && plugins; }
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
six_things() {
    cat <<EOF

callboard is ready: $url       (Ctrl-C stops it; what it knows stays in ${example/#$PWD\//})

Six things to try, in another terminal:

 1. Open the portal:              $url
 2. Ask as a tool would:          curl -s $url/api/catalog/entities/by-name/component/default/payment-service
 3. Change something and watch:   cd $example/repos/payment-service
                                  sed -i "0,/description: .*/s//description: Takes money since \$(date +%T)/" catalog-info.yaml
                                  git commit -qam 'Say it in plainer words' && sleep 1
                                  curl -s '$url/api/catalog/entities/by-query?filter=metadata.name=payment-service&fields=metadata.description'
 4. Ask from the command line:    $build/callboard query --config $config 'kind=component,relations.ownedby=group:default/team-payments'
 5. See what is wrong, and where: curl -s $url/api/problems
                                  $build/callboard check $example/repos/legacy-billing $example/repos/data-platform/experiments
 6. Make a new service:           $url/create/templates/default/go-service
                                  git clone $example/repos/mycompany/NAME.git
EOF
    [ -z "${upstream[ARGOCD]-}" ] || cat <<EOF

What its plugins know, on the pages of entities or here:

    $build/callboard panel --config $config checkout-service
    $build/callboard panel --config $config checkout-service argocd/app     (prometheus/graphs, pagerduty/oncall, http/facts ...)
    $build/callboard panel --config $config developer-portal prometheus/graphs
    curl -X POST '${upstream[FORGE]}/-/create?name=new-service'     a new repository on the forge: its component comes at once

Argo CD, PagerDuty, the CI, the forge and the company's services are simulated, and marked so.
EOF
    [ -z "${upstream[PROMETHEUS]-}" ] || echo "Prometheus is real, and reads callboard's own /metrics: ${upstream[PROMETHEUS]}"
}

server=$$ # the shell becomes the server below; this watcher only waits, speaks and ends
(
    patience=0
    for ((i = 0; i < 600; i++)); do
        kill -0 "$server" 2>/dev/null || exit 0
        if ready; then
            [ -z "${upstream[FORGE]-}" ] || sleep 2 # what the forge's sources bring is told, too: this is to be read last
            six_things
            exit 0
        fi
        sleep 0.2
    done
    echo "run.sh: no answer from $url/readyz for two minutes; the lines above should say why" >&2
) &

unset CALLBOARD_LISTEN # it is in the file now
exec "$build/callboard" serve --config "$config"
