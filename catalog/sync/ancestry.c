#include "catalog/sync/ancestry.h"

#include "catalog/base/map.h"
#include "catalog/persist/link_store.h"
#include "catalog/persist/problem_store.h"
#include "catalog/persist/source_store.h"
#include "catalog/sync/pass.h"

struct climb {
    struct cb_arena *a;
    const struct cb_snapshot *s;
    struct cb_conn *conn;
    struct cb_map seen;    /* ref -> 1 */
    struct cb_map sources; /* id -> row */
    struct cb_ancestor *items, *todo;
    size_t n, todo_n, left; /* how many more may be found */
};

static enum cb_code source_of(struct cb_source_row **out, struct climb *c, int64_t id, struct cb_err *err)
{
    bool new;
    union cb_map_value *v = cb_map_put(&c->sources, cb_arena_printf(c->a, "%lld", (long long)id), &new);

    if (new) {
        struct cb_source_row *row = CB_NEW(c->a, struct cb_source_row);
        enum cb_code rc = cb_source_get(row, c->a, c->conn, id, err);

        v->p = rc == CB_OK ? row : NULL;
        if (rc != CB_OK && rc != CB_ENOTFOUND)
            return rc;
    }
    *out = v->p;
    return CB_OK;
}

/* The Location that stands for a configured file leads to that file, without a target that anybody wrote. */
static enum cb_code add_root(cb_str *refs, size_t *n, struct climb *c, int64_t source_id, cb_str path, struct cb_err *err)
{
    struct cb_source_row *row;
    enum cb_code rc = source_of(&row, c, source_id, err);

    if (rc != CB_OK || !row || !cb_str_eq(row->type, CB_LIT("file")) || !cb_pass_is_root(row->url, path))
        return rc;
    refs[(*n)++] = cb_pass_root_ref(c->a, row->url);
    return CB_OK;
}

static enum cb_code look(struct climb *c, struct cb_ancestor *at, struct cb_err *err)
{
    int64_t source_id = cb_doc_source(c->s, at->doc);
    cb_str *found, *refs;
    struct cb_origin origin;
    enum cb_code rc;
    size_t n, kept = 0;

    if ((rc = cb_problem_place(&origin, c->a, c->conn, cb_doc_id(c->s, at->doc), err)) == CB_ENOTFOUND)
        return CB_OK; /* it went after this snapshot was made */
    if (rc != CB_OK || (rc = cb_location_parents(&found, &n, c->a, c->conn, source_id, origin.path, err)) != CB_OK)
        return rc;
    refs = CB_NEW_N(c->a, cb_str, n + 1);
    if (n)
        memcpy(refs, found, n * sizeof(*refs));
    if ((rc = add_root(refs, &n, c, source_id, origin.path, err)) != CB_OK)
        return rc;
    for (size_t i = 0; i < n; i++) {
        struct cb_ancestor parent = {0};
        bool new;

        if (!cb_snapshot_find(&parent.doc, c->s, refs[i]))
            continue;
        refs[kept++] = refs[i];
        if (c->left == 0)
            continue;
        cb_map_put(&c->seen, refs[i], &new);
        if (!new)
            continue;
        c->todo[c->todo_n++] = parent;
        c->left--;
    }
    at->parents = refs;
    at->parent_n = kept;
    return CB_OK;
}

enum cb_code cb_ancestry(struct cb_ancestor **out, size_t *n, struct cb_arena *a, const struct cb_snapshot *s, struct cb_conn *conn,
                         cb_doc doc, struct cb_err *err)
{
    struct climb c = {.a = a, .s = s, .conn = conn, .left = CB_ANCESTRY_MAX - 1};
    enum cb_code rc = CB_OK;

    c.items = CB_NEW_N(a, struct cb_ancestor, CB_ANCESTRY_MAX);
    c.todo = CB_NEW_N(a, struct cb_ancestor, CB_ANCESTRY_MAX);
    c.todo[c.todo_n++].doc = doc;
    cb_map_put(&c.seen, cb_doc_id(s, doc), NULL);
    while (rc == CB_OK && c.todo_n > 0) {
        c.items[c.n] = c.todo[--c.todo_n];
        rc = look(&c, &c.items[c.n++], err);
    }
    cb_map_fini(&c.seen);
    cb_map_fini(&c.sources);
    *out = c.items;
    *n = c.n;
    return rc;
}
