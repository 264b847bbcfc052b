#include "catalog/base/clock.h"
#include "server/http/loop.h"
#include "server/http/metrics.h"
#include "server/http/openapi.h"
#include "server/http/router.h"

#define TROUBLE_MAX 300

/* Backstage's: both say ok, or 503 while starting. */
static enum cb_code get_readiness(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    (void)err;
    rp->no_store = true;
    if (cb_snapshot_loaded(rq->snapshot)) {
        cb_buf_put_cstr(&rp->body, "{\"status\":\"ok\"}");
        return CB_OK;
    }
    rp->status = 503;
    cb_buf_put_cstr(&rp->body, "{\"message\":\"Backend has not started yet\",\"status\":\"error\"}");
    return CB_OK;
}

static enum cb_code get_liveness(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    (void)rq;
    (void)err;
    rp->no_store = true;
    cb_buf_put_cstr(&rp->body, "{\"status\":\"ok\"}");
    return CB_OK;
}

/* ,"generation":…,"entities":… and, while the catalog does not follow the database, ,"trouble":… */
static void put_state(struct cb_reply *rp, struct cb_request *rq)
{
    char trouble[TROUBLE_MAX] = "";

    if (rq->env->follow)
        cb_follow_trouble(rq->env->follow, trouble, sizeof(trouble));
    cb_put_member_int(&rp->body, "generation", cb_snapshot_generation(rq->snapshot));
    cb_put_member_int(&rp->body, "entities", (int64_t)cb_snapshot_doc_n(rq->snapshot));
    if (trouble[0])
        cb_put_member(&rp->body, "trouble", cb_str_cstr(trouble));
    rp->no_store = true;
}

/* Ready: there is a catalog to answer from. A lost database does not change that; it is said beside it. */
static enum cb_code get_readyz(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    bool loaded = cb_snapshot_loaded(rq->snapshot);

    (void)err;
    rp->status = loaded ? 200 : 503;
    cb_buf_printf(&rp->body, "{\"status\":\"%s\"", loaded ? "ok" : "starting");
    put_state(rp, rq);
    cb_buf_put_char(&rp->body, '}');
    return CB_OK;
}

/* What a person asks first when something is odd: which callboard this is, since when it runs, and what it has. */
static enum cb_code get_about(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    (void)err;
    cb_buf_put_cstr(&rp->body, "{\"version\":\"" CB_VERSION "\"");
    if (rq->server)
        cb_put_member_int(&rp->body, "uptimeSeconds", (cb_clock_mono_us() - rq->server->started_us) / CB_S_US);
    put_state(rp, rq);
    cb_buf_put_char(&rp->body, '}');
    return CB_OK;
}

static enum cb_code get_metrics(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    if (!rq->server)
        return cb_fail(err, CB_EUNAVAILABLE, "nothing listens, so nothing is counted");
    rp->type = "text/plain; version=0.0.4; charset=utf-8";
    rp->no_store = true;
    cb_metrics_put(&rp->body, rq->server, rq->snapshot);
    return CB_OK;
}

static enum cb_code get_openapi(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    (void)rq;
    (void)err;
    rp->fixed = cb_openapi_json();
    return CB_OK;
}

const struct cb_route cb_routes_health[] = {
    {CB_GET, "/.backstage/health/v1/readiness", CB_RIGHT_OPEN, CB_ROUTE_ANY_HOST, get_readiness, "GetReadiness",
     "Backstage's readiness probe", NULL},
    {CB_GET, "/.backstage/health/v1/liveness", CB_RIGHT_OPEN, CB_ROUTE_ANY_HOST, get_liveness, "GetLiveness",
     "Backstage's liveness probe", NULL},
    {CB_GET, "/healthz", CB_RIGHT_OPEN, CB_ROUTE_ANY_HOST, get_liveness, "GetHealthz", "Is the process alive?", NULL},
    {CB_GET, "/readyz", CB_RIGHT_OPEN, CB_ROUTE_ANY_HOST, get_readyz, "GetReadyz", "Is there a catalog to answer from?", NULL},
    {CB_GET, "/api/about", CB_RIGHT_READ, 0, get_about, "GetAbout", "Which callboard this is, since when, and what it has", NULL},
    {CB_GET, "/metrics", CB_RIGHT_READ, CB_ROUTE_WORKER, get_metrics, "GetMetrics", "Numbers in the text exposition format", NULL},
    {CB_GET, "/api/catalog/openapi.json", CB_RIGHT_READ, CB_ROUTE_WORKER, get_openapi, "GetOpenApi", "This description, as JSON", NULL},
    {0},
};
