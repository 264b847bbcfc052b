#include "catalog/base/base64.h"
#include "catalog/base/hash.h"
#include "catalog/entity/ref.h"
#include "server/http/page.h"
#include "server/http/router.h"

/* ---- GET /api/catalog/entities: a list, with paging or without; the two have different rules */

struct paging {
    bool on;
    int64_t limit, offset; /* limit -1: none */
};

/* base64 of {"limit":…,"offset":…}; what it says overrides the parameters. */
static enum cb_code read_after(struct paging *pg, struct cb_request *rq, cb_str after, struct cb_err *err)
{
    struct cb_node *root, *node;
    cb_str json;

    if (after.n > CB_CURSOR_MAX || !cb_base64_decode(&json, rq->arena, after))
        goto bad;
    if (cb_node_parse(&root, rq->arena, json, NULL) != CB_OK ||
        (root->type != CB_OBJECT && root->type != CB_ARRAY)) /* an array says nothing */
        goto bad;
    if ((node = cb_node_get(root, "limit"))) {
        if (node->type != CB_INT)
            return cb_fail(err, CB_EINVAL, "Malformed after cursor, limit was not an number");
        if (node->i < 1)
            goto bad;
        pg->limit = node->i;
    }
    if ((node = cb_node_get(root, "offset"))) {
        if (node->type != CB_INT)
            return cb_fail(err, CB_EINVAL, "Malformed after cursor, offset was not a number");
        if (node->i < 0)
            goto bad;
        pg->offset = node->i;
    }
    return CB_OK;

bad:
    return cb_fail(err, CB_EINVAL, "Malformed after cursor, could not be parsed");
}

static enum cb_code read_paging(struct paging *pg, struct cb_request *rq, struct cb_err *err)
{
    cb_str after = cb_params_get(&rq->params, "after");
    cb_str limit = cb_params_get(&rq->params, "limit");

    pg->on = after.p || limit.p || cb_params_get(&rq->params, "offset").p;
    pg->limit = cb_params_int(&rq->params, "limit", -1);
    pg->offset = cb_params_int(&rq->params, "offset", 0);
    if (limit.p && pg->limit == 0)
        return cb_fail(err, CB_EINVAL, "Invalid limit, must be greater than zero");
    return after.p ? read_after(pg, rq, after, err) : CB_OK;
}

/* "asc:metadata.name" */
static enum cb_code read_order(struct cb_order **out, size_t *out_n, struct cb_request *rq, struct cb_err *err)
{
    const cb_str *params;
    size_t n = cb_params_all(&params, rq->arena, &rq->params, "order");
    struct cb_order *order = CB_NEW_N(rq->arena, struct cb_order, n + 1);

    if (n > CB_ORDER_FIELD_MAX)
        return cb_fail(err, CB_ELIMIT, "%zu order fields: at most %d are possible", n, CB_ORDER_FIELD_MAX);
    for (size_t i = 0; i < n; i++) {
        bool asc = cb_str_starts(params[i], CB_LIT("asc:"));
        bool desc = cb_str_starts(params[i], CB_LIT("desc:"));
        cb_str field = cb_str_sub(params[i], asc ? 4 : 5, params[i].n);

        if ((!asc && !desc) || field.n == 0)
            return cb_fail(err, CB_EINVAL,
                           "Invalid order parameter \"%" CB_FMT "\", expected \"<asc or desc>:<field name>\"",
                           CB_ARG(params[i]));
        order[i] = (struct cb_order){field, desc};
    }
    *out = order;
    *out_n = n;
    return CB_OK;
}

/* As URLSearchParams writes a value. */
static void put_form(struct cb_buf *out, cb_str text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._";
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c == ' ')
            cb_buf_put_char(out, '+');
        else if (c && strchr(plain, c))
            cb_buf_put_char(out, (char)c);
        else
            cb_buf_printf(out, "%%%c%c", digits[c >> 4], digits[c & 15]);
    }
}

