/* The overview: a row for each application, with what a person on call asks first. */
#include <string.h>

#include "plugins/argocd/argocd.h"

#define IMAGE_N 4      /* shown by name */
#define RESOURCE_N 3   /* named as reasons */
#define REASON_MAX 200 /* bytes of one */
#define LINK_N 20

static void put_columns(const struct argo *a)
{
    static const struct {
        const char *key, *title, *kind;
    } columns[] = {
        {"app", "Application", "link"},         {"sync", "Sync", "status"},         {"health", "Health", "status"},
        {"reason", "Why", "text"},              {"revision", "Revision", "code"},   {"commit", "Commit", "text"},
        {"deployed", "Deployed", "time"},       {"by", "By", "text"},               {"operation", "Operation", "status"},
        {"images", "Images", "code"},           {"destination", "Destination", "text"}, {"conditions", "Conditions", "status"},
        {"project", "Project", "text"},         {"instance", "Instance", "text"},
    };

    a->host->begin_array(a->call, "columns");
    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
        a->host->begin_object(a->call, NULL);
        a->host->put_text(a->call, "key", columns[i].key);
        a->host->put_text(a->call, "title", columns[i].title);
        a->host->put_text(a->call, "kind", columns[i].kind);
        a->host->end(a->call);
    }
    a->host->end(a->call);
}

/* "Deployment/checkout: CrashLoopBackOff, Service/checkout is OutOfSync" and how many more there are. */
static const char *reasons(const struct argo *a, const struct argo_app *app)
{
    const struct callboard_json *resources = a->host->get(app->json, "/status/resources");
    const char *text = argo_cut(a, argo_text(a, app->json, "/status/health/message"), REASON_MAX);
    size_t n = a->host->count(resources, ""), bad = 0;

    for (size_t i = 0; i < n; i++) {
        const struct callboard_json *r = a->host->at(resources, i);
        const char *health = argo_text(a, r, "/health/status"), *sync = argo_text(a, r, "/status");
        bool ill = *health && argo_health_state(health) > ARGO_INFO, off = argo_sync_state(sync) > ARGO_INFO && *sync;
        const char *said;

        if (!ill && !off)
            continue;
        if (bad++ >= RESOURCE_N)
            continue;
        said = argo_cut(a, argo_text(a, r, "/health/message"), REASON_MAX);
        if (!ill || !*said)
            said = ill ? health : a->host->boolean(r, "/requiresPruning", 0) ? "to be pruned" : sync;
        text = argo_join(a, text, "; ", a->host->format(a->call, "%s/%s: %s", argo_text(a, r, "/kind"), argo_text(a, r, "/name"), said));
    }
    if (bad > RESOURCE_N)
        text = a->host->format(a->call, "%s; and %zu more", text, bad - RESOURCE_N);
    return text;
}

static void put_revision(struct argo *a, const struct argo_app *app, bool ask)
{
    int index;
    const struct callboard_json *source = argo_source(a, a->host->get(app->json, "/spec"), &index);
    const char *revision = argo_revision(a, app->json, "/status/sync", index), *target = argo_text(a, source, "/targetRevision");

    argo_put_cell(a, "revision", argo_revisions(a, app->json, "/status/sync"), ARGO_PLAIN,
                  a->host->format(a->call, "%s%s%s", revision, *target ? ", of " : "", target), argo_commit_url(a, source, revision));
    if (ask)
        a->host->put_text(a->call, "commit", argo_commit(a, app, source, revision, index));
}

/* The last entry of the history; of a trimmed application the end of its last operation. */
static void put_deployed(const struct argo *a, const struct argo_app *app)
{
    const struct callboard_json *history = a->host->get(app->json, "/status/history");
    size_t n = a->host->count(history, "");
    const struct callboard_json *last = n ? a->host->at(history, n - 1) : NULL;
    const char *at = argo_text(a, last, "/deployedAt"), *by = argo_text(a, last, "/initiatedBy/username");

    if (!last)
        at = argo_text(a, app->json, "/status/operationState/finishedAt");
    if (a->host->boolean(last, "/initiatedBy/automated", 0))
        by = "automated";
    if (*at)
        a->host->put_text(a->call, "deployed", at);
    if (*by)
        a->host->put_text(a->call, "by", by);
}

