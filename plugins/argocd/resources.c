/* What an application is made of, as a tree by owner. */
#include <stdlib.h>
#include <string.h>

#include "plugins/argocd/argocd.h"

#define NODE_N 1000   /* of all applications together */
#define DEPTH_MAX 32  /* a chain of owners longer than this is none: it goes round */
#define TEXT_MAX 200

struct node {
    const char *uid, *parent;
    const struct callboard_json *json;
    bool orphan;
};

static int by_uid(const void *x, const void *y)
{
    const struct node *p = x, *q = y;

    return strcmp(p->uid, q->uid);
}

static const struct node *find(const struct node *nodes, size_t n, const char *uid)
{
    struct node key = {.uid = uid};

    return *uid ? bsearch(&key, nodes, n, sizeof(*nodes), by_uid) : NULL;
}

/* Does the way up from NODE end? */
static bool ends(const struct node *nodes, size_t n, const struct node *node)
{
    for (int i = 0; i < DEPTH_MAX; i++)
        if (!(node = find(nodes, n, node->parent)))
            return true;
    return false;
}

static size_t read_nodes(struct node *nodes, size_t room, const struct argo *a, const struct callboard_json *list, bool orphan)
{
    size_t n = a->host->count(list, ""), m = 0;

    for (size_t i = 0; i < n && m < room; i++) {
        const struct callboard_json *json = a->host->at(list, i);
        const char *uid = argo_text(a, json, "/uid");

        if (!*uid) /* as of what Argo CD wants and nobody has made */
            uid = a->host->format(a->call, "%s/%s/%s/%s", argo_text(a, json, "/group"), argo_text(a, json, "/kind"), argo_text(a, json, "/namespace"),
                                  argo_text(a, json, "/name"));
        nodes[m++] = (struct node){uid, argo_text(a, json, "/parentRefs/0/uid"), json, orphan};
    }
    return m;
}

/* Its row in the application's own list, which knows whether it is in sync. */
static const char *sync_of(const struct argo *a, const struct argo_app *app, const struct node *node)
{
    const struct callboard_json *list = a->host->get(app->json, "/status/resources");
    size_t n = *node->parent ? 0 : a->host->count(list, "");
    static const char *const same[] = {"/name", "/kind", "/group", "/namespace"};

    for (size_t i = 0; i < n; i++) {
        const struct callboard_json *r = a->host->at(list, i);
        size_t j = 0;

        while (j < 4 && strcmp(argo_text(a, r, same[j]), argo_text(a, node->json, same[j])) == 0)
            j++;
        if (j == 4)
            return argo_text(a, r, "/status");
    }
    return "";
}

static const char *text_of(const struct argo *a, const struct node *node, const char *sync)
{
    const struct callboard_json *info = a->host->get(node->json, "/info"), *images = a->host->get(node->json, "/images");
    const char *text = argo_cut(a, argo_text(a, node->json, "/health/message"), TEXT_MAX);

    if (*sync && strcmp(sync, "Synced") != 0)
        text = argo_join(a, text, " · ", sync);
    for (size_t i = 0; i < a->host->count(info, "") && i < 5; i++) {
        const struct callboard_json *item = a->host->at(info, i);

        text = argo_join(a, text, " · ", a->host->format(a->call, "%s: %s", argo_text(a, item, "/name"), argo_cut(a, argo_text(a, item, "/value"), 80)));
    }
    for (size_t i = 0; i < a->host->count(images, "") && i < 3; i++)
        text = argo_join(a, text, " · ", argo_text(a, a->host->at(images, i), ""));
    return node->orphan ? argo_join(a, text, " · ", "belongs to no application") : text;
}

