#include "catalog/entity/ref.h"
#include "server/http/history.h"
#include "server/http/moment.h"
#include "server/http/router.h"

#define CHANGES_LIMIT 100
#define CHANGES_LIMIT_MAX 1000

/* GET /api/history/{kind}/{namespace}/{name}?cursor=&limit= */
static enum cb_code get_versions(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    enum cb_code rc = cb_request_conn(&c, rq, err);

    if (rc == CB_OK)
        rc = cb_history_put_list(&rp->body, c, cb_request_ref(rq), cb_params_int(&rq->params, "cursor", INT64_MAX),
                                 cb_params_int(&rq->params, "limit", CB_HISTORY_LIMIT), err);
    cb_pool_give(rq->env->pool, c);
    rp->no_store = true;
    return rc;
}

/* GET /api/history/{kind}/{namespace}/{name}/diff?from=&to= */
static enum cb_code get_diff(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    enum cb_code rc = cb_request_conn(&c, rq, err);

    if (rc == CB_OK)
        rc = cb_history_put_diff(&rp->body, rq->arena, c, cb_request_ref(rq), cb_params_get(&rq->params, "from"),
                                 cb_params_get(&rq->params, "to"), err);
    cb_pool_give(rq->env->pool, c);
    rp->no_store = true;
    return rc;
}

/* GET /api/history/{kind}/{namespace}/{name}/{moment} */
static enum cb_code get_version(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    enum cb_code rc = cb_request_conn(&c, rq, err);

    if (rc == CB_OK)
        rc = cb_history_put_version(&rp->body, rq->arena, c, cb_request_ref(rq), rq->args[3], err);
    cb_pool_give(rq->env->pool, c);
    rp->no_store = true;
    return rc;
}

/* ---- what generations brought */

/* "f<generation>:<ref>" or "b<generation>:<ref>": forward or back, behind that row. */
static enum cb_code read_cursor(struct cb_history_question *q, cb_str text, struct cb_err *err)
{
    size_t colon = cb_str_find_char(text, ':', 0);

    if (colon == SIZE_MAX || colon < 2 || (text.p[0] != 'f' && text.p[0] != 'b') ||
        !cb_str_to_int(&q->generation, cb_str_sub(text, 1, colon), 0, CB_MOMENT_GENERATION_MAX))
        return cb_fail(err, CB_EINVAL, "request/query/cursor is none of ours: take it from pageInfo.nextCursor");
    q->back = text.p[0] == 'b';
    q->ref = cb_str_sub(text, colon + 1, text.n);
    return CB_OK;
}

/* "team-a", "group:team-a" -> "group:default/team-a" */
static enum cb_code read_owner(cb_str *out, struct cb_arena *a, cb_str text, struct cb_err *err)
{
    const struct cb_ref defaults = {CB_LIT("group"), CB_LIT("default"), CB_LIT("")};
    struct cb_err why = {0};
    struct cb_ref ref;

    if (!text.p)
        return CB_OK;
    if (cb_ref_parse(&ref, text, &defaults, &why) != CB_OK)
        return cb_fail(err, CB_EINVAL, "request/query/owner is no reference to an entity: %s", why.text);
    *out = cb_ref_id(a, &ref);
    return CB_OK;
}

static enum cb_code read_question(struct cb_history_question *q, struct cb_request *rq, struct cb_err *err)
{
    cb_str cursor = cb_params_get(&rq->params, "cursor"), after = cb_params_get(&rq->params, "after");
    cb_str source = cb_params_get(&rq->params, "source");
    struct cb_moment m;

    *q = (struct cb_history_question){
        .kind = cb_arena_lower(rq->arena, cb_params_get(&rq->params, "kind")),
        .limit = cb_params_int(&rq->params, "limit", CHANGES_LIMIT),
        .generation = INT64_MAX,
        .back = true,
    };
    if (source.p && !cb_str_to_int(&q->source_id, source, 1, INT64_MAX))
        return cb_fail(err, CB_EINVAL, "request/query/source must be the id of a source, as /api/sources tells it");
    if (cursor.p && after.p)
        return cb_fail(err, CB_EINVAL, "request/query has after and cursor: a cursor says itself where it goes on");
    if (cursor.p)
        return read_cursor(q, cursor, err);
    if (!after.p)
        return CB_OK;
    if (!cb_moment_parse(&m, after))
        return cb_fail(err, CB_EINVAL, "request/query/after must be a generation such as 42, or <epoch>:42");
    if (!cb_moment_is_of(&m, cb_snapshot_epoch(rq->snapshot)))
        return cb_fail(err, CB_ECONFLICT, "the generation to begin behind is that of another database: this one was restored or made "
                                          "anew since");
    q->back = false;
    q->generation = m.generation + 1;
    return CB_OK;
}

