/*
 * router.h - the route table: one row a route, and nothing gets in beside it.
 *
 * Row       method, pattern, right, flags, handler, OpenAPI's operationId and summary, parameters. openapi.yaml has the same
 *           rows; a test compares them
 * Pattern   "/api/catalog/entities/by-name/{kind}/{namespace}/{name}": literal parts in any case, one trailing slash is fine
 * Order     is this path ours? Host, limits, Origin, who is asking, may he, parameters, waiting, 304, body, handler
 * Adding    a route is adding a row in the table of its route_x.c, a path in openapi.yaml and a test
 */
#ifndef CB_HTTP_ROUTER_H
#define CB_HTTP_ROUTER_H

#include "server/auth/policy.h"
#include "server/http/reply.h"
#include "server/http/request.h"

enum cb_route_flag {
    CB_ROUTE_CATALOG = 1,  /* answers from the snapshot alone: ETag, If-None-Match, 503 until it is loaded */
    CB_ROUTE_WORKER = 2,   /* always on a worker: it blocks */
    CB_ROUTE_ANY_HOST = 4, /* probes: Host is not looked at */
    CB_ROUTE_WAITS = 8,    /* takes ?wait=, as those of CATALOG do */
    CB_ROUTE_TAIL = 32,    /* its last variable part is the rest of the path, as sent; any query */
    CB_ROUTE_LARGE = 64,   /* with WORKER: its body may be as long as scaffolder.body_max, and is read there */
    CB_ROUTE_RAW = 16,     /* the body is the handler's: of any type, up to what it says itself */
};

typedef enum cb_code cb_route_fn(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err);

struct cb_route {
    enum cb_method method; /* CB_GET answers HEAD too */
    const char *pattern;   /* NULL ends a table */
    enum cb_right right;
    unsigned flags;
    cb_route_fn *handler;
    const char *operation, *summary;
    const struct cb_param_rule *params;
};

/* The tables, one a file. */
extern const struct cb_route cb_routes_auth[], cb_routes_inbox[], cb_routes_authorize[], cb_routes_webhook[], cb_routes_permission[], cb_routes_preview[], cb_routes_setting[], cb_routes_saved[];
extern const struct cb_route cb_routes_entity[], cb_routes_ranked[], cb_routes_search[], cb_routes_refresh[], cb_routes_relation[], cb_routes_problem[],
    cb_routes_source[], cb_routes_location[], cb_routes_watch[], cb_routes_explain[], cb_routes_session[], cb_routes_mine[], cb_routes_token[], cb_routes_health[],
    cb_routes_history[], cb_routes_graph[], cb_routes_panel[], cb_routes_plugin[], cb_routes_template[], cb_routes_task[],
    cb_routes_task_events[], cb_routes_task_left[], cb_routes_dry[];

/* Make ready; once, before the first request. */
void cb_router_init(void);
size_t cb_router_n(void);
/* The I-th row over all tables; its place is the route's number in metrics. */
const struct cb_route *cb_router_row(size_t i);
size_t cb_router_index(const struct cb_route *route);
/*
 * Fill rq->route and rq->args from its method and path. False: no such route.
 */
bool cb_router_find(struct cb_request *rq);
/*
 * From the request's first line to the reply. It may end with rp->later (on a loop alone): then call it again on a worker
 * (rq->worker set); or with rp->park: again on the loop once that generation is served, or with rq->waited set when that
 * takes too long; or with rp->begin: call that, and this again when it woke. Never fails: what goes wrong is in the reply.
 */
void cb_router_answer(struct cb_request *rq, struct cb_reply *rp);

#endif
