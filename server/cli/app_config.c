#include "server/cli/app_config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "catalog/parse/yaml.h"
#include "server/config/option.h"

struct reading {
    struct cb_arena *a;
    struct cb_err *err;
};

static enum cb_code resolve(struct reading *r, struct cb_node *n, cb_str dir, int depth);

static cb_str dir_of(struct cb_arena *a, cb_str path)
{
    while (path.n > 1 && path.p[path.n - 1] != '/')
        path.n--;
    return cb_arena_str(a, cb_str_sub(path, 0, path.n > 1 ? path.n - 1 : path.n));
}

static enum cb_code read_tree(struct reading *r, struct cb_node **out, cb_str path)
{
    char *bytes = cb_arena_alloc(r->a, CB_APP_CONFIG_BYTES + 1);
    int fd = open(cb_arena_str(r->a, path).p, O_RDONLY | O_CLOEXEC);
    struct cb_yaml yaml;
    ssize_t n;

    if (fd < 0)
        return cb_fail(r->err, CB_EINVAL, "cannot read %" CB_FMT ": %s", CB_ARG(path), strerror(errno));
    n = read(fd, bytes, CB_APP_CONFIG_BYTES + 1);
    close(fd);
    if (n < 0)
        return cb_fail(r->err, CB_EINVAL, "cannot read %" CB_FMT ": %s", CB_ARG(path), strerror(errno));
    if (n > CB_APP_CONFIG_BYTES)
        return cb_fail(r->err, CB_EINVAL, "%" CB_FMT " is over %d bytes", CB_ARG(path), CB_APP_CONFIG_BYTES);
    cb_yaml_read(&yaml, r->a, cb_str_make(bytes, (size_t)n));
    if (yaml.doc_n > 1)
        return cb_fail(r->err, CB_EINVAL, "%" CB_FMT ": one document is expected, not %zu", CB_ARG(path), yaml.doc_n);
    if (yaml.doc_n && yaml.docs[0].broken)
        return cb_fail(r->err, CB_EINVAL, "%" CB_FMT ":%u:%u: %" CB_FMT, CB_ARG(path), yaml.docs[0].line, yaml.docs[0].column,
                       CB_ARG(yaml.docs[0].message));
    /* a copy: aliases share what they stand for, and here trees are changed */
    *out = yaml.doc_n && yaml.docs[0].root ? cb_node_copy(r->a, yaml.docs[0].root) : cb_node_new(r->a, CB_OBJECT);
    return CB_OK;
}

/* N becomes what FROM is, and stays where it stands. */
static void become(struct cb_node *n, const struct cb_node *from)
{
    n->type = from->type;
    n->i = from->i;
    if (from->type == CB_REAL)
        n->d = from->d;
    n->text = from->text;
    n->first = from->first;
    n->last = from->last;
    n->child_n = from->child_n;
}

static void become_text(struct cb_node *n, cb_str text)
{
    *n = (struct cb_node){.type = CB_STRING, .text = text, .key = n->key, .line = n->line, .column = n->column, .next = n->next,
                          .key_line = n->key_line, .key_column = n->key_column};
}

static enum cb_code include(struct reading *r, struct cb_node *n, cb_str what, cb_str dir, int depth)
{
    size_t hash = cb_str_find_char(what, '#', 0);
    cb_str file = cb_option_path(r->a, cb_str_sub(what, 0, hash), dir);
    struct cb_node *tree;
    enum cb_code rc;

    if (depth >= CB_APP_CONFIG_DEPTH)
        return cb_fail(r->err, CB_EINVAL, "%" CB_FMT ": includes go deeper than %d", CB_ARG(file), CB_APP_CONFIG_DEPTH);
    if ((rc = read_tree(r, &tree, file)) != CB_OK || (rc = resolve(r, tree, dir_of(r->a, file), depth + 1)) != CB_OK)
        return rc;
    if (hash != SIZE_MAX && hash + 1 < what.n && !(tree = cb_node_path(tree, cb_arena_str(r->a, cb_str_sub(what, hash + 1, what.n)).p)))
        return cb_fail(r->err, CB_EINVAL, "%" CB_FMT " has no %" CB_FMT, CB_ARG(file), CB_ARG(cb_str_sub(what, hash + 1, what.n)));
    become(n, tree);
    return CB_OK;
}