static void put_node(const struct argo *a, const struct argo_app *app, const char *root, const struct node *nodes, size_t n, const struct node *node)
{
    const struct callboard_host *host = a->host;
    const struct node *parent = find(nodes, n, node->parent);
    const char *health = argo_text(a, node->json, "/health/status"), *sync = sync_of(a, app, node), *text = text_of(a, node, sync);
    enum argo_state state = *health ? argo_health_state(health) : ARGO_PLAIN;

    if (*sync && argo_sync_state(sync) > state)
        state = argo_sync_state(sync);
    if (node->orphan && state < ARGO_WARNING)
        state = ARGO_WARNING;
    host->begin_object(a->call, NULL);
    host->put_textf(a->call, "id", "%s/%s", root, node->uid);
    host->put_text(a->call, "parent", parent && ends(nodes, n, node) ? host->format(a->call, "%s/%s", root, parent->uid) : root);
    host->put_text(a->call, "title", argo_text(a, node->json, "/name"));
    host->put_text(a->call, "kind", argo_text(a, node->json, "/kind"));
    if (state != ARGO_PLAIN)
        host->put_text(a->call, "state", argo_state_name(state));
    if (*text)
        host->put_text(a->call, "text", text);
    host->end(a->call);
}

static void put_root(const struct argo *a, const struct argo_app *app, const char *root)
{
    a->host->begin_object(a->call, NULL);
    a->host->put_text(a->call, "id", root);
    a->host->put_text(a->call, "title", app->name);
    a->host->put_text(a->call, "kind", "Application");
    a->host->put_text(a->call, "state", argo_state_name(argo_app_state(a, app)));
    a->host->put_textf(a->call, "text", "%s, %s", a->host->text(app->json, "/status/sync/status", "Unknown"),
                       a->host->text(app->json, "/status/health/status", "Unknown"));
    a->host->put_text(a->call, "url", argo_app_url(a, app));
    a->host->end(a->call);
}

/* How many nodes it is; 0 with a problem when it cannot be told. */
static size_t put_app(struct argo *a, const struct argo_app *app, struct node *nodes, size_t room)
{
    const char *root = a->host->format(a->call, "%s/%s/%s", app->instance->name, app->space, app->name);
    const struct callboard_json *tree;
    size_t n, all;
    int rc = argo_get(&tree, a, app->instance,
                      a->host->format(a->call, "/api/v1/applications/%s/resource-tree?%s", a->host->escape(a->call, app->name), argo_scope(a, app)));

    put_root(a, app, root);
    if (rc < 0) {
        argo_problem(a, rc, app->instance->name, "%s (%s)", a->why, app->name);
        return 0;
    }
    all = a->host->count(tree, "/nodes") + a->host->count(tree, "/orphanedNodes");
    n = read_nodes(nodes, room, a, a->host->get(tree, "/nodes"), false);
    n += read_nodes(nodes + n, room - n, a, a->host->get(tree, "/orphanedNodes"), true);
    qsort(nodes, n, sizeof(*nodes), by_uid);
    for (size_t i = 0; i < n; i++)
        put_node(a, app, root, nodes, n, &nodes[i]);
    if (n < all)
        argo_problem(a, CALLBOARD_ELIMIT, app->instance->name, "%s has %zu resources, of which %zu are shown", app->name, all, n);
    return n;
}

static void put_panel(struct argo *a)
{
    struct node *nodes = calloc(NODE_N + 1, sizeof(*nodes));
    size_t app_n = a->app_n < ARGO_TREE_MAX ? a->app_n : ARGO_TREE_MAX, left = NODE_N, n = 0;

    if (!nodes)
        abort();
    a->host->begin_array(a->call, "nodes");
    for (size_t i = 0; i < app_n; i++) {
        size_t m;

        a->until_us = a->host->now_us(a->call) + a->host->left_ms(a->call) * 1000 / (int64_t)(app_n - i + 1);
        m = put_app(a, &a->apps[i], nodes, left);
        left -= m;
        n += m;
    }
    a->until_us = 0;
    a->host->end(a->call);
    if (app_n < a->app_n)
        argo_problem(a, CALLBOARD_ELIMIT, "Argo CD", "the resources of %zu of %zu applications", app_n, a->app_n);
    a->host->put_textf(a->call, "summary", "%zu resources of %zu application%s", n, app_n, app_n == 1 ? "" : "s");
    a->host->begin_array(a->call, "actions");
    a->host->end(a->call);
    argo_put_head(a, "tree");
    free(nodes);
}

int argo_render_resources(const struct callboard_host *host, struct callboard_call *call)
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
