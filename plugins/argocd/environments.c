/*
 * ApplicationSets as a grid, application by cluster: who runs what where, who is out of step, who is behind the newest revision. The
 * sets are those that the entity's applications belong to; a set's other applications are in the grid too, for that is its point.
 */
#include <stdlib.h>
#include <string.h>

#include "plugins/argocd/argocd.h"

#define SET_N 5
#define CLUSTER_N 30
#define CELL_N 400

struct set {
    const struct argo_instance *instance;
    const char *name, *space, *project;
    const struct callboard_json *json; /* NULL: it cannot be read */
};

struct cell {
    const struct set *set;
    struct argo_app app;
    const char *cluster, *row;
};

struct grid {
    struct argo *a;
    struct set sets[SET_N];
    size_t set_n;
    const char *clusters[CLUSTER_N];
    size_t cluster_n;
    struct cell cells[CELL_N];
    size_t cell_n;
    size_t left_out, behind;
};

static const char *cluster_of(const struct argo *a, const struct callboard_json *app)
{
    const char *name = argo_text(a, app, "/spec/destination/name");

    return *name ? name : argo_text(a, app, "/spec/destination/server");
}

/* The name of the set that made APP; "" when none did. */
static const char *owner_of(const struct argo *a, const struct callboard_json *app)
{
    const struct callboard_json *owners = a->host->get(app, "/metadata/ownerReferences");

    for (size_t i = 0; i < a->host->count(owners, ""); i++) {
        const struct callboard_json *o = a->host->at(owners, i);

        if (strcmp(argo_text(a, o, "/kind"), "ApplicationSet") == 0 && strncmp(argo_text(a, o, "/apiVersion"), "argoproj.io/", 12) == 0)
            return argo_text(a, o, "/name");
    }
    return "";
}

static void find_sets(struct grid *g)
{
    const struct argo *a = g->a;

    for (size_t i = 0; i < a->app_n && g->set_n < SET_N; i++) {
        const struct argo_app *app = &a->apps[i];
        const char *name = owner_of(a, app->json);
        bool known = !*name;

        for (size_t j = 0; j < g->set_n; j++)
            known = known || (g->sets[j].instance == app->instance && strcmp(g->sets[j].name, name) == 0 && strcmp(g->sets[j].space, app->space) == 0);
        if (!known)
            g->sets[g->set_n++] = (struct set){app->instance, name, app->space, app->project, NULL};
    }
}

static const char *without_cluster(const struct argo *a, const char *name, const char *cluster)
{
    size_t n = strlen(name), m = strlen(cluster);

    if (m && n > m + 1 && name[n - m - 1] == '-' && strcmp(name + n - m, cluster) == 0)
        return a->host->format(a->call, "%.*s", (int)(n - m - 1), name);
    if (m && n > m + 1 && name[m] == '-' && strncmp(name, cluster, m) == 0)
        return name + m + 1;
    return name;
}

static void add_cell(struct grid *g, const struct set *set, const struct callboard_json *json)
{
    const struct argo *a = g->a;
    struct argo_app app = {set->instance, json, argo_text(a, json, "/metadata/name"), argo_text(a, json, "/metadata/namespace"),
                           a->host->text(json, "/spec/project", "default"), false};
    const char *cluster = cluster_of(a, json);
    size_t c = 0;

    if (!argo_allows(a, set->instance, app.project, app.space))
        return;
    while (c < g->cluster_n && strcmp(g->clusters[c], cluster) != 0)
        c++;
    if (c == CLUSTER_N || g->cell_n == CELL_N) {
        g->left_out++;
        return;
    }
    if (c == g->cluster_n)
        g->clusters[g->cluster_n++] = cluster;
    g->cells[g->cell_n++] = (struct cell){set, app, g->clusters[c], without_cluster(a, app.name, cluster)};
}

/* Each application at most once in each cluster: then the set is one application, and one row. */
static void one_row(struct grid *g, const struct set *set, size_t from)
{
    for (size_t i = from; i < g->cell_n; i++)
        for (size_t j = from; j < i; j++)
            if (g->cells[i].cluster == g->cells[j].cluster)
                return;
    for (size_t i = from; i < g->cell_n; i++)
        g->cells[i].row = set->name;
}

static const char *list_path(const struct argo *a, const struct set *set, bool whole)
{
    const char *space = *set->space ? a->host->format(a->call, "&appNamespace=%s", a->host->escape(a->call, set->space)) : "";
    const char *fields = whole ? "" : "&fields=" ARGO_FIELDS;

    return a->host->format(a->call, "/api/v1/applications?projects=%s%s%s", a->host->escape(a->call, set->project), space, fields);
}

