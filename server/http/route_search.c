#include <stdio.h>

#include "server/http/page.h"
#include "server/http/router.h"

#define LIMIT_DEFAULT 200

/* ---- by-query: the two verbs fill one question */

struct question {
    struct cb_query q;
    struct cb_fields *fields;
};

static enum cb_code read_direction(bool *desc, cb_str text, struct cb_err *err)
{
    *desc = cb_str_eq(text, CB_LIT("desc"));
    if (*desc || cb_str_eq(text, CB_LIT("asc")))
        return CB_OK;
    return cb_fail(err, CB_EINVAL, "Invalid order field order, must be asc or desc");
}

/* orderField=metadata.name,desc */
static enum cb_code read_order_fields(struct cb_query *q, struct cb_request *rq, struct cb_err *err)
{
    const cb_str *params;
    size_t n = cb_params_all(&params, rq->arena, &rq->params, "orderField");
    struct cb_order *order = CB_NEW_N(rq->arena, struct cb_order, n + 1);
    enum cb_code rc;

    if (n > CB_ORDER_FIELD_MAX)
        return cb_fail(err, CB_ELIMIT, "%zu order fields: at most %d are possible", n, CB_ORDER_FIELD_MAX);
    for (size_t i = 0; i < n; i++) {
        size_t comma = cb_str_find_char(params[i], ',', 0);

        order[i].field = cb_str_sub(params[i], 0, comma);
        if (comma != SIZE_MAX &&
            (rc = read_direction(&order[i].desc,
                                 cb_str_sub(params[i], comma + 1, cb_str_find_char(params[i], ',', comma + 1)), err)) !=
                CB_OK)
            return rc;
    }
    q->order = order;
    q->order_n = n;
    return CB_OK;
}

/* Comma lists, repeated. */
static size_t read_list(const cb_str **out, struct cb_request *rq, const char *name)
{
    const cb_str *params;
    size_t param_n = cb_params_all(&params, rq->arena, &rq->params, name);
    size_t most = param_n, n = 0;
    cb_str *items, item;

    for (size_t i = 0; i < param_n; i++)
        for (size_t j = 0; j < params[i].n; j++)
            most += params[i].p[j] == ',';
    items = CB_NEW_N(rq->arena, cb_str, most + 1);
    for (size_t i = 0; i < param_n; i++) {
        cb_str rest = params[i];

        while (cb_str_split(&item, &rest, ','))
            if (cb_str_trim(item).n)
                items[n++] = cb_str_trim(item);
    }
    *out = items;
    return n;
}

static enum cb_code read_cursor(struct cb_query *q, struct cb_request *rq, cb_str text, struct cb_err *err)
{
    struct cb_cursor *cursor = NULL;
    enum cb_code rc = cb_cursor_parse(&cursor, rq->arena, text, err);

    q->cursor = cursor;
    return rc;
}

static enum cb_code read_get(struct question *qu, struct cb_request *rq, struct cb_err *err)
{
    struct cb_query *q = &qu->q;
    cb_str cursor = cb_params_get(&rq->params, "cursor");
    enum cb_code rc;

    q->limit = cb_params_int(&rq->params, "limit", LIMIT_DEFAULT);
    if ((rc = cb_page_fields(&qu->fields, rq, err)) != CB_OK)
        return rc;
    if (cursor.p)
        return read_cursor(q, rq, cursor, err);
    q->offset = cb_params_int(&rq->params, "offset", 0);
    q->text = cb_str_trim(cb_params_get(&rq->params, "fullTextFilterTerm"));
    q->text_field_n = read_list(&q->text_fields, rq, "fullTextFilterFields");
    q->count = !cb_str_eq(cb_params_get(&rq->params, "totalItems"), CB_LIT("exclude"));
    if ((rc = cb_page_filter(&q->filter, rq, err)) != CB_OK)
        return rc;
    return read_order_fields(q, rq, err);
}

