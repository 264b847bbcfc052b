#!/bin/sh
# The order of includes: a file takes headers of its own folder and of folders to its left.
#   catalog: base < entity < fetch < parse < persist < relate < search < sync
#   server:  config < job < auth < plugin < scaffold < http < cli < main.c, and all of catalog
# catalog never names server, plugins or h2o; each big library has one home.
# Usage: includes.sh [SOURCE-ROOT]. Exit 1 when there is a wrong one, each as file:line: sentence.
set -eu
cd "${1:-.}"

dirs=
for dir in catalog server plugins; do
    [ -d "$dir" ] && dirs="$dirs $dir"
done
# shellcheck disable=SC2016,SC2086
find $dirs -name '*.[ch]' -not -path '*/node_modules/*' | LC_ALL=C sort | xargs awk '
function rank(path,    part) {
    split(path, part, "/")
    if (path == "server/main.c") return 300
    if (part[1] "/" part[2] in order) return order[part[1] "/" part[2]]
    return -1
}
function complain(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text
    bad = 1
}
function home(name, pattern, folder) {
    if (what ~ pattern && FILENAME !~ folder)
        complain(name " is included only below " substr(folder, 2))
}
BEGIN {
    n = split("base entity fetch parse persist relate search sync", names, " ")
    for (i = 1; i <= n; i++) order["catalog/" names[i]] = i
    n = split("config job auth plugin scaffold http cli", names, " ")
    for (i = 1; i <= n; i++) order["server/" names[i]] = 100 + i
}
/^[ \t]*#[ \t]*include[ \t]*["<]/ {
    what = $0
    sub(/^[^"<]*["<]/, "", what)
    sub(/[">].*/, "", what)
    mine = rank(FILENAME)
    if (FILENAME ~ /^(catalog|server)\// && mine < 0)
        complain("no rank for this folder in tests/lint/includes.sh")
    if (FILENAME ~ /^catalog\// && what ~ /^(server|plugins|h2o)/)
        complain("catalog never includes " what)
    if (FILENAME ~ /^plugins\// && what ~ /^(server|catalog)\//)
        complain("a plugin knows plugins/abi and nothing else of ours, not " what)
    if (what ~ /^(catalog|server)\// && rank(what) > mine && FILENAME !~ /^plugins\//)
        complain(what " lies to the right of this file")
    if ($0 ~ /include[ \t]*"/ && what !~ /\//)
        complain("write \"" what "\" with its folder from the root")
    home("libgit2", "^git2", "^catalog/fetch/")
    home("libyaml", "^yaml\\.h", "^catalog/parse/")
    home("libpq", "^(libpq|postgresql/|pg_config)", "^catalog/persist/")
    home("the SQL text", "^sql/", "^catalog/persist/")
    home("h2o", "^h2o", "^server/http/")
    home("libcurl", "^curl/", "^(plugins/host|catalog/fetch|server/cli)/")
    home("dlopen", "^dlfcn\\.h", "^plugins/host/")
}
END { exit bad }
'
