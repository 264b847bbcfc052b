/* The predicates of POST bodies and cursors, parsed to the same tree as filter parameters (filter.h). */
#include "catalog/search/filter.h"

#define INVALID "Invalid query: Validation error: "

#define OTHERS_TOLD 200 /* bytes of the keys that a message lists */

struct reader {
    struct cb_arena *a;
    struct cb_err *err;
    size_t term_n;
};

static enum cb_code read_predicate(struct cb_filter **out, struct reader *r,
                                   const struct cb_node *n, cb_str path, int depth);

static bool is_scalar(const struct cb_node *n)
{
    return n->type == CB_STRING || n->type == CB_INT || n->type == CB_REAL || n->type == CB_BOOL;
}

/* A scalar as JSON writes it. */
static cb_str quoted(struct cb_arena *a, const struct cb_node *n)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str text;

    if (n->type != CB_STRING)
        return cb_node_scalar(a, n);
    cb_buf_put_json(&b, n->text.n > OTHERS_TOLD ? cb_str_sub(n->text, 0, OTHERS_TOLD) : n->text);
    text = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return text;
}

/* "$not.$all[1]" and "$any": "$not.$all[1].$any". */
static cb_str below(struct cb_arena *a, cb_str path, cb_str key)
{
    return cb_arena_printf(a, "%" CB_FMT "%s%" CB_FMT, CB_ARG(path), path.n ? "." : "",
                           CB_ARG(key));
}

static enum cb_code count_term(struct reader *r)
{
    if (++r->term_n > CB_FILTER_TERM_MAX)
        return cb_fail(r->err, CB_ELIMIT, "Invalid query: more than %d terms", CB_FILTER_TERM_MAX);
    return CB_OK;
}

static cb_str value_of(struct reader *r, const struct cb_node *n)
{
    return cb_arena_lower(r->a, n->type == CB_STRING ? n->text : cb_node_scalar(r->a, n));
}

/* KEY in a list of values: one, or those of an array. */
static enum cb_code read_values(struct cb_filter **out, struct reader *r, cb_str key,
                                const struct cb_node *from, const char *op)
{
    struct cb_filter *f = cb_filter_term(r->a, CB_FILTER_IN, key);
    const struct cb_node *n = from->type == CB_ARRAY ? from->first : from;
    enum cb_code rc;

    f->values = CB_NEW_N(r->a, cb_str, from->type == CB_ARRAY && from->child_n ? from->child_n : 1);
    for (; n; n = from->type == CB_ARRAY ? n->next : NULL) {
        if (!is_scalar(n))
            return cb_fail(r->err, CB_EINVAL,
                           INVALID "%s of \"%" CB_FMT "\" takes strings, numbers and booleans", op,
                           CB_ARG(key));
        if ((rc = count_term(r)) != CB_OK)
            return rc;
        f->values[f->value_n++] = value_of(r, n);
    }
    *out = f;
    return CB_OK;
}

static const struct cb_node *member_nocase(const struct cb_node *object, cb_str name)
{
    for (const struct cb_node *n = object->first; n; n = n->next)
        if (cb_str_eq_nocase(n->key, name))
            return n;
    return NULL;
}

