#!/bin/sh
# The statements and migrations of this folder as C: OUT.c and OUT.h.
# Usage: embed.sh SQL_DIR OUT. Each query is CB_SQL_<NAME>; comment lines stay behind, the name goes along.
# Each migration is embedded as it is, with its SHA-256.
set -eu
export LC_ALL=C
dir=$1
out=$2
base=$(basename "$out")

# Lines of a file as C string literals.
literal() {
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$@"
}

{
    echo "/* $base.h - made by sql/embed.sh from sql/migrations and sql/queries. */"
    echo "#ifndef CB_SQL_TEXT_H"
    echo "#define CB_SQL_TEXT_H"
    echo
    echo "enum cb_sql {"
    for file in "$dir"/queries/*.sql; do
        name=$(basename "$file" .sql)
        echo "    CB_SQL_$(echo "$name" | tr 'a-z' 'A-Z'),"
    done
    echo "    CB_SQL_N"
    echo "};"
    echo
    echo "struct cb_sql_query {"
    echo "    const char *name;"
    echo "    const char *text;"
    echo "    int prepare; /* one of those that PostgreSQL plans: worth preparing */"
    echo "};"
    echo
    echo "struct cb_sql_migration {"
    echo "    const char *name; /* \"0001_source\" */"
    echo "    const char *sha256;"
    echo "    const char *text;"
    echo "};"
    echo
    echo "extern const struct cb_sql_query cb_sql_queries[CB_SQL_N];"
    echo "extern const struct cb_sql_migration cb_sql_migrations[]; /* a NULL name behind the last */"
    echo
    echo "#endif"
} >"$out.h.tmp"

{
    echo "/* $base.c - made by sql/embed.sh from sql/migrations and sql/queries. */"
    echo "#include \"sql/$base.h\""
    echo
    echo "#include <stddef.h>"
    echo
    echo "const struct cb_sql_query cb_sql_queries[CB_SQL_N] = {"
    for file in "$dir"/queries/*.sql; do
        name=$(basename "$file" .sql)
        case $(grep -v '^ *--' "$file" | head -n 1) in
            SELECT* | INSERT* | UPDATE* | DELETE* | MERGE* | WITH*) prepare=1 ;;
            *) prepare=0 ;;
        esac
        echo "    {\"$name\","
        printf '    "/* %s */\\n"\n' "$name"
        grep -v '^ *--' "$file" | literal
        echo "    , $prepare},"
    done
    echo "};"
    echo
    echo "const struct cb_sql_migration cb_sql_migrations[] = {"
    for file in "$dir"/migrations/[0-9]*.sql; do
        echo "    {\"$(basename "$file" .sql)\", \"$(sha256sum <"$file" | cut -d' ' -f1)\","
        literal "$file"
        echo "    },"
    done
    echo "    {NULL, NULL, NULL},"
    echo "};"
} >"$out.c.tmp"

mv "$out.h.tmp" "$out.h"
mv "$out.c.tmp" "$out.c"
