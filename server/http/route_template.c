/* /api/scaffolder/v2: what templates ask for, which actions and filters there are. */
#include <stdlib.h>

#include "catalog/entity/ref.h"
#include "server/http/router.h"
#include "server/http/template_find.h"
#include "server/scaffold/action.h"

/* ---- a template by its ref */

enum cb_code cb_template_read_ref(cb_str *out, struct cb_request *rq, struct cb_err *err)
{
    static const struct cb_ref preset = {{"template", 8}, {"default", 7}, {"", 0}};
    struct cb_ref ref;
    cb_str text;
    enum cb_code rc = cb_body_text(&text, rq->json, "request/body", "templateRef", true, err);

    if (rc != CB_OK || (rc = cb_ref_parse(&ref, text, &preset, err)) != CB_OK)
        return rc;
    *out = cb_arena_lower(rq->arena, cb_arena_printf(rq->arena, "%" CB_FMT ":%" CB_FMT "/%" CB_FMT, CB_ARG(ref.kind), CB_ARG(ref.space),
                                                     CB_ARG(ref.name)));
    return CB_OK;
}

enum cb_code cb_template_find(struct cb_node **out, struct cb_request *rq, cb_str ref, struct cb_err *err)
{
    struct cb_buf json = CB_BUF_INIT;
    enum cb_code rc;
    cb_doc doc;

