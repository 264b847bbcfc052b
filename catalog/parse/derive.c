#include "catalog/parse/derive.h"

#include <stdlib.h>

#include "catalog/base/map.h"
#include "catalog/base/vec.h"
#include "catalog/entity/problem.h"

#define SHOWN_MAX 200 /* bytes of a ref that is no text that a message repeats */

struct edges {
    struct cb_arena *a;
    CB_VEC(struct cb_edge) v;
    struct cb_map seen; /* type and target */
    const struct cb_ref *self;
    struct cb_derive_fault *fault;
};

/* --- order ------------------------------------------------------------------------------------- */

/* Order of UTF-16 units, as JavaScript sorts: characters beyond 16 bits come before U+E000 and up. */
static int compare_utf16(cb_str x, cb_str y)
{
    size_t n = x.n < y.n ? x.n : y.n;

    for (size_t i = 0; i < n; i++) {
        unsigned char a = (unsigned char)x.p[i], b = (unsigned char)y.p[i];

        if (a == b)
            continue;
        if (a >= 0xee && b >= 0xee && (a >= 0xf0) != (b >= 0xf0))
            return a >= 0xf0 ? -1 : 1;
        return a < b ? -1 : 1;
    }
    return x.n < y.n ? -1 : x.n > y.n;
}

static int compare_texts(const void *a, const void *b)
{
    const struct cb_node *const *x = a, *const *y = b;

    return compare_utf16((*x)->text, (*y)->text);
}

static bool needs_sort(const struct cb_node *array)
{
    bool ordered = true;

    for (const struct cb_node *n = array->first; n; n = n->next) {
        if (n->type != CB_STRING)
            return false;
        ordered = ordered && (!n->next || n->next->type != CB_STRING || compare_utf16(n->text, n->next->text) <= 0);
    }
    return !ordered;
}

/* A list of its own: items may be shared with another place by a YAML alias. */
static void sort_texts(struct cb_arena *a, struct cb_node *array)
{
    size_t n = array->child_n, i = 0;
    struct cb_node **items = cb_arena_alloc(a, n * sizeof(struct cb_node *));

    for (const struct cb_node *c = array->first; c; c = c->next) {
        items[i] = cb_node_new(a, CB_STRING);
        *items[i] = *c;
        items[i++]->next = NULL;
    }
    qsort(items, n, sizeof(struct cb_node *), compare_texts);
    array->first = array->last = NULL;
    array->child_n = 0;
    for (i = 0; i < n; i++)
        cb_node_push(array, items[i]);
}

void cb_derive_sort(struct cb_arena *a, struct cb_node *spec)
{
    static const char *const sorted[] = {"providesApis", "consumesApis", "dependsOn", "dependencyOf",
                                         "memberOf",     "children",     "members"};

    if (!spec || spec->type != CB_OBJECT)
        return;
    for (struct cb_node *field = spec->first; field; field = field->next) {
        if (field->type != CB_ARRAY || field->child_n < 2)
            continue;
        for (size_t i = 0; i < CB_COUNT(sorted); i++)
            if (cb_str_eq(field->key, cb_str_cstr(sorted[i])) && needs_sort(field))
                sort_texts(a, field);
    }
}

/* --- edges ------------------------------------------------------------------------------------- */

static bool is_falsy(const struct cb_node *n)
{
    switch (n->type) {
    case CB_NULL:
        return true;
    case CB_BOOL:
        return !n->b;
    case CB_INT:
        return n->i == 0;
    case CB_REAL:
        return n->d == 0 || n->d != n->d;
    case CB_STRING:
        return n->text.n == 0;
    default:
        return false;
    }
}

/* A ref as text, or as {kind, namespace, name}. ERR gets Backstage's words for what cannot be read. */
static enum cb_code read_ref(struct cb_ref *out, struct cb_arena *a, const struct cb_node *n,
                             const struct cb_ref *defaults, struct cb_err *err)
{
    static const char *const parts[] = {"kind", "namespace", "name"};
    cb_str *into[] = {&out->kind, &out->space, &out->name};
    struct cb_buf b = CB_BUF_INIT;
    enum cb_code rc = CB_OK;

    if (is_falsy(n))
        return cb_fail(err, CB_EINVAL, "Entity reference must not be empty");
    if (n->type == CB_STRING)
        return cb_ref_parse(out, n->text, defaults, err);
    *out = (struct cb_ref){defaults->kind, defaults->space, {0}};
    for (size_t i = 0; i < CB_COUNT(parts) && n->type == CB_OBJECT; i++) {
        const struct cb_node *part = cb_node_get(n, parts[i]);

        if (part && part->type != CB_NULL)
            *into[i] = part->type == CB_STRING ? part->text : (cb_str){0};
    }
    for (size_t i = 0; i < CB_COUNT(parts) && rc == CB_OK; i++) {
        if (into[i]->n)
            continue;
        cb_node_dump(&b, n);
        rc = cb_fail(err, CB_EINVAL, "Entity reference %" CB_FMT " had missing or empty %s%s",
                     CB_ARG(cb_problem_cut(cb_buf_str(&b), SHOWN_MAX)), parts[i],
                     i ? "" : " (e.g. did not start with \"component:\" or similar)");
    }
    cb_buf_fini(&b);
    (void)a;
    return rc;
}