/* {"relations": {"$contains": {"type": t, "targetRef": r}}} */
static enum cb_code read_relation(struct cb_filter **out, struct reader *r,
                                  const struct cb_node *what)
{
    const struct cb_node *type = member_nocase(what, CB_LIT("type"));
    const struct cb_node *target = member_nocase(what, CB_LIT("targetref")), *in;
    cb_str key;

    if (!type || type->type != CB_STRING)
        return cb_fail(
            r->err, CB_EINVAL,
            "The $contains operator for \"relations\" requires a \"type\" string property");
    for (const struct cb_node *n = what->first; n; n = n->next)
        if (!cb_str_eq_nocase(n->key, CB_LIT("type")) &&
            !cb_str_eq_nocase(n->key, CB_LIT("targetref")))
            return cb_fail(r->err, CB_EINVAL,
                           "Unsupported key \"%" CB_FMT "\" in $contains for \"relations\". "
                           "Only \"type\" and \"targetRef\" are supported",
                           CB_ARG(n->key));
    key = cb_arena_printf(r->a, "relations.%" CB_FMT, CB_ARG(type->text));
    if (!target) {
        *out = cb_filter_term(r->a, CB_FILTER_EXISTS, key);
        return count_term(r);
    }
    if (target->type == CB_STRING)
        return read_values(out, r, key, target, "targetRef");
    in = cb_node_get(target, "$in");
    if (!in || in->type != CB_ARRAY)
        return cb_fail(r->err, CB_EINVAL,
                       "Unsupported value in $contains for \"relations\": expected a string or "
                       "{ \"$in\": [strings] }, but got %" CB_FMT,
                       CB_ARG(is_scalar(target) ? quoted(r->a, target) : CB_LIT("something else")));
    if (in->child_n == 0)
        return cb_fail(r->err, CB_EINVAL,
                       "Empty \"$in\" array for $contains on \"relations\" is not allowed");
    return read_values(out, r, key, in, "$in");
}

static enum cb_code read_contains(struct cb_filter **out, struct reader *r, cb_str key,
                                  const struct cb_node *what)
{
    if (what->type == CB_OBJECT && cb_str_eq_nocase(key, CB_LIT("relations")))
        return read_relation(out, r, what);
    if (what->type == CB_OBJECT)
        return cb_fail(r->err, CB_EINVAL,
                       "Object form of $contains is not supported for field \"%" CB_FMT "\"",
                       CB_ARG(key));
    if (!is_scalar(what))
        return cb_fail(r->err, CB_EINVAL,
                       INVALID "$contains of \"%" CB_FMT "\" takes a value or an object",
                       CB_ARG(key));
    return read_values(out, r, key, what, "$contains");
}

static enum cb_code read_exists(struct cb_filter **out, struct reader *r, cb_str key,
                                const struct cb_node *what)
{
    struct cb_filter *f = cb_filter_term(r->a, CB_FILTER_EXISTS, key);

    if (what->type != CB_BOOL)
        return cb_fail(r->err, CB_EINVAL,
                       INVALID "$exists of \"%" CB_FMT "\" must be true or false", CB_ARG(key));
    *out = what->b ? f : cb_filter_group(r->a, CB_FILTER_NOT, &f, 1);
    return count_term(r);
}

static enum cb_code read_prefix(struct cb_filter **out, struct reader *r, cb_str key,
                                const struct cb_node *what)
{
    struct cb_filter *f = cb_filter_term(r->a, CB_FILTER_PREFIX, key);

    if (what->type != CB_STRING)
        return cb_fail(r->err, CB_EINVAL, INVALID "$hasPrefix of \"%" CB_FMT "\" must be a string",
                       CB_ARG(key));
    f->values = CB_NEW(r->a, cb_str);
    f->values[0] = cb_arena_lower(r->a, what->text);
    f->value_n = 1;
    *out = f;
    return count_term(r);
}

/* {"key": {"$op": ...}}: of several operators the first of this order counts. */
static enum cb_code read_operators(struct cb_filter **out, struct reader *r, cb_str key,
                                   const struct cb_node *ops)
{
    static const char *const known[] = {"$exists", "$in", "$contains", "$hasPrefix"};
    const struct cb_node *n, *what;

    for (n = ops->first; n; n = n->next) {
        size_t i = 0;

        while (i < CB_COUNT(known) && !cb_str_eq(n->key, cb_str_cstr(known[i])))
            i++;
        if (i == CB_COUNT(known))
            return cb_fail(r->err, CB_EINVAL,
                           INVALID "unknown operator \"%" CB_FMT "\" at \"%" CB_FMT "\"",
                           CB_ARG(n->key), CB_ARG(key));
    }
    if ((what = cb_node_get(ops, "$exists")))
        return read_exists(out, r, key, what);
    if ((what = cb_node_get(ops, "$in"))) {
        if (what->type != CB_ARRAY)
            return cb_fail(r->err, CB_EINVAL, INVALID "$in of \"%" CB_FMT "\" must be an array",
                           CB_ARG(key));
        return read_values(out, r, key, what, "$in");
    }
    if ((what = cb_node_get(ops, "$contains")))
        return read_contains(out, r, key, what);
    if ((what = cb_node_get(ops, "$hasPrefix")))
        return read_prefix(out, r, key, what);
    return cb_fail(r->err, CB_EINVAL, INVALID "the value of \"%" CB_FMT "\" names no operator",
                   CB_ARG(key));
}