/* "${NAME:-text}" cannot stay: callboard's references have no default. */
static cb_str without_defaults(struct cb_arena *a, cb_str text)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str result;
    size_t at = 0, from;

    if (cb_str_find(text, CB_LIT(":-")) == SIZE_MAX)
        return text;
    while ((from = cb_str_find(cb_str_sub(text, at, text.n), CB_LIT("${"))) != SIZE_MAX) {
        size_t begin = at + from, end = cb_str_find_char(text, '}', begin), mid;
        cb_str inner, name;

        cb_buf_put(&out, text.p + at, from);
        if (end == SIZE_MAX) {
            at = begin;
            break;
        }
        inner = cb_str_sub(text, begin + 2, end);
        mid = cb_str_find(inner, CB_LIT(":-"));
        name = cb_arena_str(a, cb_str_sub(inner, 0, mid));
        if (mid == SIZE_MAX || getenv(name.p))
            cb_buf_printf(&out, "${%" CB_FMT "}", CB_ARG(name));
        else
            cb_buf_put_str(&out, cb_str_sub(inner, mid + 2, inner.n));
        at = end + 1;
    }
    cb_buf_put(&out, text.p + at, text.n - at);
    result = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return result;
}

/* The one text of {$env: NAME} and its like; NULL when N is no such map. */
static const struct cb_node *only(const struct cb_node *n, const char *key)
{
    return n->type == CB_OBJECT && n->child_n == 1 && n->first->type == CB_STRING && cb_str_eq(n->first->key, cb_str_cstr(key)) ? n->first
                                                                                                                              : NULL;
}

static enum cb_code resolve(struct reading *r, struct cb_node *n, cb_str dir, int depth)
{
    const struct cb_node *said;
    enum cb_code rc = CB_OK;

    if (n->type == CB_STRING)
        n->text = without_defaults(r->a, n->text);
    if ((said = only(n, "$env")))
        become_text(n, cb_arena_printf(r->a, "${%" CB_FMT "}", CB_ARG(said->text)));
    else if ((said = only(n, "$file")))
        become_text(n, cb_arena_printf(r->a, "file:%" CB_FMT, CB_ARG(cb_option_path(r->a, said->text, dir))));
    else if ((said = only(n, "$include")))
        return include(r, n, said->text, dir, depth);
    for (struct cb_node *child = n->first; child && rc == CB_OK; child = child->next)
        rc = resolve(r, child, dir, depth);
    return rc;
}

/* Maps are merged, everything else is replaced. */
static void merge(struct cb_arena *a, struct cb_node *to, const struct cb_node *from)
{
    for (const struct cb_node *m = from->first; m; m = m->next) {
        struct cb_node *there = cb_node_get_str(to, m->key);

        if (there && there->type == CB_OBJECT && m->type == CB_OBJECT)
            merge(a, there, m);
        else
            cb_node_set(to, m->key, cb_node_copy(a, m));
    }
}

enum cb_code cb_app_config_read(struct cb_node **out, struct cb_arena *a, const char *const *files, size_t n, struct cb_err *err)
{
    struct reading r = {a, err};
    char cwd[PATH_MAX];
    enum cb_code rc;

    if (n > CB_APP_CONFIG_FILE_N)
        return cb_fail(err, CB_EINVAL, "at most %d files are merged", CB_APP_CONFIG_FILE_N);
    if (!getcwd(cwd, sizeof(cwd)))
        memcpy(cwd, "/", 2);
    *out = cb_node_new(a, CB_OBJECT);
    for (size_t i = 0; i < n; i++) {
        cb_str path = cb_option_path(a, cb_str_cstr(files[i]), cb_arena_str(a, cb_str_cstr(cwd)));
        struct cb_node *tree;

        if ((rc = read_tree(&r, &tree, path)) != CB_OK)
            return rc;
        if (tree->type != CB_OBJECT)
            return cb_fail(err, CB_EINVAL, "%" CB_FMT ": a map of keys is expected", CB_ARG(path));
        if ((rc = resolve(&r, tree, dir_of(a, path), 0)) != CB_OK)
            return rc;
        merge(a, *out, tree);
    }
    return CB_OK;
}