/* Link: the same question with the next "after" and without "offset". */
static void say_next(struct cb_request *rq, struct cb_reply *rp, const struct paging *pg)
{
    cb_str json = cb_arena_printf(rq->arena, "{\"limit\":%lld,\"offset\":%lld}", (long long)pg->limit,
                                  (long long)(pg->offset + pg->limit));
    cb_str after = cb_base64_encode(rq->arena, json);
    struct cb_buf link = CB_BUF_INIT;
    bool said = false;
    char between = '?';

    cb_buf_put_cstr(&link, "</entities");
    for (size_t i = 0; i <= rq->params.n; i++) {
        cb_str name = i < rq->params.n ? rq->params.v[i].written : CB_LIT("after");
        cb_str value = i < rq->params.n ? rq->params.v[i].value : CB_LIT("");
        bool is_after = cb_str_eq(name, CB_LIT("after"));

        if (cb_str_eq(name, CB_LIT("offset")) || (is_after && said))
            continue;
        cb_buf_put_char(&link, between);
        between = '&';
        put_form(&link, name);
        cb_buf_put_char(&link, '=');
        put_form(&link, is_after ? after : value);
        said |= is_after;
    }
    cb_buf_put_cstr(&link, ">; rel=\"next\"");
    cb_reply_header(rp, "link", cb_arena_str(rq->arena, cb_buf_str(&link)));
    cb_buf_fini(&link);
}

static enum cb_code get_entities(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_query q = {.limit = -1};
    struct cb_fields *fields;
    struct cb_order *order = NULL;
    struct cb_page page;
    struct paging pg;
    enum cb_code rc;

    if ((rc = read_paging(&pg, rq, err)) != CB_OK || (rc = read_order(&order, &q.order_n, rq, err)) != CB_OK ||
        (rc = cb_page_filter(&q.filter, rq, err)) != CB_OK || (rc = cb_page_fields(&fields, rq, err)) != CB_OK)
        return rc;
    q.order = order;
    if (pg.on) {
        q.limit = pg.limit;
        q.offset = pg.offset;
    } else {
        q.order_n = q.order_n ? 1 : 0;
        q.order_drops_missing = true;
        q.default_by_uid = true;
    }
    if (cb_page_is_heavy(rq, &q, fields))
        return cb_reply_later(rp);
    if ((rc = cb_query_run(&page, rq->snapshot, &q, rq->arena, err)) != CB_OK)
        return rc;
    if (pg.on && pg.limit > 0 && page.more)
        say_next(rq, rp, &pg);
    return cb_page_reply(rq, rp, &page, fields, CB_LIT("["), CB_LIT("]"));
}

/* ---- one entity */

static enum cb_code get_by_name(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    cb_doc doc;

    if (!cb_snapshot_find(&doc, rq->snapshot, cb_request_ref(rq)))
        return cb_fail(err, CB_ENOTFOUND,
                       "No entity named '%" CB_FMT "' found, with kind '%" CB_FMT "' in namespace '%" CB_FMT "'",
                       CB_ARG(rq->args[2]), CB_ARG(rq->args[0]), CB_ARG(rq->args[1]));
    cb_doc_put(&rp->body, rq->snapshot, doc);
    return CB_OK;
}

static enum cb_code get_by_uid(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    uint8_t uid[16];
    cb_doc doc;

    if (!cb_uuid_parse(uid, rq->args[0]) || !cb_snapshot_find_uid(&doc, rq->snapshot, uid))
        return cb_fail(err, CB_ENOTFOUND, "No entity with uid %" CB_FMT, CB_ARG(rq->args[0]));
    cb_doc_put(&rp->body, rq->snapshot, doc);
    return CB_OK;
}

/* ---- POST /api/catalog/entities/by-refs */

struct refs {
    const cb_str *refs;
    size_t n, at;
    struct cb_filter *filter;
    struct cb_fields *fields;
};

/* As it is stored, or as people write it: capitals, and no namespace for the default one. */
static bool find_ref(cb_doc *doc, struct cb_request *rq, cb_str ref)
{
    return cb_snapshot_find(doc, rq->snapshot, ref) ||
           cb_snapshot_find(doc, rq->snapshot, cb_ref_id_of(rq->arena, ref, NULL));
}