static bool is_member(const struct argo *a, const struct set *set, const struct callboard_json *app)
{
    const struct callboard_json *list = a->host->get(set->json, "/status/resources");
    const char *name = argo_text(a, app, "/metadata/name");

    if (strcmp(owner_of(a, app), set->name) == 0)
        return true;
    for (size_t i = 0; i < a->host->count(list, ""); i++) {
        const struct callboard_json *r = a->host->at(list, i);

        if (strcmp(argo_text(a, r, "/name"), name) == 0 && strcmp(argo_text(a, r, "/kind"), "Application") == 0)
            return true;
    }
    return false;
}

/*
 * A trimmed list has no owners: the set's own status names its applications. A set that does not, and applications of several sources,
 * whose revisions are not in it either, need the whole list.
 */
static int read_members(const struct callboard_json **items, struct argo *a, const struct set *set)
{
    bool whole = a->host->count(set->json, "/status/resources") == 0;
    const struct callboard_json *answer;
    int rc;

again:
    if ((rc = argo_get(&answer, a, set->instance, list_path(a, set, whole))) < 0)
        return rc;
    *items = a->host->get(answer, "/items");
    for (size_t i = 0; !whole && i < a->host->count(*items, ""); i++) {
        const struct callboard_json *app = a->host->at(*items, i);

        if (a->host->count(app, "/spec/sources") && !*argo_text(a, app, "/metadata/uid") && is_member(a, set, app)) {
            whole = true;
            goto again;
        }
    }
    return 0;
}

static void read_set(struct grid *g, struct set *set)
{
    struct argo *a = g->a;
    const struct callboard_json *items;
    size_t from = g->cell_n;
    int rc = argo_get(&set->json, a, set->instance,
                      a->host->format(a->call, "/api/v1/applicationsets/%s?appsetNamespace=%s", a->host->escape(a->call, set->name),
                                      a->host->escape(a->call, set->space)));

    if (rc < 0)
        argo_problem(a, rc, set->instance->name, "%s (ApplicationSet %s)", a->why, set->name);
    if ((rc = read_members(&items, a, set)) < 0) {
        argo_problem(a, rc, set->instance->name, "%s", a->why);
        return;
    }
    for (size_t i = 0; i < a->host->count(items, ""); i++)
        if (is_member(a, set, a->host->at(items, i)))
            add_cell(g, set, a->host->at(items, i));
    one_row(g, set, from);
}

/* ---- what is newest */

static const struct callboard_json *wave_of(const struct argo *a, const struct cell *cell)
{
    const struct callboard_json *list = a->host->get(cell->set->json, "/status/applicationStatus");

    for (size_t i = 0; i < a->host->count(list, ""); i++)
        if (strcmp(argo_text(a, a->host->at(list, i), "/application"), cell->app.name) == 0)
            return a->host->at(list, i);
    return NULL;
}

static const char *revision_of(const struct argo *a, const struct cell *cell)
{
    int index;

    argo_source(a, a->host->get(cell->app.json, "/spec"), &index);
    return argo_revision(a, cell->app.json, "/status/sync", index);
}

static const char *deployed_of(const struct argo *a, const struct cell *cell)
{
    const struct callboard_json *history = a->host->get(cell->app.json, "/status/history");
    size_t n = a->host->count(history, "");

    return n ? argo_text(a, a->host->at(history, n - 1), "/deployedAt") : argo_text(a, cell->app.json, "/status/operationState/finishedAt");
}

/* Of the cell's row: the revision that was deployed last. */
static const char *newest_of(const struct grid *g, const struct cell *cell)
{
    const struct cell *newest = NULL;

    for (size_t i = 0; i < g->cell_n; i++) {
        const struct cell *c = &g->cells[i];

        if (c->set == cell->set && strcmp(c->row, cell->row) == 0 && (!newest || strcmp(deployed_of(g->a, c), deployed_of(g->a, newest)) > 0))
            newest = c;
    }
    return newest ? revision_of(g->a, newest) : "";
}

/* ---- writing */

static void put_cell(struct grid *g, const char *key, const struct cell *cell)
{
    const struct argo *a = g->a;
    const char *revision = revision_of(a, cell), *newest = newest_of(g, cell), *step, *wave;
    const struct callboard_json *status = wave_of(a, cell);
    const char *text = a->host->format(a->call, "%s · %s · %s", *revision ? argo_short(a, revision) : "no revision", a->host->text(cell->app.json, "/status/sync/status", "Unknown"),
                                       a->host->text(cell->app.json, "/status/health/status", "Unknown"));
    enum argo_state state = argo_app_state(a, &cell->app);

    step = argo_text(a, status, "/step");
    wave = argo_text(a, status, "/status");
    if (*step)
        text = a->host->format(a->call, "%s · step %s%s%s", text, step, *wave ? ", " : "", wave);
    if (*revision && *newest && strcmp(revision, newest) != 0) {
        text = a->host->format(a->call, "%s · behind %s", text, argo_short(a, newest));
        state = state < ARGO_WARNING ? ARGO_WARNING : state;
        g->behind++;
    }
    argo_put_cell(a, key, text, state, cell->app.name, argo_app_url(a, &cell->app));
}

