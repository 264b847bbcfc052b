/* /api/panels/{kind}/{namespace}/{name}: what plugins have to say about an entity. */
#include <stdlib.h>
#include <xxhash.h>

#include "catalog/base/log.h"
#include "catalog/base/schema.h"
#include "catalog/persist/token_store.h"
#include "server/http/plugin_json.h"
#include "server/http/router.h"
#include "server/plugin/settings.h"
#include "server/plugin/shape.h"

#define SECRET_N 32 /* texts of an input that are kept out of the audit */

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

static void leave(struct cb_outside *o)
{
    struct asking *q = o->ctx;

    cb_panel_leave(q->panels, &q->wait);
}

static void begin(void *ctx, struct cb_outside *o)
{
    struct asking *q = ctx;

    q->outside = o;
    o->ctx = q;
    o->leave = leave;
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

/* ---- POST …/actions/{action}: {"input": {…}} */

struct acting {
    struct cb_plugin_call call;
    struct cb_plugins *plugins;
    struct cb_outside *outside;
    struct cb_describe *describe;
    const struct cb_plugin_panel_action *action;
    const struct cb_node *input;
    bool asked;
};

static void forget_acting(void *arg)
{
    struct acting *q = arg;

    free(q->call.answer);
    cb_describe_unref(q->describe);
}

static void acted(struct cb_plugin_call *call)
{
    struct acting *q = (struct acting *)(void *)call;

    q->outside->wake(q->outside);
}

static void begin_acting(void *ctx, struct cb_outside *o)
{
    struct acting *q = ctx;

    q->outside = o;
    q->call.done = acted;
    cb_plugin_call(q->plugins, &q->call);
}

/* The row, and whether this caller may. */
static enum cb_code find_action(struct acting *q, struct cb_request *rq, const struct cb_node *entity, struct cb_err *err)
{
    enum cb_plugin_state state;
    int panel, row;

    q->describe = cb_plugins_describe(rq->env->plugins, rq->args[3], &state);
    if (!q->describe || (panel = cb_describe_panel(q->describe, rq->args[4])) < 0 ||
        !cb_describe_fits(&q->describe->panels[panel], entity, false))
        return no_panel(rq, err);
    if ((row = cb_describe_panel_action(q->describe, rq->args[4], rq->args[5])) < 0)
        return cb_fail(err, CB_ENOTFOUND, "the panel %" CB_FMT "/%" CB_FMT " has no action %" CB_FMT, CB_ARG(rq->args[3]), CB_ARG(rq->args[4]),
                       CB_ARG(cb_str_sub(rq->args[5], 0, 64)));
    q->action = &q->describe->panel_actions[row];
    if (rq->caller.role < q->action->role)
        return cb_fail(err, CB_EDENIED, "%s may not do this: it needs the role %s, and this caller is a %s", rq->caller.user,
                       cb_role_name(q->action->role), cb_role_name(rq->caller.role));
    return CB_OK;
}

static enum cb_code read_input(struct acting *q, struct cb_request *rq, struct cb_err *err)
{
    struct cb_schema_errors *errors = CB_NEW(rq->arena, struct cb_schema_errors);
    struct cb_node *input = cb_node_get(rq->json, "input");
    struct cb_buf json = CB_BUF_INIT;
    enum cb_code rc;

    if ((rc = cb_body_only(rq->json, "request/body", "input", err)) != CB_OK)
        return rc;
    if (!input)
        input = cb_node_new(rq->arena, CB_OBJECT);
    if (input->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "request/body/input must be object");
    if (!q->action->input && input->first)
        return cb_fail(err, CB_EINVAL, "request/body/input: this action takes no input");
    if (q->action->input) {
        cb_schema_fill(rq->arena, q->action->input, input);
        if ((rc = cb_schema_check(errors, rq->arena, q->action->input, input, err)) != CB_OK)
            return rc;
        if (errors->n)
            return cb_fail(err, CB_EINVAL, "request/body/input%" CB_FMT " %" CB_FMT, CB_ARG(errors->v[0].path), CB_ARG(errors->v[0].message));
    }
    q->input = input;
    cb_node_dump(&json, input);
    q->call.input = cb_arena_str(rq->arena, cb_buf_str(&json));
    cb_buf_fini(&json);
    return CB_OK;
}

static void gather_secret(cb_str text, void *ctx)
{
    struct cb_plugin_settings *s = ctx;
    cb_str *to = (cb_str *)(uintptr_t)s->secrets;

    if (s->secret_n < SECRET_N)
        to[s->secret_n++] = text;
}

/* Who did what, and what came of it. What the schema calls secret is left out. */
static cb_str detail_of(struct acting *q, struct cb_request *rq)
{
    cb_str secrets[SECRET_N], detail;
    struct cb_plugin_settings mask = {.secrets = secrets};
    struct cb_buf out = CB_BUF_INIT;

    if (q->action->input)
        cb_schema_each_text(q->action->input, q->input, "writeOnly", NULL, gather_secret, &mask);
    cb_buf_put_cstr(&out, "{\"input\":");
    cb_buf_put_str(&out, q->call.input);
    cb_put_member(&out, "result", cb_str_cstr(cb_plugin_end_name(q->call.end)));
    if (q->call.err.text[0])
        cb_put_member(&out, "message", cb_str_cstr(q->call.err.text));
    cb_buf_put_char(&out, '}');
    detail = cb_settings_mask(rq->arena, &mask, cb_arena_str(rq->arena, cb_buf_str(&out)));
    cb_buf_fini(&out);
    return detail;
}

/* It is done already: a row that cannot be written is told in the log. */
static void audit(struct acting *q, struct cb_request *rq, cb_str ref)
{
    cb_str what = cb_arena_printf(rq->arena, "panel.%" CB_FMT "/%" CB_FMT ".%" CB_FMT, CB_ARG(q->describe->name), CB_ARG(q->action->panel),
                                  CB_ARG(q->action->name));
    cb_str detail = detail_of(q, rq);
    struct cb_conn *conn = NULL;
    struct cb_err err = {0};
    enum cb_code rc = cb_request_conn(&conn, rq, &err);

    if (rc == CB_OK)
        rc = cb_audit_put(conn, cb_str_cstr(rq->caller.user), what, ref, detail, &err);
    cb_pool_give(rq->env->pool, conn);
    cb_log(rc == CB_OK ? CB_LOG_INFO : CB_LOG_ERROR, rc == CB_OK ? "panel.action" : "panel.action_not_audited",
           "user=%s action=%" CB_FMT " ref=%" CB_FMT " result=%s", rq->caller.user, CB_ARG(what), CB_ARG(ref), cb_plugin_end_name(q->call.end));
}

/* A code that says what the caller can do about it. */
static enum cb_code action_code(enum cb_plugin_end end)
{
    switch (end) {
    case CB_PLUGIN_INVALID: return CB_EINVAL;
    case CB_PLUGIN_NOT_FOUND: return CB_ENOTFOUND;
    case CB_PLUGIN_CONFLICT: return CB_ECONFLICT;
    default: return cb_plugin_end_code(end);
    }
}

static enum cb_code tell_action(struct acting *q, struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_node *answer = NULL;
    cb_str url;

    rp->no_store = true;
    if (q->call.end > CB_PLUGIN_ABSENT)
        return cb_fail(err, action_code(q->call.end), "%s", q->call.err.text);
    if (q->call.end == CB_PLUGIN_OK && cb_node_parse(&answer, rq->arena, cb_str_make(q->call.answer, q->call.answer_n), err) != CB_OK)
        return cb_fail(err, CB_EUPSTREAM, "the plugin %" CB_FMT " did it, but its answer makes no sense", CB_ARG(q->describe->name));
    cb_buf_put_cstr(&rp->body, "{\"action\":");
    cb_buf_put_json(&rp->body, q->action->name);
    cb_put_member(&rp->body, "result", CB_LIT("ok"));
    cb_put_member(&rp->body, "message", cb_node_text(answer, "message"));
    url = cb_node_text(answer, "url");
    if (url.n && cb_shape_is_link(url))
        cb_put_member(&rp->body, "url", url);
    cb_buf_put_char(&rp->body, '}');
    return CB_OK;
}

static enum cb_code post_action(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    cb_str ref = cb_request_ref(rq);
    struct acting *q = rq->kept;
    struct cb_node *entity;
    enum cb_code rc;
    cb_doc doc;

    if (q && q->asked) {
        if (!rq->worker)
            return cb_reply_later(rp); /* for the audit */
        cb_panels_expire(rq->env->panels, q->describe->name, ref);
        audit(q, rq, ref);
        return tell_action(q, rq, rp, err);
    }
    if (!rq->env->plugins)
        return no_plugins(err);
    rq->kept = q = CB_NEW(rq->arena, struct acting);
    cb_arena_defer(rq->arena, forget_acting, q);
    if ((rc = find_doc(&doc, rq, ref, err)) != CB_OK)
        return rc;
    q->call = (struct cb_plugin_call){.what = CB_PLUGIN_PANEL_ACTION, .ref = ref, .user = cb_str_cstr(rq->caller.user), .entity = entity_of(rq, doc)};
    if ((rc = cb_node_parse(&entity, rq->arena, q->call.entity, err)) != CB_OK || (rc = find_action(q, rq, entity, err)) != CB_OK ||
        (rc = read_input(q, rq, err)) != CB_OK)
        return rc;
    q->call.plugin = q->describe->name;
    q->call.owner = q->action->panel;
    q->call.name = q->action->name;
    q->plugins = rq->env->plugins;
    q->asked = true;
    return cb_reply_outside(rp, begin_acting, q);
}

static const struct cb_param_rule list_params[] = {{"all", CB_PARAM_WORD, false, 0, 0, "true, false"}, {0}};
static const struct cb_param_rule panel_params[] = {{"refresh", CB_PARAM_WORD, false, 0, 0, "true, false"}, {0}};

const struct cb_route cb_routes_panel[] = {
    {CB_GET, "/api/panels/{kind}/{namespace}/{name}", CB_RIGHT_READ, CB_ROUTE_WAITS, get_panels, "GetPanels",
     "Which panels an entity has, without asking any plugin", list_params},
    {CB_GET, "/api/panels/{kind}/{namespace}/{name}/{plugin}/{panel}", CB_RIGHT_READ, CB_ROUTE_WAITS, get_panel, "GetPanel",
     "What a panel shows, with its age", panel_params},
    {CB_POST, "/api/panels/{kind}/{namespace}/{name}/{plugin}/{panel}/actions/{action}", CB_RIGHT_ACT, 0, post_action, "RunPanelAction",
     "Do what a panel offers", NULL},
    {0},
};