static enum cb_code read_order_by(struct cb_query *q, struct cb_request *rq, struct cb_err *err)
{
    const struct cb_node *list = cb_node_get(rq->json, "orderBy");
    struct cb_order *order;
    char path[64];
    enum cb_code rc;
    cb_str text;

    if (!list)
        return CB_OK;
    if (list->type != CB_ARRAY)
        return cb_fail(err, CB_EINVAL, "request/body/orderBy must be array");
    if (list->child_n > CB_ORDER_FIELD_MAX)
        return cb_fail(err, CB_ELIMIT, "%u order fields: at most %d are possible", list->child_n, CB_ORDER_FIELD_MAX);
    order = CB_NEW_N(rq->arena, struct cb_order, list->child_n + 1);
    for (const struct cb_node *item = list->first; item; item = item->next, q->order_n++) {
        snprintf(path, sizeof(path), "request/body/orderBy/%zu", q->order_n);
        if (item->type != CB_OBJECT)
            return cb_fail(err, CB_EINVAL, "%s must be object", path);
        if ((rc = cb_body_text(&order[q->order_n].field, item, path, "field", true, err)) != CB_OK ||
            (rc = cb_body_text(&text, item, path, "order", true, err)) != CB_OK)
            return rc;
        if (!cb_str_eq(text, CB_LIT("asc")) && !cb_str_eq(text, CB_LIT("desc")))
            return cb_fail(err, CB_EINVAL, "%s/order must be equal to one of the allowed values: asc, desc", path);
        order[q->order_n].desc = cb_str_eq(text, CB_LIT("desc"));
    }
    q->order = order;
    return CB_OK;
}

static enum cb_code read_full_text(struct cb_query *q, struct cb_request *rq, struct cb_err *err)
{
    const struct cb_node *filter = cb_node_get(rq->json, "fullTextFilter");
    const char *path = "request/body/fullTextFilter";
    enum cb_code rc;

    if (!filter)
        return CB_OK;
    if (filter->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "%s must be object", path);
    if ((rc = cb_body_text(&q->text, filter, path, "term", false, err)) != CB_OK ||
        (rc = cb_body_texts(&q->text_fields, &q->text_field_n, rq->arena, filter, path, "fields", false, err)) != CB_OK)
        return rc;
    q->text = cb_str_trim(q->text);
    return CB_OK;
}

static enum cb_code read_total(struct cb_query *q, struct cb_request *rq, struct cb_err *err)
{
    cb_str text;
    enum cb_code rc = cb_body_text(&text, rq->json, "request/body", "totalItems", false, err);

    if (rc != CB_OK)
        return rc;
    q->count = !cb_str_eq(text, CB_LIT("exclude"));
    if (text.p && q->count && !cb_str_eq(text, CB_LIT("include")))
        return cb_fail(err, CB_EINVAL,
                       "request/body/totalItems must be equal to one of the allowed values: include, exclude");
    return CB_OK;
}

/* "query": {…} of a body. */
static enum cb_code read_predicate(struct cb_filter **out, struct cb_request *rq, struct cb_err *err)
{
    const struct cb_node *query = cb_node_get(rq->json, "query");

    *out = NULL;
    if (!query)
        return CB_OK;
    if (query->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "request/body/query must be object");
    return cb_filter_predicate(out, rq->arena, query, err);
}

static enum cb_code read_number(int64_t *out, struct cb_request *rq, const char *key, int64_t otherwise, struct cb_err *err)
{
    const struct cb_node *node = cb_node_get(rq->json, key);

    if (node && node->type != CB_INT && node->type != CB_REAL)
        return cb_fail(err, CB_EINVAL, "request/body/%s must be number", key);
    *out = node && node->type == CB_INT ? node->i : otherwise;
    return CB_OK;
}

static enum cb_code check_count(struct cb_request *rq, const char *key, struct cb_err *err)
{
    int64_t n;