static void put_operation(const struct argo *a, const struct argo_app *app)
{
    const struct callboard_json *op = a->host->get(app->json, "/status/operationState");
    const char *phase = argo_text(a, op, "/phase"), *message = argo_cut(a, argo_text(a, op, "/message"), REASON_MAX);
    int64_t retries = a->host->integer(op, "/retryCount", 0);

    if (!*phase && argo_running(a, app))
        phase = "Running";
    if (!*phase || strcmp(phase, "Succeeded") == 0)
        return;
    if (retries > 0)
        phase = a->host->format(a->call, "%s, try %lld", phase, (long long)retries + 1);
    argo_put_cell(a, "operation", *message ? a->host->format(a->call, "%s: %s", phase, message) : phase,
                  argo_running(a, app) ? ARGO_PROGRESS : argo_phase_state(argo_text(a, op, "/phase")),
                  a->host->format(a->call, "since %s", argo_text(a, op, "/startedAt")), NULL);
}

static void put_conditions(const struct argo *a, const struct argo_app *app)
{
    const struct callboard_json *list = a->host->get(app->json, "/status/conditions");
    enum argo_state worst = ARGO_PLAIN;
    const char *text = "";

    for (size_t i = 0; i < a->host->count(list, "") && i < 10; i++) {
        const struct callboard_json *c = a->host->at(list, i);
        enum argo_state state = argo_condition_state(argo_text(a, c, "/type"));

        worst = state > worst ? state : worst;
        text = argo_join(a, text, "; ", a->host->format(a->call, "%s: %s", argo_text(a, c, "/type"), argo_cut(a, argo_text(a, c, "/message"), REASON_MAX)));
    }
    if (*text)
        argo_put_cell(a, "conditions", text, worst, NULL, NULL);
}

static void put_images(const struct argo *a, const struct argo_app *app)
{
    const struct callboard_json *images = a->host->get(app->json, "/status/summary/images");
    size_t n = a->host->count(images, "");
    const char *text = "";

    for (size_t i = 0; i < n && i < IMAGE_N; i++)
        text = argo_join(a, text, ", ", argo_text(a, a->host->at(images, i), ""));
    if (n > IMAGE_N)
        text = a->host->format(a->call, "%s and %zu more", text, n - IMAGE_N);
    if (*text)
        a->host->put_text(a->call, "images", text);
}

static void put_row(struct argo *a, const struct argo_app *app, bool ask)
{
    const struct callboard_host *host = a->host;
    const char *sync = argo_text(a, app->json, "/status/sync/status"), *health = argo_text(a, app->json, "/status/health/status");
    const char *cluster = argo_text(a, app->json, "/spec/destination/name"), *why = reasons(a, app);

    if (!*cluster)
        cluster = argo_text(a, app->json, "/spec/destination/server");
    host->begin_object(a->call, NULL);
    argo_put_cell(a, "app", app->name, ARGO_PLAIN, NULL, argo_app_url(a, app));
    argo_put_cell(a, "sync", *sync ? sync : "Unknown", argo_sync_state(sync), NULL, NULL);
    argo_put_cell(a, "health", *health ? health : "Unknown", argo_health_state(health), argo_text(a, app->json, "/status/health/message"), NULL);
    if (*why)
        host->put_text(a->call, "reason", why);
    put_revision(a, app, ask);
    put_deployed(a, app);
    put_operation(a, app);
    put_images(a, app);
    argo_put_cell(a, "destination", argo_join(a, cluster, "/", argo_text(a, app->json, "/spec/destination/namespace")), ARGO_PLAIN,
                  argo_text(a, app->json, "/spec/destination/server"), NULL);
    put_conditions(a, app);
    host->put_text(a->call, "project", app->project);
    host->put_text(a->call, "instance", app->instance->name);
    host->end(a->call);
}