static void put_changes(struct cb_buf *out, const struct cb_history_entry *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool begins = i == 0 || rows[i].pass.generation != rows[i - 1].pass.generation;

        if (begins) {
            cb_buf_put_cstr(out, i ? "]},{" : "{");
            cb_history_put_pass(out, &rows[i].pass);
            cb_put_member_int(out, "added", rows[i].added);
            cb_put_member_int(out, "changed", rows[i].changed);
            cb_put_member_int(out, "removed", rows[i].removed);
            cb_buf_put_cstr(out, ",\"entities\":[");
        }
        if (rows[i].ref.n == 0)
            continue;
        cb_buf_put_cstr(out, begins ? "{\"ref\":" : ",{\"ref\":");
        cb_buf_put_json(out, rows[i].ref);
        cb_put_member(out, "change", cb_str_cstr(cb_history_change_name(rows[i].change)));
        cb_buf_put_char(out, '}');
    }
    if (n)
        cb_buf_put_cstr(out, "]}");
}

/* GET /api/history/changes?after=&cursor=&limit=&kind=&owner=&source= */
static enum cb_code get_changes(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_history_question q;
    struct cb_history_range range;
    struct cb_history_entry *rows = NULL;
    struct cb_conn *c = NULL;
    cb_str next_ref = {0};
    int64_t next = 0;
    bool more = false;
    enum cb_code rc;
    size_t n = 0;

    if ((rc = read_question(&q, rq, err)) != CB_OK ||
        (rc = read_owner(&q.owner, rq->arena, cb_params_get(&rq->params, "owner"), err)) != CB_OK ||
        (rc = cb_request_conn(&c, rq, err)) != CB_OK)
        return rc;
    rc = cb_history_changes(&rows, &n, &more, &next, &next_ref, &range, rq->arena, c, &q, err);
    cb_pool_give(rq->env->pool, c);
    if (rc != CB_OK)
        return rc;
    cb_buf_put_cstr(&rp->body, "{\"items\":[");
    put_changes(&rp->body, rows, n);
    cb_buf_printf(&rp->body, "],\"generation\":%lld,\"oldest\":%lld,\"pageInfo\":{", (long long)range.newest, (long long)range.oldest);
    if (more) {
        cb_str cursor = cb_arena_printf(rq->arena, "%c%lld:%" CB_FMT, q.back ? 'b' : 'f', (long long)next, CB_ARG(next_ref));

        cb_buf_put_cstr(&rp->body, "\"nextCursor\":");
        cb_buf_put_json(&rp->body, cursor);
    }
    cb_buf_put_cstr(&rp->body, "}}");
    rp->no_store = true;
    return CB_OK;
}

static const struct cb_param_rule versions_params[] = {
    {"cursor", CB_PARAM_INT, false, 1, 0, NULL},
    {"limit", CB_PARAM_INT, false, 1, CB_HISTORY_LIMIT_MAX, NULL},
    {0},
};

static const struct cb_param_rule diff_params[] = {
    {"from", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"to", CB_PARAM_TEXT, false, 0, 0, NULL},
    {0},
};

static const struct cb_param_rule changes_params[] = {
    {"after", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"cursor", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"limit", CB_PARAM_INT, false, 1, CHANGES_LIMIT_MAX, NULL},
    {"kind", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"owner", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"source", CB_PARAM_TEXT, false, 0, 0, NULL},
    {0},
};

const struct cb_route cb_routes_history[] = {
    {CB_GET, "/api/history/changes", CB_RIGHT_READ, CB_ROUTE_WORKER | CB_ROUTE_WAITS, get_changes, "GetHistoryChanges",
     "What each generation brought, forward or newest first", changes_params},
    {CB_GET, "/api/history/{kind}/{namespace}/{name}", CB_RIGHT_READ, CB_ROUTE_WORKER | CB_ROUTE_WAITS, get_versions, "GetHistory",
     "What became of an entity, newest first", versions_params},
    {CB_GET, "/api/history/{kind}/{namespace}/{name}/diff", CB_RIGHT_READ, CB_ROUTE_WORKER | CB_ROUTE_WAITS, get_diff,
     "GetHistoryDiff", "What is different between two moments of an entity", diff_params},
    {CB_GET, "/api/history/{kind}/{namespace}/{name}/{moment}", CB_RIGHT_READ, CB_ROUTE_WORKER | CB_ROUTE_WAITS, get_version,
     "GetHistoryVersion", "An entity as it was at a moment", NULL},
    {0},
};
