/* /api/panels/{kind}/{namespace}/{name}: what plugins have to say about an entity. */
#include <xxhash.h>

#include "server/http/plugin_json.h"
#include "server/http/router.h"

static enum cb_code no_plugins(struct cb_err *err)
{
    return cb_fail(err, CB_EUNAVAILABLE, "this callboard runs no plugins");
}

static enum cb_code find_doc(cb_doc *doc, struct cb_request *rq, cb_str ref, struct cb_err *err)
{
    if (!cb_snapshot_loaded(rq->snapshot))
        return cb_fail(err, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    if (!cb_snapshot_find(doc, rq->snapshot, ref))
        return cb_fail(err, CB_ENOTFOUND, "there is no entity %" CB_FMT, CB_ARG(cb_str_sub(ref, 0, 300)));
    return CB_OK;
}

/* The entity as it is served, NUL-terminated in the arena. */
static cb_str entity_of(struct cb_request *rq, cb_doc doc)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str json;

    cb_doc_put(&out, rq->snapshot, doc);
    json = cb_arena_str(rq->arena, cb_buf_str(&out));
    cb_buf_fini(&out);
    return json;
}

/* ---- GET /api/panels/{kind}/{namespace}/{name}: what is there, without asking any plugin */

static void put_list(struct cb_request *rq, struct cb_buf *out, cb_str ref, const struct cb_node *entity, bool all)
{
    struct cb_plugin_view *v;
    size_t n = cb_plugins_all(&v, rq->arena, rq->env->plugins), put_n = 0;

    cb_buf_put_cstr(out, "{\"ref\":");
    cb_buf_put_json(out, ref);
    cb_buf_put_cstr(out, ",\"panels\":[");
    for (size_t i = 0; i < n; i++) {
        if (!v[i].describe || v[i].state == CB_PLUGIN_IS_DISABLED)
            continue;
        for (size_t j = 0; j < v[i].describe->panel_n; j++) {
            const struct cb_plugin_panel *panel = &v[i].describe->panels[j];
            bool applies = cb_describe_fits(panel, entity, false);

            if (!applies && !(all && cb_describe_fits(panel, entity, true)))
                continue;
            if (put_n++)
                cb_buf_put_char(out, ',');
            cb_plugin_put_panel(out, &v[i], panel, ref, applies, rq->caller.role);
        }
    }
    cb_buf_put_cstr(out, "],\"problems\":[");
    put_n = 0;
    for (size_t i = 0; i < n; i++) {
        if (v[i].state == CB_PLUGIN_IS_READY || v[i].state == CB_PLUGIN_IS_LOADING || v[i].state == CB_PLUGIN_IS_DISABLED)
            continue;
        if (put_n++)
            cb_buf_put_char(out, ',');
        cb_plugin_put_trouble(out, &v[i]);
    }
    cb_buf_put_cstr(out, "]}");
    cb_plugin_views_free(v, n);
}

static enum cb_code get_panels(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    bool all = cb_str_eq(cb_params_get(&rq->params, "all"), CB_LIT("true"));
    cb_str ref = cb_request_ref(rq);
    struct cb_node *entity;
    enum cb_code rc;
    cb_doc doc;

    if (!rq->env->plugins)
        return no_plugins(err);
    if ((rc = find_doc(&doc, rq, ref, err)) != CB_OK || (rc = cb_node_parse(&entity, rq->arena, entity_of(rq, doc), err)) != CB_OK)
        return rc;
    put_list(rq, &rp->body, ref, entity, all);
    rp->no_store = true;
    return CB_OK;
}

/* ---- GET …/{plugin}/{panel}: its data */

/* What is kept while the plugin is asked. */
struct asking {
    struct cb_panel_wait wait;
    struct cb_outside *outside;
    struct cb_describe *describe;
    const struct cb_plugin_panel *panel;
    struct cb_panels *panels;
    struct cb_panel_want want;
    struct cb_panel_view view;
    bool asked;
};

static void forget(void *arg)
{
    struct asking *q = arg;

    cb_panel_data_unref(q->view.data);
    cb_describe_unref(q->describe);
}

