#include "catalog/relate/walk.h"
#include "catalog/search/query.h"
#include "server/http/router.h"

#define LIMIT_DEFAULT 200
#define LOOP_LIMIT 100 /* nodes; more is a worker's */

/* What a node shows of its entity. */
static struct cb_fields *node_fields(struct cb_arena *a)
{
    const cb_str names[] = {CB_LIT("kind"), CB_LIT("metadata.title"), CB_LIT("metadata.name")};
    struct cb_fields *fields = NULL;

    return cb_fields_parse(&fields, a, names, CB_COUNT(names), false, NULL) == CB_OK ? fields : NULL;
}

static void put_node(struct cb_buf *out, struct cb_request *rq, const struct cb_walk_node *node, const struct cb_fields *fields)
{
    cb_str kind = cb_str_sub(node->id, 0, cb_str_find_char(node->id, ':', 0));
    cb_str title = CB_LIT("");

    if (!node->missing) {
        struct cb_buf shown = CB_BUF_INIT;
        struct cb_node *root = NULL;

        cb_fields_put(&shown, fields, rq->snapshot, node->doc);
        if (cb_node_parse(&root, rq->arena, cb_arena_str(rq->arena, cb_buf_str(&shown)), NULL) == CB_OK) {
            kind = cb_node_text(root, "kind");
            title = cb_node_text(cb_node_get(root, "metadata"), "title");
        }
        cb_buf_fini(&shown);
    }
    cb_buf_put_cstr(out, "{\"ref\":");
    cb_buf_put_json(out, node->id);
    cb_put_member(out, "kind", kind);
    if (title.n)
        cb_put_member(out, "title", title);
    cb_put_member_bool(out, "missing", node->missing);
    cb_put_member_int(out, "hop", node->hop);
    cb_buf_put_char(out, '}');
}

static void put_walk(struct cb_buf *out, struct cb_request *rq, const struct cb_walk *walk)
{
    const struct cb_fields *fields = node_fields(rq->arena);

    cb_buf_put_cstr(out, "{\"root\":");
    cb_buf_put_json(out, walk->nodes[0].id);
    cb_buf_put_cstr(out, ",\"nodes\":[");
    for (size_t i = 0; i < walk->node_n; i++) {
        if (i)
            cb_buf_put_char(out, ',');
        put_node(out, rq, &walk->nodes[i], fields);
    }
    cb_buf_put_cstr(out, "],\"edges\":[");
    for (size_t i = 0; i < walk->edge_n; i++) {
        const struct cb_walk_edge *edge = &walk->edges[i];

        cb_buf_put_cstr(out, i ? ",{\"from\":" : "{\"from\":");
        cb_buf_put_json(out, walk->nodes[edge->from].id);
        cb_put_member(out, "to", walk->nodes[edge->to].id);
        cb_put_member(out, "type", cb_relations[edge->type].name);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_char(out, ']');
    cb_put_member_bool(out, "truncated", walk->truncated);
    cb_put_member_int(out, "leftOut", (int64_t)walk->left_out_n);
    cb_buf_put_char(out, '}');
}

/* relation=dependsOn&relation=ownedBy, or with commas between. */
static enum cb_code read_types(uint64_t *types, struct cb_request *rq, struct cb_err *err)
{
    const cb_str *params;
    size_t n = cb_params_all(&params, rq->arena, &rq->params, "relation");
    cb_str name;

    *types = 0;
    for (size_t i = 0; i < n; i++) {
        cb_str rest = params[i];

        while (cb_str_split(&name, &rest, ',')) {
            int type = cb_relation_find(cb_str_trim(name), true);

            if (type < 0 || type > 63)
                return cb_fail(err, CB_EINVAL, "request/query/relation: there is no relation '%" CB_FMT "'; one is dependsOn",
                               CB_ARG(name));
            *types |= UINT64_C(1) << type;
        }
    }
    return CB_OK;
}

static enum cb_walk_direction read_direction(struct cb_request *rq)
{
    cb_str text = cb_params_get(&rq->params, "direction");

    return cb_str_eq(text, CB_LIT("out")) ? CB_WALK_OUT : cb_str_eq(text, CB_LIT("in")) ? CB_WALK_IN : CB_WALK_BOTH;
}

/* GET /api/graph/{kind}/{namespace}/{name}?depth=1..8&direction=&relation=&limit= */
static enum cb_code get_neighbourhood(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_walk_opts opts = CB_WALK_OPTS_INIT;
    struct cb_walk walk;
    enum cb_code rc;

    opts.depth = cb_params_int(&rq->params, "depth", 1);
    opts.node_max = cb_params_int(&rq->params, "limit", LIMIT_DEFAULT);
    opts.direction = read_direction(rq);
    if ((rc = read_types(&opts.types, rq, err)) != CB_OK)
        return rc;
    if (!rq->worker && opts.node_max > LOOP_LIMIT && cb_snapshot_doc_n(rq->snapshot) > LOOP_LIMIT)
        return cb_reply_later(rp);
    if ((rc = cb_walk_from(&walk, rq->snapshot, cb_request_ref(rq), &opts, rq->arena, err)) != CB_OK)
        return rc;
    put_walk(&rp->body, rq, &walk);
    return CB_OK;
}

static const struct cb_param_rule walk_params[] = {
    {"depth", CB_PARAM_INT, false, 1, CB_WALK_DEPTH_MAX, NULL},
    {"direction", CB_PARAM_WORD, false, 0, 0, "both, out, in"},
    {"relation", CB_PARAM_LIST, false, 0, 0, NULL},
    {"limit", CB_PARAM_INT, false, 1, CB_WALK_NODE_MAX, NULL},
    {0},
};

const struct cb_route cb_routes_relation[] = {
    {CB_GET, "/api/graph/{kind}/{namespace}/{name}", CB_RIGHT_READ, CB_ROUTE_CATALOG, get_neighbourhood, "GetNeighbourhood",
     "What stands within some steps of an entity", walk_params},
    {0},
};
