#!/usr/bin/env bash
# Makes the example company's Git repositories, with their history.
#
#   make-repos.sh [--fresh] OUT
#
# OUT/repos/NAME   a repository with a work tree for each folder in repos/, and `software-templates` from templates/
# OUT/repos/NAME.git   the same one, for those who push to it
# OUT/org          the organisation's files, which are read as files and not from Git
#
# The same files always give the same commits: authors and dates are fixed in history/NAME.sh. A repository that is
# there already is kept when you have changed it; otherwise it is made anew when the example's files are newer.
# --fresh makes everything anew, your own commits included.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fresh=no
if [ "${1-}" = --fresh ]; then
    fresh=yes
    shift
fi
if [ $# -ne 1 ] || [ -z "$1" ] || [ "${1#-}" != "$1" ]; then
    sed -n '2,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
command -v git >/dev/null || { echo "make-repos.sh: git is not installed" >&2; exit 3; }
mkdir -p "$1/repos"
out=$(cd "$1" && pwd)

# Nothing of the caller's own Git configuration or environment may change a commit.
unset "${!GIT_@}"
plain_git() { GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git -c commit.gpgsign=false -c core.autocrlf=false "$@"; }

# The words of history/NAME.sh. They work on $source, the files as they are today, and $work, the new repository.
put() { # PATH...: these files as they are today
    local path
    for path; do
        mkdir -p "$work/$(dirname "$path")"
        cp "$source/$path" "$work/$path"
    done
}
put_as() { # PATH SED-EXPRESSION...: a file as it was, said as changes to what it is today
    put_some "$1" 0 "${@:2}"
}
put_some() { # PATH COUNT SED-EXPRESSION...: its first COUNT documents (0: all), changed
    local path=$1 count=$2 expression
    local -a edits=(-e '')
    shift 2
    for expression; do edits+=(-e "$expression"); done
    mkdir -p "$work/$(dirname "$path")"
    awk -v count="$count" '/^---$/ && ++n == count { exit } { print }' "$source/$path" |
        sed "${edits[@]}" >"$work/$path"
}
everything() { cp -R "$source/." "$work/"; }
commit() { # DATE USER MESSAGE
    local name
    name=$(sed -n "/^  name: $2\$/,/^spec:/s/^  title: //p" "$here"/org/people/*.yaml)
    [ -n "$name" ] || { echo "make-repos.sh: history names $2, who is not in org/people" >&2; exit 1; }
    plain_git -C "$work" add -A
    GIT_AUTHOR_NAME=$name GIT_AUTHOR_EMAIL=$2@mycompany.example GIT_AUTHOR_DATE=$1 \
    GIT_COMMITTER_NAME=$name GIT_COMMITTER_EMAIL=$2@mycompany.example GIT_COMMITTER_DATE=$1 \
        plain_git -C "$work" commit -q -m "$3"
}

checksum() { # of everything a repository is made from
    { cat "${BASH_SOURCE[0]}" "$here/history/$1.sh"
      (cd "$source" && find . -type f | sort | while IFS= read -r f; do printf '%s\n' "$f"; cat "$f"; done)
    } | sha256sum | cut -d' ' -f1
}

untouched() { # is the repository as this script left it?
    [ -f "$1/.git/example-tip" ] &&
        [ "$(git -C "$1" rev-parse HEAD 2>/dev/null)" = "$(cat "$1/.git/example-tip")" ] &&
        [ -z "$(git -C "$1" status --porcelain 2>/dev/null)" ]
}

make_repo() { # NAME SOURCE
    local name=$1 repo=$out/repos/$1 sum
    source=$2
    sum=$(checksum "$name")
    if [ -d "$repo" ] && [ $fresh = no ]; then
        [ "$(cat "$repo/.git/example-sum" 2>/dev/null)" = "$sum" ] && return
        untouched "$repo" || { echo "kept $repo: it has changes of yours (--fresh makes it anew)"; return; }
    fi
    work=$out/.making-$name
    rm -rf "$work"
    plain_git init -q -b main --template= "$work"
    # shellcheck source=/dev/null
    . "$here/history/$name.sh"
    everything
    if [ -n "$(plain_git -C "$work" status --porcelain)" ]; then
        echo "make-repos.sh: history/$name.sh ends before the files are as they are today:" >&2
        plain_git -C "$work" status --short >&2
        exit 1
    fi
    plain_git -C "$work" rev-parse HEAD >"$work/.git/example-tip"
    echo "$sum" >"$work/.git/example-sum"
    # A newcomer may never have told Git who they are; a commit should work all the same.
    if ! git config --get user.email >/dev/null 2>&1; then
        git -C "$work" config user.name 'A Newcomer'
        git -C "$work" config user.email newcomer@mycompany.example
    fi
    rm -rf "$repo"
    mv "$work" "$repo"
}

for folder in "$here"/repos/*/; do
    folder=${folder%/}
    make_repo "${folder##*/}" "$folder"
done
make_repo software-templates "$here/templates"
# The names by which templates push to them: those of repositories without a work tree.
for folder in "$out"/repos/*/.git; do
    folder=${folder%/.git}
    ln -sfn "${folder##*/}/.git" "$folder.git"
done

folder_sum() { (cd "$1" && find . -type f | sort | xargs -r -d '\n' sha256sum | sha256sum | cut -d' ' -f1); }

new=$(folder_sum "$here/org")
was=$(cat "$out/.org-sum" 2>/dev/null || true)
if [ $fresh = no ] && [ -d "$out/org" ] && [ "$new" != "$was" ] && [ "$(folder_sum "$out/org")" != "$was" ]; then
    echo "kept $out/org: it has changes of yours (--fresh makes it anew)"
elif [ $fresh = yes ] || [ ! -d "$out/org" ] || [ "$new" != "$was" ]; then
    rm -rf "$out/org"
    cp -R "$here/org" "$out/org"
    echo "$new" >"$out/.org-sum"
fi