static bool is_first_of_row(const struct grid *g, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (g->cells[j].set == g->cells[i].set && strcmp(g->cells[j].row, g->cells[i].row) == 0)
            return false;
    return true;
}

static void put_row(struct grid *g, const struct cell *first)
{
    const struct argo *a = g->a;

    a->host->begin_object(a->call, NULL);
    a->host->put_text(a->call, "app", first->row);
    a->host->put_text(a->call, "set", first->set->name);
    a->host->put_text(a->call, "instance", first->set->instance->name);
    for (size_t c = 0; c < g->cluster_n; c++)
        for (const struct cell *cell = g->cells; cell < g->cells + g->cell_n; cell++)
            if (cell->set == first->set && cell->cluster == g->clusters[c] && strcmp(cell->row, first->row) == 0) {
                put_cell(g, a->host->format(a->call, "c%zu", c), cell);
                break;
            }
    a->host->end(a->call);
}

static void put_column(const struct argo *a, const char *key, const char *title, const char *kind)
{
    a->host->begin_object(a->call, NULL);
    a->host->put_text(a->call, "key", key);
    a->host->put_text(a->call, "title", title);
    a->host->put_text(a->call, "kind", kind);
    a->host->end(a->call);
}

/* What a set says is wrong with itself. */
static void tell_conditions(struct grid *g)
{
    struct argo *a = g->a;

    for (size_t i = 0; i < g->set_n; i++) {
        const struct callboard_json *list = a->host->get(g->sets[i].json, "/status/conditions");

        for (size_t j = 0; j < a->host->count(list, ""); j++) {
            const struct callboard_json *c = a->host->at(list, j);

            if (strcmp(argo_text(a, c, "/type"), "ErrorOccurred") == 0 && strcmp(argo_text(a, c, "/status"), "True") == 0)
                argo_problem(a, CALLBOARD_EUPSTREAM, g->sets[i].instance->name, "ApplicationSet %s: %s: %s", g->sets[i].name, argo_text(a, c, "/reason"),
                             argo_cut(a, argo_text(a, c, "/message"), 300));
        }
    }
}

static void put_panel(struct grid *g)
{
    struct argo *a = g->a;

    a->host->begin_array(a->call, "columns");
    put_column(a, "app", "Application", "text");
    for (size_t c = 0; c < g->cluster_n; c++)
        put_column(a, a->host->format(a->call, "c%zu", c), g->clusters[c], "status");
    put_column(a, "set", "ApplicationSet", "text");
    put_column(a, "instance", "Instance", "text");
    a->host->end(a->call);
    a->host->begin_array(a->call, "rows");
    for (size_t i = 0; i < g->cell_n; i++)
        if (is_first_of_row(g, i))
            put_row(g, &g->cells[i]);
    a->host->end(a->call);
    if (g->left_out)
        a->host->put_textf(a->call, "truncated", "%zu more applications", g->left_out);
    if (g->behind)
        a->host->put_textf(a->call, "summary", "%zu of %zu applications in %zu clusters are behind the newest revision", g->behind, g->cell_n, g->cluster_n);
    else
        a->host->put_textf(a->call, "summary", "All %zu applications in %zu clusters are at the newest revision", g->cell_n, g->cluster_n);
    tell_conditions(g);
    a->host->begin_array(a->call, "actions");
    a->host->end(a->call);
    argo_put_head(a, "table");
}

static int render(struct argo *a)
{
    struct grid *g = calloc(1, sizeof(*g));
    int rc = CALLBOARD_OK;

    if (!g)
        abort();
    g->a = a;
    find_sets(g);
    for (size_t i = 0; i < g->set_n; i++) {
        a->until_us = a->host->now_us(a->call) + a->host->left_ms(a->call) * 1000 / (int64_t)(g->set_n - i + 1);
        read_set(g, &g->sets[i]);
    }
    a->until_us = 0;
    if (g->set_n == 0)
        rc = CALLBOARD_ABSENT;
    else
        put_panel(g);
    free(g);
    return rc;
}

int argo_render_environments(const struct callboard_host *host, struct callboard_call *call)
{
    struct argo a;
    int rc = argo_init(&a, host, call);

    if (rc == CALLBOARD_OK && (rc = argo_select(&a, NULL)) == CALLBOARD_OK) {
        argo_details(&a);
        rc = render(&a);
    }
    argo_fini(&a);
    return rc;
}
