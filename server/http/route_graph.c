/* /api/graph/...: questions to the whole graph. */
#include "catalog/entity/ref.h"
#include "server/http/graph_route.h"

#define PATH_DEFAULT 1
#define CYCLE_DEFAULT 20
#define DANGLING_DEFAULT 100
#define MAP_DEFAULT 5000
#define TREE_DEFAULT 5000

/* ---- what the graph's routes share */

static bool is_over(const void *ctx)
{
    return cb_job_over(ctx);
}

struct cb_stop cb_graph_stop(const struct cb_request *rq)
{
    return rq->job ? (struct cb_stop){is_over, rq->job} : (struct cb_stop){0};
}

bool cb_graph_is_heavy(const struct cb_request *rq)
{
    return !rq->worker && cb_snapshot_doc_n(rq->snapshot) > CB_GRAPH_LOOP_DOCS;
}

enum cb_code cb_graph_types(uint64_t *types, struct cb_request *rq, struct cb_err *err)
{
    const cb_str *params;
    size_t n = cb_params_all(&params, rq->arena, &rq->params, "relation");
    struct cb_err why;

    *types = 0;
    for (size_t i = 0; i < n; i++)
        if (cb_types_parse(types, params[i], &why) != CB_OK)
            return cb_fail(err, CB_EINVAL, "request/query/relation: %s", why.text);
    return CB_OK;
}

size_t cb_graph_kinds(const cb_str **out, struct cb_request *rq)
{
    const cb_str *params;
    size_t n = cb_params_all(&params, rq->arena, &rq->params, "kind"), most = n, k = 0;
    cb_str *kinds, part;

    for (size_t i = 0; i < n; i++)
        for (size_t at = 0; (at = cb_str_find_char(params[i], ',', at)) != SIZE_MAX; at++)
            most++;
    kinds = CB_NEW_N(rq->arena, cb_str, most + 1);
    for (size_t i = 0; i < n; i++) {
        cb_str rest = params[i];

        while (cb_str_split(&part, &rest, ','))
            if ((part = cb_str_trim(part)).n)
                kinds[k++] = cb_arena_lower(rq->arena, part);
    }
    *out = kinds;
    return k;
}

/* ---- the way from one to another */

static enum cb_code read_end(uint32_t *out, struct cb_request *rq, const char *name, struct cb_err *err)
{
    const struct cb_ref defaults = {CB_LIT("component"), CB_LIT("default"), CB_LIT("")};
    struct cb_err why;
    struct cb_ref ref;

    if (cb_ref_parse(&ref, cb_params_get(&rq->params, name), &defaults, &why) != CB_OK)
        return cb_fail(err, CB_EINVAL, "request/query/%s: %s", name, why.text);
    return cb_ref_of(out, rq->snapshot, cb_ref_id(rq->arena, &ref), err);
}

/* GET /api/graph/path?from=&to=&relation=&direction=&limit= */
static enum cb_code get_path(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_stop stop = cb_graph_stop(rq);
    struct cb_paths paths;
    uint32_t from, to;
    uint64_t types;
    enum cb_code rc;

    if ((rc = cb_graph_types(&types, rq, err)) != CB_OK || (rc = read_end(&from, rq, "from", err)) != CB_OK ||
        (rc = read_end(&to, rq, "to", err)) != CB_OK)
        return rc;
    if (cb_graph_is_heavy(rq))
        return cb_reply_later(rp);
    types = cb_types_toward(types, cb_params_get(&rq->params, "direction"));
    if ((rc = cb_path_between(&paths, rq->snapshot, from, to, types, (size_t)cb_params_int(&rq->params, "limit", PATH_DEFAULT), &stop,
                              rq->arena, err)) != CB_OK)
        return rc;
    cb_paths_json(&rp->body, cb_facts_new(rq->snapshot, rq->arena), from, to, &paths);
    return CB_OK;
}

/* ---- what needs itself */