static enum cb_code no_panel(struct cb_request *rq, struct cb_err *err)
{
    return cb_fail(err, CB_ENOTFOUND, "there is no panel %" CB_FMT "/%" CB_FMT, CB_ARG(cb_str_sub(rq->args[3], 0, 64)),
                   CB_ARG(cb_str_sub(rq->args[4], 0, 64)));
}

/* The plugin's tables and the panel that the path names; a plugin that never loaded is told as what it is. */
static enum cb_code find_panel(struct asking *q, struct cb_request *rq, struct cb_err *err)
{
    struct cb_plugin_view v;
    int row;

    if (!cb_plugins_find(&v, rq->arena, rq->env->plugins, rq->args[3]))
        return no_panel(rq, err);
    q->describe = v.describe;
    if (!q->describe)
        return cb_fail(err, CB_EUNAVAILABLE, "the plugin %" CB_FMT " is %s%s%" CB_FMT, CB_ARG(v.name), cb_plugin_state_name(v.state),
                       v.why.n ? ": " : "", CB_ARG(v.why));
    if ((row = cb_describe_panel(q->describe, rq->args[4])) < 0)
        return no_panel(rq, err);
    q->panel = &q->describe->panels[row];
    return CB_OK;
}

static void woke(struct cb_panel_wait *w)
{
    struct asking *q = (struct asking *)(void *)((char *)w - offsetof(struct asking, wait));

    q->view = q->wait.view;
    q->outside->wake(q->outside);
}

static void begin(void *ctx, struct cb_outside *o)
{
    struct asking *q = ctx;

    q->outside = o;
    q->wait.wake = woke;
    if (cb_panel_get(&q->view, q->panels, &q->want, &q->wait) == CB_PANEL_HERE)
        o->wake(o);
}

static enum cb_code answer(struct cb_request *rq, struct cb_reply *rp, const struct asking *q, cb_str ref)
{
    const struct cb_panel_view *view = &q->view;

    cb_plugin_put_envelope(&rp->body, rq->arena, q->describe, q->panel, ref, view, rq->caller.role);
    if (!view->data)
        rp->status = cb_code_http(cb_plugin_end_code(view->end));
    rp->no_store = true;
    return CB_OK;
}

static enum cb_code get_panel(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    cb_str ref = cb_request_ref(rq), body;
    struct asking *q = rq->kept;
    enum cb_code rc;
    cb_doc doc;

    if (q && q->asked)
        return answer(rq, rp, q, ref);
    if (!rq->env->plugins)
        return no_plugins(err);
    rq->kept = q = CB_NEW(rq->arena, struct asking);
    cb_arena_defer(rq->arena, forget, q);
    if ((rc = find_doc(&doc, rq, ref, err)) != CB_OK || (rc = find_panel(q, rq, err)) != CB_OK)
        return rc;
    body = cb_doc_body(rq->snapshot, doc);
    q->panels = rq->env->panels;
    q->want = (struct cb_panel_want){
        .plugin = q->describe->name,
        .ref = ref,
        .panel = q->panel,
        .entity = entity_of(rq, doc),
        .hash = XXH3_64bits(body.p, body.n),
        .refresh = cb_str_eq(cb_params_get(&rq->params, "refresh"), CB_LIT("true")),
    };
    q->asked = true;
    return cb_reply_outside(rp, begin, q);
}

static const struct cb_param_rule list_params[] = {{"all", CB_PARAM_WORD, false, 0, 0, "true, false"}, {0}};
static const struct cb_param_rule panel_params[] = {{"refresh", CB_PARAM_WORD, false, 0, 0, "true, false"}, {0}};

const struct cb_route cb_routes_panel[] = {
    {CB_GET, "/api/panels/{kind}/{namespace}/{name}", CB_RIGHT_READ, CB_ROUTE_WAITS, get_panels, "GetPanels",
     "Which panels an entity has, without asking any plugin", list_params},
    {CB_GET, "/api/panels/{kind}/{namespace}/{name}/{plugin}/{panel}", CB_RIGHT_READ, CB_ROUTE_WAITS, get_panel, "GetPanel",
     "What a panel shows, with its age", panel_params},
    {0},
};