static void add_edge(struct edges *e, uint8_t type, const struct cb_ref *target)
{
    cb_str id = cb_ref_id(e->a, target);
    char *key = cb_arena_alloc(e->a, id.n + 1);
    bool made;

    key[0] = (char)('A' + type);
    memcpy(key + 1, id.p, id.n);
    cb_map_put(&e->seen, cb_str_make(key, id.n + 1), &made);
    if (made)
        cb_vec_push(&e->v, (struct cb_edge){type, id});
}

/* Few edges are compared one by one: a table costs more than it saves. */
static bool seen_already(const struct edges *e, uint8_t type, cb_str id)
{
    for (size_t i = 0; i < e->v.n; i++)
        if (e->v.v[i].type == type && cb_str_eq(e->v.v[i].target, id))
            return true;
    return false;
}

#define COMPARE_MAX 32 /* edges up to which that holds */

static enum cb_code emit(struct edges *e, const struct cb_link *link, const struct cb_node *n, int item,
                         struct cb_err *err)
{
    struct cb_ref defaults = {cb_str_cstr(link->default_kind), e->self->space, {0}}, ref;
    enum cb_code rc = read_ref(&ref, e->a, n, &defaults, err);

    if (rc != CB_OK) {
        const char *type = err && strstr(err->text, "was not on the form") ? "TypeError" : "Error";

        e->fault->node = n;
        e->fault->field = item < 0 ? cb_arena_printf(e->a, "spec.%s", link->field)
                                   : cb_arena_printf(e->a, "spec.%s.%d", link->field, item);
        e->fault->words = cb_arena_printf(e->a, "%s: %s", type, err ? err->text : "");
        e->fault->hint_kind = n->type == CB_STRING && !link->default_kind && n->text.n &&
                                      cb_str_find_char(n->text, ':', 0) == SIZE_MAX
                                  ? "component"
                                  : NULL;
        return rc;
    }
    if (e->v.n >= CB_ENTITY_EDGE_MAX)
        return cb_fail(err, CB_ELIMIT, "it has more than %d relations", CB_ENTITY_EDGE_MAX);
    if (e->v.n < COMPARE_MAX) {
        cb_str id = cb_ref_id(e->a, &ref);

        if (!seen_already(e, link->relation, id))
            cb_vec_push(&e->v, (struct cb_edge){link->relation, id});
        return CB_OK;
    }
    if (e->v.n == COMPARE_MAX && !e->seen.n) {
        size_t n_before = e->v.n;

        for (size_t i = 0; i < n_before; i++) {
            cb_str id = e->v.v[i].target;
            char *key = cb_arena_alloc(e->a, id.n + 1);

            key[0] = (char)('A' + e->v.v[i].type);
            memcpy(key + 1, id.p, id.n);
            cb_map_put(&e->seen, cb_str_make(key, id.n + 1), NULL);
        }
    }
    add_edge(e, link->relation, &ref);
    return CB_OK;
}

static enum cb_code emit_field(struct edges *e, const struct cb_link *link, const struct cb_node *field,
                               struct cb_err *err)
{
    enum cb_code rc = CB_OK;
    int i = 0;

    if (is_falsy(field))
        return CB_OK;
    if (field->type != CB_ARRAY)
        return emit(e, link, field, -1, err);
    for (const struct cb_node *n = field->first; n && rc == CB_OK; n = n->next)
        rc = emit(e, link, n, i++, err);
    return rc;
}

enum cb_code cb_derive_edges(struct cb_edge **edges, size_t *n, struct cb_arena *a, const struct cb_kind *kind,
                             const struct cb_node *entity, const struct cb_ref *self, struct cb_derive_fault *fault,
                             struct cb_err *err)
{
    const struct cb_node *spec = cb_node_get(entity, "spec");
    struct edges e = {.a = a, .self = self, .fault = fault};
    enum cb_code rc = CB_OK;

    for (const struct cb_link *link = kind->links; link->field && rc == CB_OK; link++) {
        const struct cb_node *field = cb_node_get(spec, link->field);

        if (field)
            rc = emit_field(&e, link, field, err);
    }
    *edges = NULL;
    *n = 0;
    if (rc == CB_OK && e.v.n) {
        *edges = CB_NEW_N(a, struct cb_edge, e.v.n);
        memcpy(*edges, e.v.v, e.v.n * sizeof(**edges));
        *n = e.v.n;
    }
    cb_vec_fini(&e.v);
    cb_map_fini(&e.seen);
    return rc;
}