/* GET /api/graph/cycles?relation=&kind=&owner=&limit=&offset= */
static enum cb_code get_cycles(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_stop stop = cb_graph_stop(rq);
    struct cb_cycle_opts opts = {
        .owner = cb_arena_lower(rq->arena, cb_params_get(&rq->params, "owner")),
        .limit = cb_params_int(&rq->params, "limit", CYCLE_DEFAULT),
        .offset = cb_params_int(&rq->params, "offset", 0),
    };
    struct cb_cycles all;
    uint64_t pairs;
    enum cb_code rc;

    opts.kind_n = cb_graph_kinds(&opts.kinds, rq);
    if ((rc = cb_graph_types(&pairs, rq, err)) != CB_OK)
        return rc;
    if (cb_graph_is_heavy(rq))
        return cb_reply_later(rp);
    if ((rc = cb_cycle_all(&all, rq->snapshot, pairs ? cb_reach_types(pairs, true) : cb_cycle_usual(), &stop, rq->arena, err)) != CB_OK)
        return rc;
    cb_cycles_json(&rp->body, cb_facts_new(rq->snapshot, rq->arena), &all, &opts, rq->arena);
    return CB_OK;
}

static const struct cb_param_rule cycle_params[] = {
    {"relation", CB_PARAM_LIST, false, 0, 0, NULL},
    {"kind", CB_PARAM_LIST, false, 0, 0, NULL},
    {"owner", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"limit", CB_PARAM_INT, false, 0, CB_CYCLE_ITEM_MAX, NULL},
    {"offset", CB_PARAM_INT, false, 0, 0, NULL},
    {0},
};

/* ---- what nobody has registered */

/* GET /api/graph/dangling?relation=&kind=&owner=&limit=&offset= */
static enum cb_code get_dangling(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_stop stop = cb_graph_stop(rq);
    struct cb_dangling_opts opts = {
        .owner = cb_arena_lower(rq->arena, cb_params_get(&rq->params, "owner")),
        .limit = cb_params_int(&rq->params, "limit", DANGLING_DEFAULT),
        .offset = cb_params_int(&rq->params, "offset", 0),
    };
    struct cb_danglings all;
    enum cb_code rc;

    opts.kind_n = cb_graph_kinds(&opts.kinds, rq);
    if ((rc = cb_graph_types(&opts.pairs, rq, err)) != CB_OK)
        return rc;
    if (cb_graph_is_heavy(rq))
        return cb_reply_later(rp);
    if ((rc = cb_danglings_of(&all, rq->snapshot, &opts, &stop, rq->arena, err)) != CB_OK)
        return rc;
    cb_danglings_json(&rp->body, rq->snapshot, &all, &opts, rq->arena);
    return CB_OK;
}

static const struct cb_param_rule dangling_params[] = {
    {"relation", CB_PARAM_LIST, false, 0, 0, NULL},
    {"kind", CB_PARAM_LIST, false, 0, 0, NULL},
    {"owner", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"limit", CB_PARAM_INT, false, 0, CB_DANGLING_ITEM_MAX, NULL},
    {"offset", CB_PARAM_INT, false, 0, 0, NULL},
    {0},
};

/* ---- the map */

/* GET /api/graph/map?kind=&relation=&root=&limit= */
static enum cb_code get_map(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    const cb_str usual[] = {CB_LIT("component"), CB_LIT("api"), CB_LIT("resource")};
    const struct cb_ref defaults = {CB_LIT("system"), CB_LIT("default"), CB_LIT("")};
    struct cb_land_opts opts = {.limit = cb_params_int(&rq->params, "limit", MAP_DEFAULT)};
    struct cb_stop stop = cb_graph_stop(rq);
    cb_str root = cb_params_get(&rq->params, "root");
    struct cb_landscape land;
    const cb_str *kinds;
    struct cb_ref ref;
    struct cb_err why;
    uint64_t types;
    size_t kind_n;
    enum cb_code rc;

    if ((rc = cb_graph_types(&types, rq, err)) != CB_OK)
        return rc;
    if ((kind_n = cb_graph_kinds(&kinds, rq)) == 0) {
        kinds = usual;
        kind_n = CB_COUNT(usual);
    }
    for (size_t i = 0; i < kind_n; i++)
        if (cb_str_eq(kinds[i], CB_LIT("domain")) || cb_str_eq(kinds[i], CB_LIT("system")))
            return cb_fail(err, CB_EINVAL, "request/query/kind: domains and systems are what the others are drawn in; name other kinds");
    if (root.n) {
        if (cb_ref_parse(&ref, root, &defaults, &why) != CB_OK)
            return cb_fail(err, CB_EINVAL, "request/query/root: %s", why.text);
        opts.root = cb_ref_id(rq->arena, &ref);
    }
    if (cb_graph_is_heavy(rq))
        return cb_reply_later(rp);
    types = cb_types_toward(types ? types : cb_reach_usual(), CB_LIT("out"));
    if ((rc = cb_landscape_of(&land, rq->snapshot, kinds, kind_n, types, &stop, rq->arena, err)) != CB_OK)
        return rc;
    return cb_landscape_json(&rp->body, cb_facts_new(rq->snapshot, rq->arena), &land, &opts, rq->arena, err);
}

