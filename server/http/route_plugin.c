/* /api/plugins: which there are and how they are. */
#include <stdlib.h>

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

/* ---- METHOD /api/plugins/{plugin}/{path}: a plugin's own routes */

struct asking {
    struct cb_plugin_call call;
    struct cb_plugins *plugins;
    struct cb_outside *outside;
    struct cb_describe *describe;
    const struct cb_plugin_route *route;
    bool asked;
};

static void forget(void *arg)
{
    struct asking *q = arg;

    free(q->call.answer);
    cb_describe_unref(q->describe);
}

static void answered(struct cb_plugin_call *call)
{
    struct asking *q = (struct asking *)(void *)call;

    q->outside->wake(q->outside);
}

static void leave(struct cb_outside *o)
{
    struct asking *q = o->ctx;

    cb_plugin_cancel(q->plugins, &q->call);
}

/* What changes something is done to its end, whoever leaves. */
static void begin(void *ctx, struct cb_outside *o)
{
    struct asking *q = ctx;

    q->outside = o;
    o->ctx = q;
    o->leave = cb_str_eq(q->route->method, CB_LIT("GET")) ? leave : NULL;
    q->call.done = answered;
    cb_plugin_call(q->plugins, &q->call);
}

/* "forecast/{region}" against "forecast/eu": the variable parts as members of a JSON object. */
static bool fits(struct cb_buf *out, struct cb_arena *a, cb_str pattern, cb_str path)
{
    cb_str want, part;
    size_t n = 0;

    cb_buf_clear(out);
    cb_buf_put_char(out, '{');
    for (;;) {
        bool more = cb_str_split(&want, &pattern, '/'), left = cb_str_split(&part, &path, '/');

        if (!more || !left) {
            cb_buf_put_char(out, '}');
            return !more && !left;
        }
        part = cb_percent_decode(a, part, false);
        if (want.n < 3 || want.p[0] != '{') {
            if (!cb_str_eq(want, part))
                return false;
            continue;
        }
        if (part.n == 0)
            return false;
        if (n++)
            cb_buf_put_char(out, ',');
        cb_buf_put_json(out, cb_str_sub(want, 1, want.n - 1));
        cb_buf_put_char(out, ':');
        cb_buf_put_json(out, part);
    }
}

static bool find_route(struct asking *q, struct cb_buf *path, struct cb_request *rq)
{
    cb_str method = rq->method == CB_HEAD ? CB_LIT("GET") : rq->method_text;

    for (size_t i = 0; i < q->describe->route_n; i++) {
        q->route = &q->describe->routes[i];
        if (cb_str_eq(q->route->method, method) && fits(path, rq->arena, q->route->path, rq->args[1]))
            return true;
    }
    return false;
}

static enum cb_code check_right(const struct asking *q, const struct cb_request *rq, struct cb_err *err)
{
    if (rq->caller.role >= q->route->role)
        return CB_OK;
    if (rq->caller.how == CB_CALLER_NOBODY)
        return cb_fail(err, CB_EAUTH, "Missing credentials");
    return cb_fail(err, CB_EDENIED, "%s may not do this: it needs the role %s, and this caller is a %s", rq->caller.user,
                   cb_role_name(q->route->role), cb_role_name(rq->caller.role));
}

/* Anything goes where the plugin itself checks who it is; else JSON, as everywhere: no form of another page is one. */
static enum cb_code put_body(struct cb_buf *out, struct asking *q, struct cb_request *rq, struct cb_err *err)
{
    bool json = cb_str_eq_nocase(cb_str_trim(cb_str_sub(rq->headers.content_type, 0, cb_str_find_char(rq->headers.content_type, ';', 0))),
                                 CB_LIT("application/json"));
    struct cb_node *body = NULL;
    enum cb_code rc;

    if ((int64_t)rq->body.n > rq->config->body_max_bytes)
        return cb_fail(err, CB_EINVAL, "request entity too large");
    if (!json && q->route->role != CB_ROLE_NONE && (rq->method == CB_POST || rq->method == CB_PUT))
        return cb_fail(err, CB_EINVAL, "unsupported media type: send Content-Type: application/json");
    if (json && rq->body.n && (rc = cb_node_parse(&body, rq->arena, rq->body, err)) != CB_OK)
        return rc;
    cb_buf_put_cstr(out, ",\"body\":");
    if (body)
        cb_node_dump(out, body);
    else
        cb_buf_put_cstr(out, "null");
    cb_put_member(out, "raw", rq->body);
    return CB_OK;
}

static enum cb_code make_input(struct asking *q, struct cb_request *rq, cb_str path, struct cb_err *err)
{
    struct cb_buf out = CB_BUF_INIT;
    enum cb_code rc;

