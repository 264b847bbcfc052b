/* POST /api/scaffolder/v2/dry-run: a template tried out, with what came of it. */
#include "catalog/base/base64.h"
#include "server/http/router.h"
#include "server/http/template_find.h"
#include "server/scaffold/runner.h"

#define WHERE "request/body"
#define FILE_N_MAX 10000

struct trying {
    struct cb_dry dry;
    struct cb_runner *runner;
    struct cb_outside *outside;
    struct cb_err refused;
    bool asked, was_refused;
};

static void forget(void *arg)
{
    struct trying *q = arg;

    cb_buf_fini(&q->dry.answer);
    cb_run_fini(&q->dry.run);
}

static void tried(struct cb_dry *dry)
{
    struct trying *q = (struct trying *)(void *)dry;

    q->outside->wake(q->outside);
}

static void begin(void *ctx, struct cb_outside *o)
{
    struct trying *q = ctx;

    q->outside = o;
    q->dry.done = tried;
    q->was_refused = cb_runner_dry(q->runner, &q->dry, &q->refused) != CB_OK;
    if (q->was_refused)
        o->wake(o);
}

static enum cb_code object_of(const struct cb_node **out, struct cb_request *rq, const char *key, bool required, struct cb_err *err)
{
    *out = cb_node_get(rq->json, key);
    if (!*out && required)
        return cb_fail(err, CB_EINVAL, WHERE " must have required property '%s'", key);
    if (*out && (*out)->type != CB_OBJECT)
        return cb_fail(err, CB_EINVAL, WHERE "/%s must be object", key);
    return CB_OK;
}

static enum cb_code files_of(struct cb_dry *dry, struct cb_request *rq, struct cb_err *err)
{
    const struct cb_node *list = cb_node_get(rq->json, "directoryContents"), *executable;
    struct cb_dry_file *v;
    cb_str text;
    enum cb_code rc;

    if (!list)
        return cb_fail(err, CB_EINVAL, WHERE " must have required property 'directoryContents'");
    if (list->type != CB_ARRAY)
        return cb_fail(err, CB_EINVAL, WHERE "/directoryContents must be array");
    if (list->child_n > FILE_N_MAX)
        return cb_fail(err, CB_ELIMIT, "%u files: at most %d are taken", list->child_n, FILE_N_MAX);
    v = CB_NEW_N(rq->arena, struct cb_dry_file, list->child_n + 1);
    for (const struct cb_node *f = list->first; f; f = f->next) {
        struct cb_dry_file *to = &v[dry->file_n];
        const char *path = WHERE "/directoryContents/0";

        if (f->type != CB_OBJECT)
            return cb_fail(err, CB_EINVAL, WHERE "/directoryContents/%zu must be object", dry->file_n);
        if ((rc = cb_body_text(&to->path, f, path, "path", true, err)) != CB_OK || (rc = cb_body_text(&text, f, path, "base64Content", true, err)) != CB_OK)
            return rc;
        if (!cb_base64_decode(&to->bytes, rq->arena, text))
            return cb_fail(err, CB_EINVAL, WHERE "/directoryContents/%zu/base64Content is no base64", dry->file_n);
        executable = cb_node_get(f, "executable");
        to->executable = executable && executable->type == CB_BOOL && executable->b;
        dry->file_n++;
    }
    dry->files = v;
    return CB_OK;
}

static enum cb_code secrets_of(struct cb_dry *dry, struct cb_request *rq, struct cb_err *err)
{
    enum cb_code rc = object_of(&dry->secrets, rq, "secrets", false, err);

    for (const struct cb_node *s = rc == CB_OK && dry->secrets ? dry->secrets->first : NULL; s; s = s->next)
        if (s->type != CB_STRING)
            return cb_fail(err, CB_EINVAL, WHERE "/secrets/%" CB_FMT " must be string", CB_ARG(cb_str_cut(s->key, 100)));
    return rc;
}

/*
 * A template of the catalog by its ref: what its relative URLs begin at is said by the catalog, never by who asks, who could name any
 * folder of this machine.
 */
static enum cb_code read_known(struct cb_dry *dry, struct cb_request *rq, struct cb_err *err)
{
    struct cb_node *entity;
    enum cb_code rc;
    cb_str ref;

    if (cb_node_get(rq->json, "template") || cb_node_get(rq->json, "directoryContents"))
        return cb_fail(err, CB_EINVAL, WHERE ": templateRef stands instead of template and directoryContents");
    if ((rc = cb_template_read_ref(&ref, rq, err)) != CB_OK || (rc = cb_template_find(&entity, rq, ref, err)) != CB_OK ||
        (rc = object_of(&dry->values, rq, "values", true, err)) != CB_OK || (rc = secrets_of(dry, rq, err)) != CB_OK)
        return rc;
    dry->entity = entity;
    dry->base_url = cb_template_base_url(rq->arena, entity);
    return CB_OK;
}

static enum cb_code read_body(struct cb_dry *dry, struct cb_request *rq, struct cb_err *err)
{
    enum cb_code rc;

    if (cb_node_get(rq->json, "templateRef"))
        return read_known(dry, rq, err);
    if ((rc = object_of(&dry->entity, rq, "template", true, err)) != CB_OK || (rc = object_of(&dry->values, rq, "values", true, err)) != CB_OK ||
        (rc = files_of(dry, rq, err)) != CB_OK || (rc = secrets_of(dry, rq, err)) != CB_OK)
        return rc;
    dry->run.unlent = !cb_policy_allows(rq->caller.role, CB_RIGHT_LOCATIONS); /* else he might register it, and have it all the same */
    return cb_template_is(dry->entity, err);
}

static enum cb_code post_dry_run(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_schema_errors *errors;
    struct trying *q = rq->kept;
    struct cb_buf body;
    bool of_secrets;
    enum cb_code rc;

    if (q && q->asked) {
        if (q->was_refused)
            return cb_fail(err, q->refused.code, "%s", q->refused.text);
        if (q->dry.code != CB_OK)
            return cb_fail(err, q->dry.code, "%s", q->dry.err.text);
        body = rp->body; /* it may be long: not copied on a loop */
        rp->body = q->dry.answer;
        q->dry.answer = body;
        rp->no_store = true;
        return CB_OK;
    }
    if (!rq->env->runner)
        return cb_fail(err, CB_EUNAVAILABLE, "this callboard runs no templates");
    rq->kept = q = CB_NEW(rq->arena, struct trying);
    cb_run_init(&q->dry.run);
    cb_arena_defer(rq->arena, forget, q);
    errors = CB_NEW(rq->arena, struct cb_schema_errors);
    if ((rc = read_body(&q->dry, rq, err)) != CB_OK ||
        (rc = cb_template_check(errors, &of_secrets, rq->arena, q->dry.entity, q->dry.values, q->dry.secrets, err)) != CB_OK)
        return rc;
    if (errors->n) {
        rp->status = 400;
        cb_template_put_errors(&rp->body, errors, of_secrets);
        return CB_OK;
    }
    q->dry.arena = rq->arena;
    q->dry.user = cb_str_cstr(rq->caller.user);
    q->dry.user_entity = cb_template_caller(rq);
    q->runner = rq->env->runner;
    q->asked = true;
    return cb_reply_outside(rp, begin, q);
}

const struct cb_route cb_routes_dry[] = {
    {CB_POST, "/api/scaffolder/v2/dry-run", CB_RIGHT_TEMPLATES, CB_ROUTE_WORKER | CB_ROUTE_LARGE, post_dry_run, "DryRun",
     "Try a template out: files, diff, log and output", NULL},
    {0},
};