static const struct cb_param_rule map_params[] = {
    {"kind", CB_PARAM_LIST, false, 0, 0, NULL},
    {"relation", CB_PARAM_LIST, false, 0, 0, NULL},
    {"root", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"limit", CB_PARAM_INT, false, 0, CB_LAND_ITEM_MAX, NULL},
    {0},
};

static const struct cb_param_rule path_params[] = {
    {"from", CB_PARAM_TEXT, true, 0, 0, NULL},
    {"to", CB_PARAM_TEXT, true, 0, 0, NULL},
    {"relation", CB_PARAM_LIST, false, 0, 0, NULL},
    {"direction", CB_PARAM_WORD, false, 0, 0, "both, out, in"},
    {"limit", CB_PARAM_INT, false, 1, CB_PATH_MAX, NULL},
    {0},
};

/* ---- groups and what they own, domains and systems and what is in them */

/* GET /api/graph/tree?of=&limit= */
static enum cb_code get_tree(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    bool groups = cb_str_eq(cb_params_get(&rq->params, "of"), CB_LIT("groups"));
    struct cb_stop stop = cb_graph_stop(rq);
    struct cb_tree tree;
    enum cb_code rc;

    if (cb_graph_is_heavy(rq))
        return cb_reply_later(rp);
    if ((rc = cb_tree_of(&tree, rq->snapshot, groups ? CB_TREE_ORG : CB_TREE_SYSTEMS, &stop, rq->arena, err)) != CB_OK)
        return rc;
    cb_tree_json(&rp->body, cb_facts_new(rq->snapshot, rq->arena), &tree, groups, cb_params_int(&rq->params, "limit", TREE_DEFAULT));
    return CB_OK;
}

static const struct cb_param_rule tree_params[] = {
    {"of", CB_PARAM_WORD, true, 0, 0, "groups, systems"},
    {"limit", CB_PARAM_INT, false, 0, CB_TREE_ITEM_MAX, NULL},
    {0},
};

const struct cb_route cb_routes_graph[] = {
    {CB_GET, "/api/graph/path", CB_RIGHT_READ, CB_ROUTE_CATALOG, get_path, "GetPath", "The shortest ways from one entity to another",
     path_params},
    {CB_GET, "/api/graph/cycles", CB_RIGHT_READ, CB_ROUTE_CATALOG, get_cycles, "GetCycles", "Entities that need each other in a ring",
     cycle_params},
    {CB_GET, "/api/graph/dangling", CB_RIGHT_READ, CB_ROUTE_CATALOG, get_dangling, "GetDangling",
     "What is named and nobody has registered, by whom, and what may have been meant", dangling_params},
    {CB_GET, "/api/graph/map", CB_RIGHT_READ, CB_ROUTE_CATALOG, get_map, "GetMap",
     "The whole catalog as a map: domains, systems in them, entities in these, with places", map_params},
    {CB_GET, "/api/graph/tree", CB_RIGHT_READ, CB_ROUTE_CATALOG, get_tree, "GetTree",
     "Groups with their people and what they own, or domains and systems with what is in them", tree_params},
    {0},
};