static void put_summary(const struct argo *a)
{
    size_t off = 0, ill = 0, running = 0;

    if (a->app_n == 0) {
        a->host->put_text(a->call, "summary", "Argo CD has no application for this");
        return;
    }
    if (a->app_n == 1) {
        const struct argo_app *app = &a->apps[0];

        a->host->put_textf(a->call, "summary", "%s is %s and %s at %s%s", app->name, a->host->text(app->json, "/status/sync/status", "Unknown"),
                           a->host->text(app->json, "/status/health/status", "Unknown"), argo_revisions(a, app->json, "/status/sync"),
                           argo_running(a, app) ? ", with an operation under way" : "");
        return;
    }
    for (size_t i = 0; i < a->app_n; i++) {
        off += argo_sync_state(argo_text(a, a->apps[i].json, "/status/sync/status")) != ARGO_OK;
        ill += argo_health_state(argo_text(a, a->apps[i].json, "/status/health/status")) > ARGO_INFO;
        running += argo_running(a, &a->apps[i]);
    }
    if (!off && !ill && !running)
        a->host->put_textf(a->call, "summary", "All %zu applications are synced and healthy", a->app_n);
    else
        a->host->put_textf(a->call, "summary", "%zu applications: %zu not synced, %zu not healthy, %zu with an operation under way", a->app_n, off,
                           ill, running);
}

static void put_links(const struct argo *a)
{
    size_t n = 0;

    a->host->begin_array(a->call, "links");
    for (size_t i = 0; i < a->app_n && n < LINK_N; i++) {
        const struct callboard_json *urls = a->host->get(a->apps[i].json, "/status/summary/externalURLs");

        for (size_t j = 0; j < a->host->count(urls, "") && n < LINK_N; j++) {
            const char *url = argo_text(a, a->host->at(urls, j), "");

            if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) /* it is what an Ingress says */
                continue;
            a->host->begin_object(a->call, NULL);
            a->host->put_text(a->call, "title", url);
            a->host->put_text(a->call, "url", url);
            a->host->end(a->call);
            n++;
        }
    }
    a->host->end(a->call);
}

static void put_actions(const struct argo *a)
{
    a->host->begin_array(a->call, "actions");
    for (size_t i = 0; i < a->app_n && a->app_n <= ARGO_DETAIL_MAX; i++) {
        const struct argo_app *app = &a->apps[i];
        const char *where = a->host->format(a->call, "%s (%s)", app->name, app->instance->name);

        if (argo_is_on(a, "sync") && !argo_running(a, app))
            argo_put_action(a, "sync", a->host->format(a->call, "Sync %s", where), app, -1);
        if (argo_is_on(a, "refresh"))
            argo_put_action(a, "refresh", a->host->format(a->call, "Refresh %s", where), app, -1);
        if (argo_is_on(a, "terminate") && argo_running(a, app))
            argo_put_action(a, "terminate", a->host->format(a->call, "Stop the operation of %s", where), app, -1);
    }
    a->host->end(a->call);
}

static void put_panel(struct argo *a)
{
    size_t n = a->app_n < ARGO_ROW_MAX ? a->app_n : ARGO_ROW_MAX;

    put_columns(a);
    a->host->begin_array(a->call, "rows");
    for (size_t i = 0; i < n; i++)
        put_row(a, &a->apps[i], a->app_n <= ARGO_DETAIL_MAX);
    a->host->end(a->call);
    if (n < a->app_n)
        a->host->put_textf(a->call, "truncated", "the worst %zu of %zu applications", n, a->app_n);
    put_summary(a);
    put_links(a);
    put_actions(a);
    argo_put_head(a, "table"); /* behind the rows: what they asked for may have said that it is simulated */
}

int argo_render_app(const struct callboard_host *host, struct callboard_call *call)
{
    struct argo a;
    int rc = argo_init(&a, host, call);

    if (rc == CALLBOARD_OK && (rc = argo_select(&a, NULL)) == CALLBOARD_OK) {
        argo_details(&a);
        put_panel(&a);
    }
    argo_fini(&a);
    return rc;
}
