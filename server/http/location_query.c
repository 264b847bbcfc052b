#include <openssl/evp.h>

#include "server/http/location.h"

#define INVALID "Invalid query: "

static cb_str field_of(bool *known, const struct cb_location_row *row, cb_str key)
{
    *known = true;
    if (cb_str_eq_nocase(key, CB_LIT("id")))
        return row->id;
    if (cb_str_eq_nocase(key, CB_LIT("type")))
        return row->type;
    if (cb_str_eq_nocase(key, CB_LIT("target")))
        return row->target;
    if (cb_str_eq_nocase(key, CB_LIT("entityRef")))
        return row->entity_ref;
    *known = false;
    return CB_LIT("");
}

/* ---- is it a predicate at all? */

static bool is_scalar(const struct cb_node *n)
{
    return n->type == CB_STRING || n->type == CB_INT || n->type == CB_REAL || n->type == CB_BOOL;
}

static enum cb_code check_value(const struct cb_node *n, struct cb_err *err)
{
    const struct cb_node *op = n->first;

    if (is_scalar(n))
        return CB_OK;
    if (n->type != CB_OBJECT || n->child_n != 1)
        return cb_fail(err, CB_EINVAL, INVALID "the value of \"%" CB_FMT "\" must be a string, a number, a boolean or one operator",
                       CB_ARG(n->key));
    if (cb_str_eq(op->key, CB_LIT("$exists")))
        return op->type == CB_BOOL ? CB_OK : cb_fail(err, CB_EINVAL, INVALID "$exists takes true or false");
    if (cb_str_eq(op->key, CB_LIT("$hasPrefix")))
        return op->type == CB_STRING ? CB_OK : cb_fail(err, CB_EINVAL, INVALID "$hasPrefix takes a string");
    if (cb_str_eq(op->key, CB_LIT("$contains")))
        return CB_OK;
    if (!cb_str_eq(op->key, CB_LIT("$in")))
        return cb_fail(err, CB_EINVAL, INVALID "there is no operator %" CB_FMT, CB_ARG(cb_str_cut(op->key, 100)));
    if (op->type != CB_ARRAY)
        return cb_fail(err, CB_EINVAL, INVALID "$in takes an array");
    for (const struct cb_node *v = op->first; v; v = v->next)
        if (!is_scalar(v))
            return cb_fail(err, CB_EINVAL, INVALID "$in takes strings, numbers and booleans");
    return CB_OK;
}

static enum cb_code check_query(const struct cb_node *q, int depth, struct cb_err *err)
{
    const struct cb_location_row none = {.id = CB_LIT("")};
    enum cb_code rc = CB_OK;
    bool known;

    if (q->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, INVALID "a predicate must be an object");
    if (depth > CB_LOCATION_QUERY_DEPTH_MAX)
        return cb_fail(err, CB_ELIMIT, INVALID "nested over %d deep", CB_LOCATION_QUERY_DEPTH_MAX);
    for (const struct cb_node *m = q->first; m && rc == CB_OK; m = m->next) {
        if (cb_str_eq(m->key, CB_LIT("$all")) || cb_str_eq(m->key, CB_LIT("$any"))) {
            if (m->type != CB_ARRAY)
                return cb_fail(err, CB_EINVAL, INVALID "%" CB_FMT " takes an array", CB_ARG(m->key));
            for (const struct cb_node *kid = m->first; kid && rc == CB_OK; kid = kid->next)
                rc = check_query(kid, depth + 1, err);
        } else if (cb_str_eq(m->key, CB_LIT("$not"))) {
            rc = check_query(m, depth + 1, err);
        } else {
            (void)field_of(&known, &none, m->key);
            rc = known ? check_value(m, err)
                       : cb_fail(err, CB_EINVAL, INVALID "\"%" CB_FMT "\" is no field of a location: use id, type, target or entityRef",
                                 CB_ARG(cb_str_cut(m->key, 100)));
        }
    }
    return rc;
}

/* ---- is it true of a row? */

static bool equal(struct cb_arena *a, cb_str text, const struct cb_node *value)
{
    return cb_str_eq(cb_arena_lower(a, text), cb_arena_lower(a, cb_node_scalar(a, value)));
}

static bool match_value(struct cb_arena *a, cb_str text, const struct cb_node *n)
{
    const struct cb_node *op = n->first;

    if (is_scalar(n))
        return equal(a, text, n);
    if (cb_str_eq(op->key, CB_LIT("$exists")))
        return op->b;
    if (cb_str_eq(op->key, CB_LIT("$hasPrefix")))
        return cb_str_starts(cb_arena_lower(a, text), cb_arena_lower(a, op->text));
    if (cb_str_eq(op->key, CB_LIT("$in")))
        for (const struct cb_node *v = op->first; v; v = v->next)
            if (equal(a, text, v))
                return true;
    return false;
}

