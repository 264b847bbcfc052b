/* /api/plugins: which there are and how they are. */
#include "server/http/plugin_json.h"
#include "server/http/router.h"

static enum cb_code no_plugins(struct cb_err *err)
{
    return cb_fail(err, CB_EUNAVAILABLE, "this callboard runs no plugins");
}

static enum cb_code no_plugin(cb_str name, struct cb_err *err)
{
    return cb_fail(err, CB_ENOTFOUND, "there is no plugin %" CB_FMT, CB_ARG(cb_str_sub(name, 0, 100)));
}

static enum cb_code get_plugins(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_plugin_view *v;
    size_t n;

    if (!rq->env->plugins)
        return no_plugins(err);
    n = cb_plugins_all(&v, rq->arena, rq->env->plugins);
    cb_buf_put_cstr(&rp->body, "{\"items\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            cb_buf_put_char(&rp->body, ',');
        cb_plugin_put(&rp->body, &v[i]);
    }
    cb_buf_put_cstr(&rp->body, "]}");
    cb_plugin_views_free(v, n);
    rp->no_store = true;
    return CB_OK;
}

static enum cb_code get_plugin(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_plugin_view v;

    if (!rq->env->plugins)
        return no_plugins(err);
    if (!cb_plugins_find(&v, rq->arena, rq->env->plugins, rq->args[0]))
        return no_plugin(rq->args[0], err);
    cb_plugin_put(&rp->body, &v);
    cb_plugin_views_free(&v, 1);
    rp->no_store = true;
    return CB_OK;
}

/* POST /api/plugins/{plugin}/reload: answered before it is done; the old process serves until the new one is ready. */
static enum cb_code post_reload(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    enum cb_code rc;

    if (!rq->env->plugins)
        return no_plugins(err);
    if ((rc = cb_plugins_reload(rq->env->plugins, rq->args[0], err)) != CB_OK)
        return rc;
    rp->status = 202;
    rp->no_store = true;
    cb_buf_put_cstr(&rp->body, "{\"name\":");
    cb_buf_put_json(&rp->body, rq->args[0]);
    cb_buf_put_char(&rp->body, '}');
    return CB_OK;
}

const struct cb_route cb_routes_plugin[] = {
    {CB_GET, "/api/plugins", CB_RIGHT_READ, CB_ROUTE_WORKER, get_plugins, "GetPlugins", "Which plugins there are, and how they are", NULL},
    {CB_GET, "/api/plugins/{plugin}", CB_RIGHT_READ, CB_ROUTE_WORKER, get_plugin, "GetPlugin", "One plugin", NULL},
    {CB_POST, "/api/plugins/{plugin}/reload", CB_RIGHT_RELOAD, 0, post_reload, "ReloadPlugin",
     "Load a plugin anew without dropping a call", NULL},
    {0},
};
