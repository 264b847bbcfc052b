/* What was deployed when, newest first, over all applications of the entity; and which of it one can go back to. */
#include <stdlib.h>
#include <string.h>

#include "plugins/argocd/argocd.h"

#define EVENT_N 100    /* shown */
#define COMMIT_N 20    /* of them with their commit */
#define ROLLBACK_N 20  /* offered */
#define APP_HISTORY_N 50

struct event {
    const struct argo_app *app;
    const struct callboard_json *entry; /* of status.history; NULL: the operation under way */
    const char *at;
    bool current;                       /* what is there now */
};

static int newest_first(const void *x, const void *y)
{
    const struct event *p = x, *q = y;
    int rc = strcmp(q->at, p->at);

    return rc ? rc : p->app < q->app ? -1 : p->app > q->app;
}

static size_t gather(struct event *events, const struct argo *a)
{
    size_t n = 0;

    for (size_t i = 0; i < a->app_n && i < ARGO_DETAIL_MAX; i++) {
        const struct argo_app *app = &a->apps[i];
        const struct callboard_json *history = a->host->get(app->json, "/status/history");
        size_t m = a->host->count(history, "");

        if (argo_running(a, app))
            events[n++] = (struct event){app, NULL, argo_text(a, app->json, "/status/operationState/startedAt"), false};
        for (size_t j = m > APP_HISTORY_N ? m - APP_HISTORY_N : 0; j < m; j++) {
            const struct callboard_json *entry = a->host->at(history, j);

            events[n++] = (struct event){app, entry, argo_text(a, entry, "/deployedAt"), j + 1 == m};
        }
    }
    qsort(events, n, sizeof(*events), newest_first);
    return n;
}

/* "checkout (prod)": the instance only where there are several. */
static const char *name_of(const struct argo *a, const struct argo_app *app)
{
    return a->instance_n > 1 ? a->host->format(a->call, "%s (%s)", app->name, app->instance->name) : app->name;
}

static void put_operation(const struct argo *a, const struct event *e)
{
    const struct callboard_json *op = a->host->get(e->app->json, "/status/operationState");

    a->host->put_text(a->call, "at", *e->at ? e->at : argo_text(a, e->app->json, "/metadata/creationTimestamp"));
    a->host->put_textf(a->call, "title", "%s: %s", name_of(a, e->app), a->host->text(op, "/phase", "Running"));
    a->host->put_text(a->call, "text", argo_cut(a, argo_text(a, op, "/message"), 300));
    a->host->put_text(a->call, "state", "progress");
    a->host->put_text(a->call, "actor", a->host->text(op, "/operation/initiatedBy/username", NULL));
    a->host->put_text(a->call, "url", argo_app_url(a, e->app));
}

static void put_deploy(struct argo *a, const struct event *e, bool ask)
{
    const struct callboard_host *host = a->host;
    int index;
    const struct callboard_json *source = argo_source(a, e->entry, &index);
    const char *revision = argo_revision(a, e->entry, "", index), *url = argo_commit_url(a, source, revision);
    const char *commit = ask ? argo_commit(a, e->app, source, revision, index) : "";
    const char *took = argo_duration(a, argo_text(a, e->entry, "/deployStartedAt"), e->at);
    const char *text = commit;

    if (*took)
        text = argo_join(a, text, " · ", host->format(a->call, "took %s", took));
    if (e->current)
        text = argo_join(a, text, " · ", "what is there now");
    host->put_text(a->call, "at", e->at);
    host->put_textf(a->call, "title", "%s %s", name_of(a, e->app), argo_revisions(a, e->entry, ""));
    host->put_text(a->call, "text", text);
    host->put_text(a->call, "state", e->current ? argo_state_name(argo_app_state(a, e->app)) : "info");
    if (host->boolean(e->entry, "/initiatedBy/automated", 0))
        host->put_text(a->call, "actor", "automated");
    else
        host->put_text(a->call, "actor", host->text(e->entry, "/initiatedBy/username", NULL));
    host->put_text(a->call, "url", *url ? url : argo_app_url(a, e->app));
}

static void put_rollbacks(const struct argo *a, const struct event *events, size_t n)
{
    size_t put_n = 0;

    a->host->begin_array(a->call, "actions");
    for (size_t i = 0; i < n && put_n < ROLLBACK_N && argo_is_on(a, "rollback"); i++) {
        const struct event *e = &events[i];

        if (!e->entry || e->current || argo_running(a, e->app) || a->host->type(e->entry, "/id") != CALLBOARD_JSON_NUMBER)
            continue;
        argo_put_action(a, "rollback",
                        a->host->format(a->call, "Roll %s back to %s of %s", name_of(a, e->app), argo_revisions(a, e->entry, ""), e->at), e->app,
                        a->host->integer(e->entry, "/id", 0));
        put_n++;
    }
    a->host->end(a->call);
}

static void put_panel(struct argo *a)
{
    struct event *events = calloc(ARGO_DETAIL_MAX * (APP_HISTORY_N + 1) + 1, sizeof(*events));
    size_t n, asked = 0;

    if (!events)
        abort();
    n = gather(events, a);
    a->host->begin_array(a->call, "events");
    for (size_t i = 0; i < n && i < EVENT_N; i++) {
        a->host->begin_object(a->call, NULL);
        if (events[i].entry)
            put_deploy(a, &events[i], asked++ < COMMIT_N);
        else
            put_operation(a, &events[i]);
        a->host->end(a->call);
    }
    a->host->end(a->call);
    if (a->app_n > ARGO_DETAIL_MAX)
        argo_problem(a, CALLBOARD_ELIMIT, "Argo CD", "the history of %d of %zu applications", ARGO_DETAIL_MAX, a->app_n);
    if (n == 0)
        a->host->put_text(a->call, "summary", "Nothing was deployed yet");
    else
        a->host->put_textf(a->call, "summary", "%zu deployments and operations, the last one of %s", n, events[0].app->name);
    put_rollbacks(a, events, n);
    argo_put_head(a, "timeline");
    free(events);
}

int argo_render_history(const struct callboard_host *host, struct callboard_call *call)
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
