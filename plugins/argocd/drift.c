/*
 * Where the cluster is not what Git says: what there is (normalizedLiveState) beside what a sync would make of it (predictedLiveState),
 * of the resources that differ. All states are texts that hold JSON. What a Secret holds is never shown, masked or not.
 */
#include <string.h>

#include "plugins/argocd/argocd.h"

#define FILE_N 100
#define SIDE_MAX (64 * 1024)          /* bytes of one side that are shown */
#define ALL_MAX (3 * 1024 * 1024)     /* bytes of all sides together */
#define READ_MAX (2 * 1024 * 1024)    /* bytes of a state that are looked at */

struct drift {
    struct argo *a;
    size_t file_n, left_out;
    size_t bytes;
};

/* STATE as it is drawn; "" when there is no such thing in the cluster, or none in Git. */
static const char *pretty(const struct argo *a, const char *state)
{
    size_t n = strlen(state);
    const struct callboard_json *value = n && n <= READ_MAX ? a->host->parse(a->call, state, n) : NULL;

    if (n > READ_MAX)
        return "(too long to show)\n";
    if (a->host->type(value, "") != CALLBOARD_JSON_OBJECT)
        return "";
    return a->host->format(a->call, "%s\n", a->host->dump(a->call, value, 2));
}

static const char *state_of(const struct argo *a, const struct callboard_json *item, const char *key, const char *otherwise)
{
    return a->host->text(item, key, argo_text(a, item, otherwise));
}

static const char *shown(const struct argo *a, const char *text, bool secret)
{
    if (secret && *text)
        return "(what a Secret holds is not shown)\n";
    if (strlen(text) > SIDE_MAX)
        return a->host->format(a->call, "%.*s\n(cut off: %zu bytes)\n", SIDE_MAX, text, strlen(text));
    return text;
}

static void put_item(struct drift *d, const struct argo_app *app, const struct callboard_json *item)
{
    const struct argo *a = d->a;
    const struct callboard_host *host = a->host;
    const char *live = state_of(a, item, "/normalizedLiveState", "/liveState"), *wanted = state_of(a, item, "/predictedLiveState", "/targetState");
    const char *kind = argo_text(a, item, "/kind"), *what, *before, *after;
    bool secret = strcmp(kind, "Secret") == 0 && !*argo_text(a, item, "/group");

    if (host->boolean(item, "/hook", 0) || strcmp(live, wanted) == 0)
        return;
    before = pretty(a, live);
    after = pretty(a, wanted);
    if (strcmp(before, after) == 0)
        return;
    what = !*before ? " (missing)" : !*after ? " (to be pruned)" : "";
    before = shown(a, before, secret);
    after = shown(a, after, secret);
    if (d->file_n == FILE_N || d->bytes + strlen(before) + strlen(after) > ALL_MAX) {
        d->left_out++;
        return;
    }
    d->file_n++;
    d->bytes += strlen(before) + strlen(after);
    host->begin_object(a->call, NULL);
    host->put_textf(a->call, "title", "%s: %s %s%s%s%s", app->name, kind, argo_text(a, item, "/namespace"), *argo_text(a, item, "/namespace") ? "/" : "",
                    argo_text(a, item, "/name"), what);
    host->put_text(a->call, "before", before);
    host->put_text(a->call, "after", after);
    host->put_text(a->call, "language", "json");
    host->end(a->call);
}

static void put_app(struct drift *d, const struct argo_app *app)
{
    struct argo *a = d->a;
    const struct callboard_json *answer, *items;
    int rc = argo_get(&answer, a, app->instance,
                      a->host->format(a->call, "/api/v1/applications/%s/managed-resources?%s", a->host->escape(a->call, app->name), argo_scope(a, app)));

    if (rc < 0) {
        argo_problem(a, rc, app->instance->name, "%s (%s)", a->why, app->name);
        return;
    }
    items = a->host->get(answer, "/items");
    for (size_t i = 0; i < a->host->count(items, ""); i++)
        put_item(d, app, a->host->at(items, i));
}

static void put_panel(struct argo *a)
{
    struct drift d = {.a = a};
    size_t app_n = a->app_n < ARGO_TREE_MAX ? a->app_n : ARGO_TREE_MAX, before = a->problem_n;

    a->host->begin_array(a->call, "files");
    for (size_t i = 0; i < app_n; i++) {
        a->until_us = a->host->now_us(a->call) + a->host->left_ms(a->call) * 1000 / (int64_t)(app_n - i + 1);
        put_app(&d, &a->apps[i]);
    }
    a->until_us = 0;
    a->host->end(a->call);
    if (d.file_n == 0) /* what could not be asked is not the same as what did not drift */
        a->host->put_text(a->call, "summary", a->problem_n > before ? "Nothing that could be read differs" : "The clusters are as Git says");
    else
        a->host->put_textf(a->call, "summary", "%zu resource%s differ%s from what a sync would make of %s", d.file_n + d.left_out,
                           d.file_n + d.left_out == 1 ? "" : "s", d.file_n + d.left_out == 1 ? "s" : "", d.file_n + d.left_out == 1 ? "it" : "them");
    if (d.left_out)
        argo_problem(a, CALLBOARD_ELIMIT, "Argo CD", "%zu more resources differ than can be shown", d.left_out);
    if (app_n < a->app_n)
        argo_problem(a, CALLBOARD_ELIMIT, "Argo CD", "the differences of %zu of %zu applications", app_n, a->app_n);
    a->host->begin_array(a->call, "actions");
    a->host->end(a->call);
    argo_put_head(a, "diff");
}

int argo_render_drift(const struct callboard_host *host, struct callboard_call *call)
{
    struct argo a;
    int rc = argo_init(&a, host, call);

    if (rc == CALLBOARD_OK && (rc = argo_select(&a, NULL)) == CALLBOARD_OK)
        put_panel(&a);
    argo_fini(&a);
    return rc;
}