    return cb_body_int(&n, rq->json, "request/body", key, 0, 0, err);
}

/* What has the wrong shape is told in the order of the description, beside a cursor too. */
static enum cb_code read_post(struct question *qu, struct cb_request *rq, struct cb_err *err)
{
    struct cb_query *q = &qu->q;
    const struct cb_node *query = cb_node_get(rq->json, "query");
    const cb_str *fields;
    cb_str cursor;
    size_t field_n;
    enum cb_code rc;

    if ((rc = cb_body_text(&cursor, rq->json, "request/body", "cursor", false, err)) != CB_OK ||
        (rc = read_number(&q->limit, rq, "limit", LIMIT_DEFAULT, err)) != CB_OK ||
        (rc = read_number(&q->offset, rq, "offset", 0, err)) != CB_OK || (rc = read_order_by(q, rq, err)) != CB_OK ||
        (rc = read_full_text(q, rq, err)) != CB_OK ||
        (rc = cb_body_texts(&fields, &field_n, rq->arena, rq->json, "request/body", "fields", false, err)) != CB_OK ||
        (rc = read_total(q, rq, err)) != CB_OK)
        return rc;
    if (query && query->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "request/body/query must be object");
    if ((rc = check_count(rq, "limit", err)) != CB_OK || (rc = check_count(rq, "offset", err)) != CB_OK)
        return rc;
    if (field_n && (rc = cb_fields_parse(&qu->fields, rq->arena, fields, field_n, false, err)) != CB_OK)
        return rc;
    if (cursor.p && cursor.n == 0)
        return cb_fail(err, CB_EINVAL, "Cursor cannot be empty");
    if (!cursor.p)
        return read_predicate(&q->filter, rq, err);
    q->count = true;
    return read_cursor(q, rq, cursor, err);
}

static cb_str page_tail(struct cb_request *rq, const struct cb_page *page)
{
    return cb_arena_printf(rq->arena, "],\"totalItems\":%zu,\"pageInfo\":{%s%" CB_FMT "%s%s%s%" CB_FMT "%s}}", page->total,
                           page->next.n ? "\"nextCursor\":\"" : "", CB_ARG(page->next), page->next.n ? "\"" : "",
                           page->next.n && page->prev.n ? "," : "", page->prev.n ? "\"prevCursor\":\"" : "",
                           CB_ARG(page->prev), page->prev.n ? "\"" : "");
}

static enum cb_code by_query(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct question qu = {.q = {.order_drops_missing = true, .default_by_uid = true, .count = true}};
    struct cb_page page;
    enum cb_code rc;

    rc = rq->method == CB_POST ? read_post(&qu, rq, err) : read_get(&qu, rq, err);
    if (rc != CB_OK)
        return rc;
    if (cb_page_is_heavy(rq, &qu.q, qu.fields))
        return cb_reply_later(rp);
    if ((rc = cb_query_run(&page, rq->snapshot, &qu.q, rq->arena, err)) != CB_OK)
        return rc;
    return cb_page_reply(rq, rp, &page, qu.fields, CB_LIT("{\"items\":["), page_tail(rq, &page));
}

/* ---- facets */

static bool was_asked(const struct cb_facet *facets, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (cb_str_eq(facets[j].name, facets[i].name))
            return true;
    return false;
}

static void put_facets(struct cb_buf *out, const struct cb_facet *facets, size_t n)
{
    cb_buf_put_cstr(out, "{\"facets\":{");
    for (size_t i = 0; i < n; i++) {
        if (was_asked(facets, i))
            continue;
        if (i)
            cb_buf_put_char(out, ',');
        cb_buf_put_json(out, facets[i].name);
        cb_buf_put_cstr(out, ":[");
        for (size_t j = 0; j < facets[i].n; j++) {
            cb_buf_put_cstr(out, j ? ",{\"value\":" : "{\"value\":");
            cb_buf_put_json(out, facets[i].values[j].value);
            cb_buf_printf(out, ",\"count\":%zu}", facets[i].values[j].n);
        }
        cb_buf_put_char(out, ']');
    }
    cb_buf_put_cstr(out, "}}");
}