    if (!cb_snapshot_loaded(rq->snapshot))
        return cb_fail(err, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    if (!cb_snapshot_find(&doc, rq->snapshot, ref))
        return cb_fail(err, CB_ENOTFOUND, "Template %" CB_FMT " not found", CB_ARG(cb_str_cut(ref, 300)));
    cb_doc_put(&json, rq->snapshot, doc);
    rc = cb_node_parse(out, rq->arena, cb_arena_str(rq->arena, cb_buf_str(&json)), err);
    cb_buf_fini(&json);
    return rc == CB_OK ? cb_template_is(*out, err) : rc;
}

/* GET …/templates/{namespace}/{kind}/{name}/parameter-schema: in this order */
static enum cb_code get_form(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    cb_str ref = cb_arena_lower(rq->arena, cb_arena_printf(rq->arena, "%" CB_FMT ":%" CB_FMT "/%" CB_FMT, CB_ARG(rq->args[1]), CB_ARG(rq->args[0]),
                                                           CB_ARG(rq->args[2])));
    struct cb_node *entity;
    enum cb_code rc;

    if ((rc = cb_template_find(&entity, rq, ref, err)) != CB_OK)
        return rc;
    cb_template_put_form(&rp->body, rq->arena, entity);
    return CB_OK;
}

/* GET …/actions */
static enum cb_code get_actions(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_actions set;

    (void)err;
    cb_actions_load(&set, rq->arena, rq->env->plugins);
    cb_actions_put(&rp->body, &set);
    cb_actions_fini(&set);
    return CB_OK;
}

/* ---- GET …/templating-extensions: the language's own plugin knows */

struct asking {
    struct cb_plugin_call call;
    struct cb_plugins *plugins;
    struct cb_outside *outside;
};

static void forget(void *arg)
{
    struct asking *q = arg;

    free(q->call.answer);
}

static void answered(struct cb_plugin_call *call)
{
    struct asking *q = (struct asking *)(void *)call;

    q->outside->wake(q->outside);
}

static void ask(void *ctx, struct cb_outside *o)
{
    struct asking *q = ctx;

    q->outside = o;
    q->call.done = answered;
    cb_plugin_call(q->plugins, &q->call);
}

static enum cb_code get_extensions(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct asking *q = rq->kept;

    if (!rq->env->plugins)
        return cb_fail(err, CB_EUNAVAILABLE, "this callboard runs no plugins");
    if (!q) {
        rq->kept = q = CB_NEW(rq->arena, struct asking);
        cb_arena_defer(rq->arena, forget, q);
        q->plugins = rq->env->plugins;
        q->call = (struct cb_plugin_call){.what = CB_PLUGIN_ROUTE,
                                          .plugin = CB_LIT(CB_SCAFFOLD_LANGUAGE),
                                          .owner = CB_LIT("GET"),
                                          .name = CB_LIT("extensions"),
                                          .user = cb_str_cstr(rq->caller.user),
                                          .input = CB_LIT("{\"path\":{},\"query\":{},\"headers\":{},\"body\":null}")};
        return cb_reply_outside(rp, ask, q);
    }
    if (q->call.end != CB_PLUGIN_OK)
        return cb_fail(err, CB_EUNAVAILABLE, "the template language cannot be asked: %s", q->call.err.text[0] ? q->call.err.text : "it said nothing");
    cb_buf_put(&rp->body, q->call.answer, q->call.answer_n);
    return CB_OK;
}

/* ---- POST …/autocomplete/{provider}/{resource}: what a form's field may complete; no provider is built in */

static enum cb_code post_autocomplete(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    const struct cb_node *context = cb_node_get(rq->json, "context");
    cb_str token;
    enum cb_code rc;

    (void)rp;
    if (!context)
        return cb_fail(err, CB_EINVAL, "request/body must have required property 'context'");
    if (context->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, "request/body/context must be object");
    if ((rc = cb_body_text(&token, rq->json, "request/body", "token", true, err)) != CB_OK)
        return rc;
    return cb_fail(err, CB_EINVAL, "Unsupported provider: %" CB_FMT, CB_ARG(cb_str_cut(rq->args[0], 100)));
}

/* ---- GET …/permissions/metadata: what a permission framework may decide about. callboard itself decides by roles */

#define PERMISSION(name, action) "{\"type\":\"basic\",\"name\":\"" name "\",\"attributes\":{" action "}}"
#define RESOURCE(name, action, type)                                                                                              \
    "{\"type\":\"resource\",\"name\":\"" name "\",\"attributes\":{" action "},\"resourceType\":\"" type "\"}"
#define ACTION(word) "\"action\":\"" word "\""
#define RULE(name, about, type, required, properties)                                                                             \
    "{\"name\":\"" name "\",\"description\":\"" about "\",\"resourceType\":\"" type                                               \
    "\",\"paramsSchema\":{\"type\":\"object\",\"properties\":{" properties "},\"required\":[" required                            \
    "],\"additionalProperties\":false,\"$schema\":\"http://json-schema.org/draft-07/schema#\"}}"
#define TEXT(name, about) "\"" name "\":{\"type\":\"string\",\"description\":\"" about "\"}"

static const char metadata[] =
    "{\"permissions\":["
    RESOURCE("scaffolder.action.execute", "", "scaffolder-action") ","
    RESOURCE("scaffolder.template.parameter.read", ACTION("read"), "scaffolder-template") ","
    RESOURCE("scaffolder.template.step.read", ACTION("read"), "scaffolder-template") ","
    PERMISSION("scaffolder.task.create", ACTION("create")) ","
    RESOURCE("scaffolder.task.cancel", "", "scaffolder-task") ","
    RESOURCE("scaffolder.task.read", ACTION("read"), "scaffolder-task") ","
    PERMISSION("scaffolder.template.management", "") ","
    PERMISSION("scaffolder.template.dry-run", "")
    "],\"rules\":["
    RULE("HAS_TAG", "Match parameters or steps with the given tag", "scaffolder-template", "\"tag\"",
         TEXT("tag", "Name of the tag to match on")) ","
    RULE("HAS_ACTION_ID", "Match actions with the given actionId", "scaffolder-action", "\"actionId\"",
         TEXT("actionId", "Name of the actionId to match on"))
    "]}";

static enum cb_code get_permissions(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    (void)rq, (void)err;
    rp->fixed = cb_str_cstr(metadata);
    return CB_OK;
}

const struct cb_route cb_routes_template[] = {
    {CB_GET, "/api/scaffolder/v2/templates/{namespace}/{kind}/{name}/parameter-schema", CB_RIGHT_READ, CB_ROUTE_WORKER | CB_ROUTE_WAITS, get_form,
     "GetTemplateParameterSchema", "The form of a template", NULL},
    {CB_GET, "/api/scaffolder/v2/actions", CB_RIGHT_READ, CB_ROUTE_WORKER, get_actions, "ListActions", "The actions that a template's steps may use",
     NULL},
    {CB_GET, "/api/scaffolder/v2/templating-extensions", CB_RIGHT_READ, 0, get_extensions, "ListTemplatingExtensions",
     "The filters and globals that a template's expressions may use", NULL},
    {CB_POST, "/api/scaffolder/v2/autocomplete/{provider}/{resource}", CB_RIGHT_TEMPLATES, 0, post_autocomplete, "Autocomplete",
     "What a form's field may be completed to", NULL},
    {CB_GET, "/api/scaffolder/.well-known/backstage/permissions/metadata", CB_RIGHT_READ, 0, get_permissions, "GetScaffolderPermissionMetadata",
     "What a permission framework may decide about templates", NULL},
    {0},
};
