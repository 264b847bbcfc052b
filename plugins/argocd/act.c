/*
 * What a person may do from a panel. Only to applications that the entity's own annotations select, and only what the operator has
 * switched on ("actions" in the configuration). Argo CD's own rights come on top: a token that may only read does nothing.
 */
#include <string.h>

#include "plugins/argocd/argocd.h"

/* The one that the input names, among those of the entity. */
static const struct argo_app *find(struct argo *a, const char *instance)
{
    const struct callboard_json *input = a->host->input(a->call);
    const char *name = argo_text(a, input, "/app"), *space = argo_text(a, input, "/namespace");
    const struct argo_app *found = NULL;

    for (size_t i = 0; i < a->app_n; i++) {
        const struct argo_app *app = &a->apps[i];

        if (strcmp(app->name, name) != 0 || (*space && strcmp(app->space, space) != 0) || (instance && strcmp(app->instance->name, instance) != 0))
            continue;
        if (found) {
            a->host->fail(a->call, CALLBOARD_EINVAL, "there are several applications '%s': say which instance and namespace", name);
            return NULL;
        }
        found = app;
    }
    if (!found && a->problem_n)
        a->host->fail(a->call, a->problems[0].code, "%s", a->problems[0].message);
    else if (!found)
        a->host->fail(a->call, CALLBOARD_EDENIED, "'%.100s' is none of this entity's applications", name);
    return found;
}

/* CALLBOARD_OK with *OUT, or CALLBOARD_FAILED. */
static int begin(const struct argo_app **out, struct argo *a, const char *action)
{
    const char *instance = a->host->text(a->host->input(a->call), "/instance", NULL);
    int rc;

    if (!argo_is_on(a, action))
        return a->host->fail(a->call, CALLBOARD_EDENIED, "%s is switched off: plugins.argocd.actions of the configuration says what may be done", action);
    rc = argo_select(a, instance);
    if (rc == CALLBOARD_ABSENT)
        return a->host->fail(a->call, CALLBOARD_EDENIED, "this entity has no application of Argo CD");
    if (rc != CALLBOARD_OK)
        return rc;
    *out = find(a, instance);
    return *out ? CALLBOARD_OK : CALLBOARD_FAILED;
}

static const char *flag(const struct argo *a, const char *pointer)
{
    return a->host->boolean(a->host->input(a->call), pointer, 0) ? "true" : "false";
}

/* The members that each body begins with. */
static const char *body_of(const struct argo *a, const struct argo_app *app)
{
    return a->host->format(a->call, "\"name\":%s,\"appNamespace\":%s,\"project\":%s,\"prune\":%s,\"dryRun\":%s", argo_quote(a, app->name),
                           argo_quote(a, app->space), argo_quote(a, app->project), flag(a, "/prune"), flag(a, "/dryRun"));
}

static const char *path_of(const struct argo *a, const struct argo_app *app, const char *rest)
{
    return a->host->format(a->call, "/api/v1/applications/%s%s", a->host->escape(a->call, app->name), rest);
}

static int done(struct argo *a, const struct argo_app *app, int rc, const char *message)
{
    if (rc < 0)
        return a->host->fail(a->call, rc, "%s", a->why);
    a->host->put_text(a->call, "message", message);
    a->host->put_text(a->call, "url", argo_app_url(a, app));
    return CALLBOARD_OK;
}

static int sync(struct argo *a, const struct argo_app *app)
{
    const struct callboard_json *answer, *input = a->host->input(a->call);
    const char *user = a->host->user(a->call), *revision = argo_text(a, input, "/revision");
    const char *body = a->host->format(a->call, "{%s%s%s,\"infos\":[{\"name\":\"callboard\",\"value\":%s}]}", body_of(a, app),
                                       *revision ? ",\"revision\":" : "", *revision ? argo_quote(a, revision) : "", argo_quote(a, user ? user : "callboard"));
    int rc = argo_write(&answer, a, app->instance, "POST", path_of(a, app, "/sync"), body);

    return done(a, app, rc,
                a->host->format(a->call, "%s of %s in %s has begun%s", a->host->boolean(input, "/dryRun", 0) ? "A dry run" : "The sync", app->name,
                                app->instance->name, a->host->boolean(input, "/prune", 0) ? ", with pruning" : ""));
}

static int refresh(struct argo *a, const struct argo_app *app)
{
    const struct callboard_json *answer;
    bool hard = strcmp(a->host->text(a->host->input(a->call), "/refresh", "normal"), "hard") == 0;
    int rc = argo_write(&answer, a, app->instance, "GET",
                        path_of(a, app, a->host->format(a->call, "?refresh=%s&%s", hard ? "hard" : "normal", argo_scope(a, app))), NULL);

    return done(a, app, rc,
                a->host->format(a->call, "%s was compared with Git anew%s: %s", app->name, hard ? ", without the cache of its manifests" : "",
                                a->host->text(answer, "/status/sync/status", "Unknown")));
}

static int terminate(struct argo *a, const struct argo_app *app)
{
    const struct callboard_json *answer;
    int rc = argo_write(&answer, a, app->instance, "DELETE", path_of(a, app, a->host->format(a->call, "/operation?%s", argo_scope(a, app))), NULL);

    return done(a, app, rc, a->host->format(a->call, "The operation of %s in %s is being stopped", app->name, app->instance->name));
}

/* Argo CD is asked for an id of the history: one that is no longer there is told before anything is done. */
static int rollback(struct argo *a, const struct argo_app *app)
{
    int64_t id = a->host->integer(a->host->input(a->call), "/id", -1);
    const struct callboard_json *whole, *history, *answer;
    const char *revision = NULL;
    int rc = argo_get(&whole, a, app->instance, path_of(a, app, a->host->format(a->call, "?%s", argo_scope(a, app))));

    if (rc < 0)
        return done(a, app, rc, "");
    history = a->host->get(whole, "/status/history");
    for (size_t i = 0; i < a->host->count(history, ""); i++)
        if (a->host->integer(a->host->at(history, i), "/id", -1) == id)
            revision = argo_revisions(a, a->host->at(history, i), "");
    if (!revision)
        return a->host->fail(a->call, CALLBOARD_ENOTFOUND, "the history of %s has no entry %lld any more", app->name, (long long)id);
    rc = argo_write(&answer, a, app->instance, "POST", path_of(a, app, "/rollback"),
                    a->host->format(a->call, "{%s,\"id\":%lld}", body_of(a, app), (long long)id));
    return done(a, app, rc, a->host->format(a->call, "%s in %s goes back to %s", app->name, app->instance->name, revision));
}

static int act(const struct callboard_host *host, struct callboard_call *call, const char *action, int (*run)(struct argo *, const struct argo_app *))
{
    const struct argo_app *app = NULL;
    struct argo a;
    int rc = argo_init(&a, host, call);

    if (rc == CALLBOARD_OK && (rc = begin(&app, &a, action)) == CALLBOARD_OK)
        rc = run(&a, app);
    argo_fini(&a);
    return rc;
}

int argo_sync(const struct callboard_host *host, struct callboard_call *call)
{
    return act(host, call, "sync", sync);
}

int argo_refresh(const struct callboard_host *host, struct callboard_call *call)
{
    return act(host, call, "refresh", refresh);
}

int argo_terminate(const struct callboard_host *host, struct callboard_call *call)
{
    return act(host, call, "terminate", terminate);
}

int argo_rollback(const struct callboard_host *host, struct callboard_call *call)
{
    return act(host, call, "rollback", rollback);
}