static bool match(struct cb_arena *a, const struct cb_location_row *row, const struct cb_node *q)
{
    bool known;

    for (const struct cb_node *m = q->first; m; m = m->next) {
        bool all = cb_str_eq(m->key, CB_LIT("$all")), any = cb_str_eq(m->key, CB_LIT("$any"));
        bool is = all && m->first;

        if (all || any) {
            for (const struct cb_node *kid = m->first; kid && is == all; kid = kid->next)
                is = match(a, row, kid);
        } else if (cb_str_eq(m->key, CB_LIT("$not"))) {
            is = !match(a, row, m);
        } else {
            is = match_value(a, field_of(&known, row, m->key), m);
        }
        if (!is)
            return false;
    }
    return true;
}

/* ---- pages */

struct question {
    const struct cb_node *query; /* NULL: all */
    int64_t limit;
    cb_str after; /* id; empty: from the start */
};

static enum cb_code malformed(struct cb_err *err)
{
    return cb_fail(err, CB_EINVAL, "Malformed cursor, could not be parsed");
}

/* A cursor is its question: limit, query, and the id of the last row. */
static enum cb_code read_cursor(struct question *qu, struct cb_request *rq, cb_str text, struct cb_err *err)
{
    unsigned char *bytes = cb_arena_alloc(rq->arena, 3 * (text.n / 4 + 1) + 1);
    const struct cb_node *limit, *query;
    struct cb_node *json;
    struct cb_err why;
    int n;

    if (text.n == 0 || text.n % 4 || (n = EVP_DecodeBlock(bytes, (const unsigned char *)text.p, (int)text.n)) < 0)
        return malformed(err);
    for (size_t i = text.n; i > 0 && text.p[i - 1] == '=' && n > 0; i--)
        n--;
    if (cb_node_parse(&json, rq->arena, cb_str_make((char *)bytes, (size_t)n), &why) != CB_OK || json->type != CB_OBJECT)
        return malformed(err);
    limit = cb_node_get(json, "limit");
    query = cb_node_get(json, "query");
    qu->after = cb_node_text(json, "afterId");
    if (!limit || limit->type != CB_INT || limit->i < 1 || qu->after.n == 0)
        return malformed(err);
    qu->limit = limit->i;
    qu->query = query && query->type != CB_NULL ? query : NULL;
    return CB_OK;
}

static void put_cursor(struct cb_buf *out, struct cb_request *rq, const struct question *qu, cb_str after)
{
    struct cb_buf json = CB_BUF_INIT;
    unsigned char *text;
    int n;

    cb_buf_printf(&json, "{\"limit\":%lld,\"afterId\":", (long long)qu->limit);
    cb_buf_put_json(&json, after);
    if (qu->query) {
        cb_buf_put_cstr(&json, ",\"query\":");
        cb_node_dump(&json, qu->query);
    }
    cb_buf_put_char(&json, '}');
    text = cb_arena_alloc(rq->arena, 4 * (json.n / 3 + 1) + 1);
    n = EVP_EncodeBlock(text, (const unsigned char *)json.p, (int)json.n);
    cb_buf_put_json(out, cb_str_make((char *)text, (size_t)n));
    cb_buf_fini(&json);
}

static enum cb_code read_question(struct question *qu, struct cb_request *rq, struct cb_err *err)
{
    enum cb_code rc;
    cb_str cursor;

    if ((rc = cb_body_text(&cursor, rq->json, "request/body", "cursor", false, err)) != CB_OK ||
        (rc = cb_body_int(&qu->limit, rq->json, "request/body", "limit", 1, CB_LOCATION_LIMIT_DEFAULT, err)) != CB_OK)
        return rc;
    qu->query = cb_node_get(rq->json, "query");
    if (qu->query && qu->query->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "request/body/query must be object");
    if (cursor.p && (rc = read_cursor(qu, rq, cursor, err)) != CB_OK)
        return rc;
    return qu->query ? check_query(qu->query, 1, err) : CB_OK;
}

enum cb_code cb_location_by_query(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct question qu = {.after = CB_LIT("")};
    struct cb_location_row *rows;
    struct cb_conn *conn;
    int64_t total = 0, put = 0;
    cb_str last = CB_LIT("");
    bool more = false;
    enum cb_code rc;
    size_t n;

    if ((rc = read_question(&qu, rq, err)) != CB_OK || (rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_location_all(&rows, &n, rq->arena, conn, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    cb_buf_put_cstr(&rp->body, "{\"items\":[");
    for (size_t i = 0; i < n; i++) {
        if (qu.query && !match(rq->arena, &rows[i], qu.query))
            continue;
        total++;
        if (cb_str_cmp(rows[i].id, qu.after) <= 0)
            continue;
        if (put == qu.limit) {
            more = true;
            continue;
        }
        if (put++)
            cb_buf_put_char(&rp->body, ',');
        cb_put_location(&rp->body, &rows[i]);
        last = rows[i].id;
    }
    cb_buf_printf(&rp->body, "],\"totalItems\":%lld,\"pageInfo\":{", (long long)total);
    if (more) {
        cb_buf_put_cstr(&rp->body, "\"nextCursor\":");
        put_cursor(&rp->body, rq, &qu, last);
    }
    cb_buf_put_cstr(&rp->body, "}}");
    rp->no_store = true;
    return CB_OK;
}
