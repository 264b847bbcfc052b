#include "catalog/sync/explain.h"
#include "server/config/integration.h"
#include "server/http/router.h"

/* GET /api/explain/{kind}/{namespace}/{name}: always 200; whether it is there is in the answer. */
static enum cb_code explain_entity(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_conn *conn;
    enum cb_code rc = cb_request_conn(&conn, rq, err);

    if (rc != CB_OK)
        return rc;
    rc = cb_explain_ref(&rp->body, rq->arena, cb_integration_forges(rq->arena, rq->config), rq->snapshot, conn, cb_request_ref(rq), err);
    cb_pool_give(rq->env->pool, conn);
    rp->no_store = true;
    return rc;
}

/* GET /api/explain?url=: why is what stands in that file not here? */
static enum cb_code explain_url(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_conn *conn;
    enum cb_code rc = cb_request_conn(&conn, rq, err);

    if (rc != CB_OK)
        return rc;
    rc = cb_explain_url(&rp->body, rq->arena, cb_integration_forges(rq->arena, rq->config), conn, cb_params_get(&rq->params, "url"), err);
    cb_pool_give(rq->env->pool, conn);
    rp->no_store = true;
    return rc;
}

static const struct cb_param_rule url_params[] = {
    {"url", CB_PARAM_TEXT, true, 0, 0, NULL},
    {0},
};

const struct cb_route cb_routes_explain[] = {
    {CB_GET, "/api/explain/{kind}/{namespace}/{name}", CB_RIGHT_READ, CB_ROUTE_WORKER | CB_ROUTE_WAITS, explain_entity, "ExplainEntity",
     "Why an entity is as it is, or why it is not here", NULL},
    {CB_GET, "/api/explain", CB_RIGHT_READ, CB_ROUTE_WORKER | CB_ROUTE_WAITS, explain_url, "ExplainFile", "What became of a file, by its URL", url_params},
    {0},
};
