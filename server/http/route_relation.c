/* /api/graph/{kind}/{namespace}/{name}: what is around an entity, what breaks with it, what it needs. */
#include "server/http/graph_route.h"

#define LIMIT_DEFAULT 200
#define CSV_NAME "impact.csv"

static enum cb_walk_direction read_direction(struct cb_request *rq)
{
    cb_str text = cb_params_get(&rq->params, "direction");

    return cb_str_eq(text, CB_LIT("out")) ? CB_WALK_OUT : cb_str_eq(text, CB_LIT("in")) ? CB_WALK_IN : CB_WALK_BOTH;
}

/* GET /api/graph/{kind}/{namespace}/{name}?depth=1..8&direction=&relation=&kind=&limit= */
static enum cb_code get_neighbourhood(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_walk_opts opts = CB_WALK_OPTS_INIT;
    struct cb_stop stop = cb_graph_stop(rq);
    struct cb_walk walk;
    enum cb_code rc;

    opts.depth = cb_params_int(&rq->params, "depth", 1);
    opts.node_max = cb_params_int(&rq->params, "limit", LIMIT_DEFAULT);
    opts.direction = read_direction(rq);
    opts.kind_n = cb_graph_kinds(&opts.kinds, rq);
    opts.stop = &stop;
    if ((rc = cb_graph_types(&opts.types, rq, err)) != CB_OK)
        return rc;
    if (cb_graph_is_heavy(rq))
        return cb_reply_later(rp);
    if ((rc = cb_walk_from(&walk, rq->snapshot, cb_request_ref(rq), &opts, rq->arena, err)) != CB_OK)
        return rc;
    cb_walk_json(&rp->body, cb_facts_new(rq->snapshot, rq->arena), &walk);
    return CB_OK;
}

/* GET /api/graph/{kind}/{namespace}/{name}/impact?direction=in|out&relation=&depth=&kind=&owner=&limit=&offset=&format= */
static enum cb_code get_impact(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    bool csv = cb_str_eq(cb_params_get(&rq->params, "format"), CB_LIT("csv"));
    struct cb_impact_opts opts = CB_IMPACT_OPTS_INIT;
    struct cb_stop stop = cb_graph_stop(rq);
    struct cb_impact impact;
    struct cb_facts *facts;
    enum cb_code rc;

    opts.needs = read_direction(rq) == CB_WALK_OUT;
    opts.depth = cb_params_int(&rq->params, "depth", CB_REACH_HOP_MAX);
    opts.limit = cb_params_int(&rq->params, "limit", csv ? CB_IMPACT_ITEM_MAX : LIMIT_DEFAULT);
    opts.offset = cb_params_int(&rq->params, "offset", 0);
    opts.owner = cb_arena_lower(rq->arena, cb_params_get(&rq->params, "owner"));
    opts.kind_n = cb_graph_kinds(&opts.kinds, rq);
    if ((rc = cb_graph_types(&opts.pairs, rq, err)) != CB_OK)
        return rc;
    if (cb_graph_is_heavy(rq))
        return cb_reply_later(rp);
    if ((rc = cb_impact_of(&impact, rq->snapshot, cb_request_ref(rq), &opts, &stop, rq->arena, err)) != CB_OK)
        return rc;
    facts = cb_facts_new(rq->snapshot, rq->arena);
    if (!csv) {
        cb_impact_json(&rp->body, facts, &impact);
        return CB_OK;
    }
    rp->type = "text/csv; charset=utf-8; header=present";
    cb_reply_header(rp, "content-disposition", CB_LIT("attachment; filename=\"" CSV_NAME "\""));
    cb_reply_header(rp, "callboard-total-items", cb_arena_printf(rq->arena, "%zu", impact.n));
    cb_impact_csv(&rp->body, facts, &impact);
    return CB_OK;
}

static const struct cb_param_rule walk_params[] = {
    {"depth", CB_PARAM_INT, false, 1, CB_WALK_DEPTH_MAX, NULL},
    {"direction", CB_PARAM_WORD, false, 0, 0, "both, out, in"},
    {"relation", CB_PARAM_LIST, false, 0, 0, NULL},
    {"kind", CB_PARAM_LIST, false, 0, 0, NULL},
    {"limit", CB_PARAM_INT, false, 1, CB_WALK_NODE_MAX, NULL},
    {0},
};

static const struct cb_param_rule impact_params[] = {
    {"direction", CB_PARAM_WORD, false, 0, 0, "in, out"},
    {"relation", CB_PARAM_LIST, false, 0, 0, NULL},
    {"depth", CB_PARAM_INT, false, 1, CB_REACH_HOP_MAX, NULL},
    {"kind", CB_PARAM_LIST, false, 0, 0, NULL},
    {"owner", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"limit", CB_PARAM_INT, false, 0, CB_IMPACT_ITEM_MAX, NULL},
    {"offset", CB_PARAM_INT, false, 0, 0, NULL},
    {"format", CB_PARAM_WORD, false, 0, 0, "json, csv"},
    {0},
};

const struct cb_route cb_routes_relation[] = {
    {CB_GET, "/api/graph/{kind}/{namespace}/{name}", CB_RIGHT_READ, CB_ROUTE_CATALOG, get_neighbourhood, "GetNeighbourhood",
     "What stands within some steps of an entity", walk_params},
    {CB_GET, "/api/graph/{kind}/{namespace}/{name}/impact", CB_RIGHT_READ, CB_ROUTE_CATALOG, get_impact, "GetImpact",
     "Who breaks if this breaks, or what this needs to work", impact_params},
    {0},
};