    cb_buf_put_cstr(&out, "{\"path\":");
    cb_buf_put_str(&out, path);
    cb_buf_put_cstr(&out, ",\"query\":{");
    for (size_t i = 0, n = 0; i < rq->params.n; i++) {
        bool first = true;

        for (size_t j = 0; j < i && first; j++)
            first = !cb_str_eq(rq->params.v[j].name, rq->params.v[i].name);
        if (!first)
            continue;
        if (n++)
            cb_buf_put_char(&out, ',');
        cb_buf_put_json(&out, rq->params.v[i].name);
        cb_buf_put_char(&out, ':');
        cb_buf_put_json(&out, rq->params.v[i].value);
    }
    cb_buf_put_cstr(&out, "},\"headers\":");
    cb_request_put_headers(&out, rq);
    rc = put_body(&out, q, rq, err);
    cb_buf_put_char(&out, '}');
    q->call.input = cb_arena_str(rq->arena, cb_buf_str(&out));
    cb_buf_fini(&out);
    return rc;
}

static enum cb_code tell(struct asking *q, struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_node *answer;

    rp->no_store = true;
    switch (q->call.end) {
    case CB_PLUGIN_OK: break;
    case CB_PLUGIN_ABSENT: return cb_fail(err, CB_ENOTFOUND, "the plugin %" CB_FMT " has nothing there", CB_ARG(q->describe->name));
    case CB_PLUGIN_INVALID:
    case CB_PLUGIN_LIMIT: return cb_fail(err, CB_EINVAL, "%s", q->call.err.text);
    case CB_PLUGIN_DENIED: return cb_fail(err, CB_EDENIED, "%s", q->call.err.text);
    case CB_PLUGIN_NOT_FOUND: return cb_fail(err, CB_ENOTFOUND, "%s", q->call.err.text);
    case CB_PLUGIN_CONFLICT: return cb_fail(err, CB_ECONFLICT, "%s", q->call.err.text);
    default: return cb_fail(err, cb_plugin_end_code(q->call.end), "%s", q->call.err.text);
    }
    if (cb_node_parse(&answer, rq->arena, cb_str_make(q->call.answer, q->call.answer_n), err) != CB_OK)
        return cb_fail(err, CB_EUPSTREAM, "the plugin %" CB_FMT " answered what is no JSON", CB_ARG(q->describe->name));
    cb_buf_put(&rp->body, q->call.answer, q->call.answer_n);
    return CB_OK;
}

static enum cb_code ask_plugin(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct asking *q = rq->kept;
    enum cb_plugin_state state;
    struct cb_buf path = CB_BUF_INIT;
    enum cb_code rc;
    bool found;

    if (q && q->asked)
        return tell(q, rq, rp, err);
    if (!rq->env->plugins)
        return no_plugins(err);
    rq->kept = q = CB_NEW(rq->arena, struct asking);
    cb_arena_defer(rq->arena, forget, q);
    q->plugins = rq->env->plugins;
    q->describe = cb_plugins_describe(q->plugins, rq->args[0], &state);
    found = q->describe && find_route(q, &path, rq);
    if (!found)
        rc = cb_fail(err, CB_ENOTFOUND, "no plugin answers %" CB_FMT " %" CB_FMT, CB_ARG(cb_str_sub(rq->method_text, 0, 16)),
                     CB_ARG(cb_str_sub(rq->path, 0, 200)));
    else if ((rc = check_right(q, rq, err)) == CB_OK)
        rc = make_input(q, rq, cb_buf_str(&path), err);
    cb_buf_fini(&path);
    if (rc != CB_OK)
        return rc;
    q->call.what = CB_PLUGIN_ROUTE;
    q->call.plugin = q->describe->name;
    q->call.owner = q->route->method;
    q->call.name = q->route->path;
    q->call.user = cb_str_cstr(rq->caller.user);
    q->asked = true;
    return cb_reply_outside(rp, begin, q);
}

#define OWN_PATH "/api/plugins/{plugin}/{path}"
#define OWN_FLAGS (CB_ROUTE_RAW | CB_ROUTE_TAIL)

const struct cb_route cb_routes_plugin[] = {
    {CB_GET, "/api/plugins", CB_RIGHT_READ, CB_ROUTE_WORKER, get_plugins, "GetPlugins", "Which plugins there are, and how they are", NULL},
    {CB_GET, "/api/plugins/{plugin}", CB_RIGHT_READ, CB_ROUTE_WORKER, get_plugin, "GetPlugin", "One plugin", NULL},
    {CB_POST, "/api/plugins/{plugin}/reload", CB_RIGHT_RELOAD, 0, post_reload, "ReloadPlugin",
     "Load a plugin anew without dropping a call", NULL},
    {CB_GET, OWN_PATH, CB_RIGHT_PLUGIN, OWN_FLAGS, ask_plugin, "GetFromPlugin", "What a plugin answers itself", NULL},
    {CB_POST, OWN_PATH, CB_RIGHT_PLUGIN, OWN_FLAGS, ask_plugin, "PostToPlugin", "What a plugin takes itself", NULL},
    {CB_PUT, OWN_PATH, CB_RIGHT_PLUGIN, OWN_FLAGS, ask_plugin, "PutToPlugin", "What a plugin takes itself", NULL},
    {CB_DELETE, OWN_PATH, CB_RIGHT_PLUGIN, OWN_FLAGS, ask_plugin, "DeleteFromPlugin", "What a plugin removes itself", NULL},
    {0},
};