static enum cb_code read_field(struct cb_filter **out, struct reader *r, const struct cb_node *n,
                               cb_str path)
{
    if (n->key.n > 0 && n->key.p[0] == '$')
        return cb_fail(r->err, CB_EINVAL, INVALID "Invalid at \"%" CB_FMT "\"",
                       CB_ARG(below(r->a, path, n->key)));
    if (n->type == CB_OBJECT)
        return read_operators(out, r, n->key, n);
    if (is_scalar(n))
        return read_values(out, r, n->key, n, "equality");
    return cb_fail(r->err, CB_EINVAL,
                   INVALID "the value of \"%" CB_FMT
                           "\" must be a string, a number, a boolean or an operator",
                   CB_ARG(n->key));
}

static enum cb_code read_list(struct cb_filter **out, struct reader *r, const struct cb_node *list,
                              enum cb_filter_op op, cb_str path, int depth)
{
    struct cb_filter **kids = CB_NEW_N(r->a, struct cb_filter *, list->child_n + 1);
    size_t n = 0;
    enum cb_code rc;

    if (list->type != CB_ARRAY)
        return cb_fail(r->err, CB_EINVAL, INVALID "Invalid at \"%" CB_FMT "\"", CB_ARG(path));
    for (const struct cb_node *k = list->first; k; k = k->next, n++)
        if ((rc = read_predicate(&kids[n], r, k,
                                 cb_arena_printf(r->a, "%" CB_FMT "[%zu]", CB_ARG(path), n),
                                 depth + 1)) != CB_OK)
            return rc;
    *out = cb_filter_group(r->a, op, kids, n);
    return CB_OK;
}

static enum cb_code read_logic(struct cb_filter **out, struct reader *r, const struct cb_node *n,
                               cb_str path, int depth)
{
    struct cb_filter *kid;
    enum cb_code rc;

    path = below(r->a, path, n->key);
    if (cb_str_eq(n->key, CB_LIT("$all")))
        return read_list(out, r, n, CB_FILTER_AND, path, depth);
    if (cb_str_eq(n->key, CB_LIT("$any")))
        return read_list(out, r, n, CB_FILTER_OR, path, depth);
    if ((rc = read_predicate(&kid, r, n, path, depth + 1)) != CB_OK)
        return rc;
    *out = cb_filter_group(r->a, CB_FILTER_NOT, &kid, 1);
    return CB_OK;
}

static bool is_logic(cb_str key)
{
    return cb_str_eq(key, CB_LIT("$all")) || cb_str_eq(key, CB_LIT("$any")) ||
           cb_str_eq(key, CB_LIT("$not"));
}

/* {"$all": [], "kind": "api", "x": 1}: the others, each in quotes. */
static enum cb_code refuse_others(struct reader *r, const struct cb_node *n, cb_str path)
{
    struct cb_buf others = CB_BUF_INIT;
    enum cb_code rc;

    for (const struct cb_node *m = n->first; m && others.n < OTHERS_TOLD; m = m->next)
        if (!is_logic(m->key))
            cb_buf_printf(&others, "%s'%" CB_FMT "'", others.n ? ", " : "", CB_ARG(m->key));
    if (others.n == 0) /* {"$all": [], "$any": []}: the first is what it is about */
        for (const struct cb_node *m = n->first->next; m; m = m->next)
            cb_buf_printf(&others, "%s'%" CB_FMT "'", others.n ? ", " : "", CB_ARG(m->key));
    rc = cb_fail(
        r->err, CB_EINVAL, INVALID "Unrecognized key(s) in object: %" CB_FMT "%s%" CB_FMT "%s",
        CB_ARG(cb_buf_str(&others)), path.n ? " at \"" : "", CB_ARG(path), path.n ? "\"" : "");
    cb_buf_fini(&others);
    return rc;
}

