#!/bin/sh
# A PostgreSQL for one run of the tests: empty, on 127.0.0.1 and a socket, gone afterwards.
#
#   pg.sh start DIR    initdb and start below DIR (new, empty or absent); prints its URL
#   pg.sh stop DIR     stop it and remove DIR; nothing to do is no mistake
#
# PostgreSQL refuses root: as root it runs as the user "postgres", or else as "nobody".
set -eu

fail()
{
    echo "pg.sh: $*" >&2
    exit 3
}

bin()
{
    for dir in /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null || true)"; do
        if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then found=$dir; fi
    done
    [ "${found-}" ] || fail "no PostgreSQL server is installed: apt-get install postgresql-15"
    echo "$found"
}

user()
{
    id -un postgres 2>/dev/null || echo nobody
}

# Run a command as somebody PostgreSQL accepts, in a directory he may enter.
drop()
{
    cd /
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid="$(user)" --regid="$(id -gn "$(user)")" --clear-groups env HOME="$dir" "$@"
    else
        "$@"
    fi
}

start()
{
    command -v setpriv >/dev/null || fail "setpriv (package util-linux) is missing"
    pg=$(bin)
    mkdir -p "$dir"
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" >"$dir/password"
    chmod 700 "$dir"
    [ "$(id -u)" -ne 0 ] || chown -R "$(user)" "$dir"
    drop "$pg/initdb" -D "$dir/data" -U callboard --pwfile="$dir/password" --auth=scram-sha-256 \
        -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; fail "initdb failed"; }
    for _ in 1 2 3 4 5 6 7 8; do
        port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
        if drop "$pg/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 -s start \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c fsync=off
                -c synchronous_commit=off -c full_page_writes=off -c max_connections=200
                -c shared_buffers=64MB -c log_min_messages=warning" >/dev/null 2>&1; then
            echo "postgresql://callboard:$password@127.0.0.1:$port/postgres"
            return
        fi
        grep -q 'Address already in use' "$dir/log" || break
        rm -f "$dir/log"
    done
    cat "$dir/log" >&2
    fail "PostgreSQL did not start"
}

stop()
{
    if [ -f "$dir/data/postmaster.pid" ]; then
        drop "$(bin)/pg_ctl" -D "$dir/data" -m immediate -w -s stop || true
    fi
    rm -rf "$dir"
}

[ $# -eq 2 ] || fail "usage: pg.sh start|stop DIR"
case $2 in /*) dir=$2 ;; *) dir=$PWD/$2 ;; esac
case $1 in
start) start ;;
stop) stop ;;
*) fail "usage: pg.sh start|stop DIR" ;;
esac