static bool next_refs(void *ctx, struct cb_request *rq, struct cb_buf *out)
{
    struct refs *st = ctx;
    cb_doc doc;

    if (st->at == 0)
        cb_buf_put_cstr(out, "{\"items\":[");
    for (size_t begin = st->at; st->at < st->n && st->at < begin + 256 && out->n < CB_REPLY_SLICE_BYTES; st->at++) {
        if (st->at)
            cb_buf_put_char(out, ',');
        if (!find_ref(&doc, rq, st->refs[st->at]) ||
            (st->filter && !cb_filter_match(st->filter, rq->snapshot, doc)))
            cb_buf_put_cstr(out, "null");
        else if (st->fields)
            cb_fields_put(out, st->fields, rq->snapshot, doc);
        else
            cb_doc_put(out, rq->snapshot, doc);
    }
    if (st->at < st->n)
        return true;
    cb_buf_put_cstr(out, "]}");
    return false;
}

static enum cb_code post_by_refs(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct refs *st = CB_NEW(rq->arena, struct refs);
    struct cb_filter *wanted = NULL;
    struct cb_node *query = cb_node_get(rq->json, "query");
    const cb_str *fields;
    size_t field_n;
    enum cb_code rc;

    if ((rc = cb_body_texts(&st->refs, &st->n, rq->arena, rq->json, "request/body", "entityRefs", true, err)) != CB_OK ||
        (rc = cb_body_texts(&fields, &field_n, rq->arena, rq->json, "request/body", "fields", false, err)) != CB_OK ||
        (rc = cb_page_filter(&st->filter, rq, err)) != CB_OK)
        return rc;
    if (field_n && (rc = cb_fields_parse(&st->fields, rq->arena, fields, field_n, false, err)) != CB_OK)
        return rc;
    if (query && query->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "request/body/query must be object");
    if (query && (rc = cb_filter_predicate(&wanted, rq->arena, query, err)) != CB_OK)
        return rc;
    if (wanted)
        st->filter = st->filter ? cb_filter_and(rq->arena, st->filter, wanted) : wanted;
    if (st->n > CB_PAGE_WHOLE_N)
        return cb_reply_stream(rp, next_refs, st);
    while (next_refs(st, rq, &rp->body))
        ;
    return CB_OK;
}

static const struct cb_param_rule list_params[] = {
    {"filter", CB_PARAM_LIST, false, 0, 0, NULL},
    {"fields", CB_PARAM_LIST, false, 0, 0, NULL},
    {"order", CB_PARAM_LIST, false, 0, 0, NULL},
    {"limit", CB_PARAM_INT, false, 0, 0, NULL},
    {"offset", CB_PARAM_INT, false, 0, 0, NULL},
    {"after", CB_PARAM_TEXT, false, 0, 0, NULL},
    {0},
};

static const struct cb_param_rule filter_params[] = {
    {"filter", CB_PARAM_LIST, false, 0, 0, NULL},
    {0},
};

const struct cb_route cb_routes_entity[] = {
    {CB_GET, "/api/catalog/entities/by-name/{kind}/{namespace}/{name}", CB_RIGHT_READ, CB_ROUTE_CATALOG, get_by_name,
     "GetEntityByName", "One entity by kind, namespace and name", NULL},
    {CB_GET, "/api/catalog/entities/by-uid/{uid}", CB_RIGHT_READ, CB_ROUTE_CATALOG, get_by_uid, "GetEntityByUid",
     "One entity by its uid", NULL},
    {CB_POST, "/api/catalog/entities/by-refs", CB_RIGHT_READ, CB_ROUTE_CATALOG, post_by_refs, "GetEntitiesByRefs",
     "Many entities by their refs, null for those that are not there", filter_params},
    {CB_GET, "/api/catalog/entities", CB_RIGHT_READ, CB_ROUTE_CATALOG, get_entities, "GetEntities",
     "All entities that a filter matches", list_params},
    {0},
};