static enum cb_code read_predicate(struct cb_filter **out, struct reader *r,
                                   const struct cb_node *n, cb_str path, int depth)
{
    struct cb_filter **kids;
    size_t k = 0;
    enum cb_code rc;

    if (depth > CB_FILTER_DEPTH_MAX)
        return cb_fail(r->err, CB_ELIMIT, "Invalid query: nested deeper than %d",
                       CB_FILTER_DEPTH_MAX);
    if (is_scalar(n))
        return cb_fail(r->err, CB_EINVAL,
                       "Invalid filter predicate: top-level primitive values are not supported. "
                       "Wrap the value in a field expression, e.g. { \"kind\": %" CB_FMT " }",
                       CB_ARG(quoted(r->a, n)));
    if (n->type != CB_OBJECT)
        return cb_fail(r->err, CB_EINVAL, INVALID "expected an object");
    for (const struct cb_node *m = n->first; m; m = m->next)
        if (is_logic(m->key) && n->child_n > 1)
            return refuse_others(r, n, path);
    if (n->child_n == 1 && is_logic(n->first->key))
        return read_logic(out, r, n->first, path, depth);
    kids = CB_NEW_N(r->a, struct cb_filter *, n->child_n + 1);
    for (const struct cb_node *m = n->first; m; m = m->next)
        if ((rc = read_field(&kids[k++], r, m, path)) != CB_OK)
            return rc;
    *out = cb_filter_group(r->a, CB_FILTER_AND, kids, k);
    return CB_OK;
}

enum cb_code cb_filter_predicate(struct cb_filter **out, struct cb_arena *a,
                                 const struct cb_node *query, struct cb_err *err)
{
    struct reader r = {.a = a, .err = err};

    return read_predicate(out, &r, query, CB_LIT(""), 0);
}

/* ---- the older form */

static enum cb_code read_legacy(struct cb_filter **out, struct reader *r, const struct cb_node *n,
                                int depth)
{
    const struct cb_node *what, *all = cb_node_get(n, "allOf"), *any = cb_node_get(n, "anyOf");
    struct cb_filter *kid, **kids;
    size_t k = 0;
    enum cb_code rc;

    if (depth > CB_FILTER_DEPTH_MAX)
        return cb_fail(r->err, CB_ELIMIT, "filter nested deeper than %d", CB_FILTER_DEPTH_MAX);
    if ((what = cb_node_get(n, "not"))) {
        if ((rc = read_legacy(&kid, r, what, depth + 1)) != CB_OK)
            return rc;
        *out = cb_filter_group(r->a, CB_FILTER_NOT, &kid, 1);
        return CB_OK;
    }
    if (all || any) {
        what = all ? all : any;
        kids = CB_NEW_N(r->a, struct cb_filter *, what->child_n + 1);
        for (n = what->type == CB_ARRAY ? what->first : NULL; n; n = n->next)
            if ((rc = read_legacy(&kids[k++], r, n, depth + 1)) != CB_OK)
                return rc;
        *out = cb_filter_group(r->a, all ? CB_FILTER_AND : CB_FILTER_OR, kids, k);
        return CB_OK;
    }
    what = cb_node_get(n, "key");
    if (!what || what->type != CB_STRING)
        return cb_fail(r->err, CB_EINVAL, "a filter needs key, not, allOf or anyOf");
    if (cb_node_get(n, "values"))
        return read_values(out, r, what->text, cb_node_get(n, "values"), "values");
    *out = cb_filter_term(r->a, CB_FILTER_EXISTS, what->text);
    return count_term(r);
}

enum cb_code cb_filter_legacy(struct cb_filter **out, struct cb_arena *a,
                              const struct cb_node *filter, struct cb_err *err)
{
    struct reader r = {.a = a, .err = err};

    return read_legacy(out, &r, filter, 0);
}