static size_t without_empty(const cb_str **names, struct cb_arena *a, size_t n)
{
    cb_str *kept = CB_NEW_N(a, cb_str, n + 1);
    size_t kept_n = 0;

    for (size_t i = 0; i < n; i++)
        if ((*names)[i].n)
            kept[kept_n++] = (*names)[i];
    *names = kept;
    return kept_n;
}

static enum cb_code facets(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_filter *filter;
    struct cb_facet *out;
    const cb_str *names;
    enum cb_code rc;
    size_t n;

    if (rq->method == CB_POST) {
        if ((rc = cb_body_texts(&names, &n, rq->arena, rq->json, "request/body", "facets", true, err)) != CB_OK ||
            (rc = read_predicate(&filter, rq, err)) != CB_OK)
            return rc;
    } else {
        n = cb_params_all(&names, rq->arena, &rq->params, "facet");
        if ((rc = cb_page_filter(&filter, rq, err)) != CB_OK)
            return rc;
    }
    n = without_empty(&names, rq->arena, n);
    if (n == 0)
        return cb_fail(err, CB_EINVAL, "Missing or empty facets parameter");
    if (n > CB_FACET_MAX)
        return cb_fail(err, CB_ELIMIT, "%zu facets: at most %d are counted in one request", n, CB_FACET_MAX);
    if (!rq->worker && cb_snapshot_doc_n(rq->snapshot) > CB_FACET_LOOP_DOCS)
        return cb_reply_later(rp);
    out = CB_NEW_N(rq->arena, struct cb_facet, n);
    if ((rc = cb_facet_run(out, rq->snapshot, filter, names, n, rq->arena, err)) != CB_OK)
        return rc;
    put_facets(&rp->body, out, n);
    return CB_OK;
}

static const struct cb_param_rule query_params[] = {
    {"filter", CB_PARAM_LIST, false, 0, 0, NULL},
    {"fields", CB_PARAM_LIST, false, 0, 0, NULL},
    {"limit", CB_PARAM_INT, false, 0, 0, NULL},
    {"offset", CB_PARAM_INT, false, 0, 0, NULL},
    {"orderField", CB_PARAM_LIST, false, 0, 0, NULL},
    {"cursor", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"fullTextFilterTerm", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"fullTextFilterFields", CB_PARAM_LIST, false, 0, 0, NULL},
    {"totalItems", CB_PARAM_WORD, false, 0, 0, "include, exclude"},
    {0},
};

static const struct cb_param_rule facet_params[] = {
    {"facet", CB_PARAM_LIST, true, 0, 0, NULL},
    {"filter", CB_PARAM_LIST, false, 0, 0, NULL},
    {0},
};

const struct cb_route cb_routes_search[] = {
    {CB_GET, "/api/catalog/entities/by-query", CB_RIGHT_READ, CB_ROUTE_CATALOG, by_query, "GetEntitiesByQuery",
     "A page of entities that a filter matches, with cursors", query_params},
    {CB_POST, "/api/catalog/entities/by-query", CB_RIGHT_READ, CB_ROUTE_CATALOG, by_query, "QueryEntitiesByPredicate",
     "A page of entities that a predicate matches, with cursors", NULL},
    {CB_GET, "/api/catalog/entity-facets", CB_RIGHT_READ, CB_ROUTE_CATALOG, facets, "GetEntityFacets",
     "How many entities have each value of some fields", facet_params},
    {CB_POST, "/api/catalog/entity-facets", CB_RIGHT_READ, CB_ROUTE_CATALOG, facets, "QueryEntityFacetsByPredicate",
     "The same, of the entities that a predicate matches", NULL},
    {0},
};
