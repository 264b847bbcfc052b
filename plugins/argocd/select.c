/* From an entity's annotations to applications. What an annotation says is a stranger's text: checked, escaped, and never an address. */
#include <stdlib.h>
#include <string.h>

#include "plugins/argocd/argocd.h"

#define NAME_BYTES_MAX 253       /* of an object in Kubernetes */
#define KEEP_MS 1500             /* left for details behind the lists */
#define APP_KEEP_MAX 20000       /* of one selection */

struct wish {
    const char *names[ARGO_NAME_MAX];
    bool found[ARGO_NAME_MAX];
    size_t name_n;
    const char *selector, *space, *project;
};

static int annotation(const char **out, struct argo *a, const char *key)
{
    const char *pointer = a->host->format(a->call, "/metadata/annotations/argocd~1%s", key);
    const char *raw = a->host->text(a->host->entity(a->call), pointer, "");

    *out = a->host->annotation(a->call, a->host->format(a->call, "argocd/%s", key));
    if (!*out && raw[strspn(raw, " \t\r\n")]) /* what should narrow must not be passed over */
        return a->host->fail(a->call, CALLBOARD_EINVAL, "the annotation argocd/%s has control characters, or is over 1 KiB", key);
    return CALLBOARD_OK;
}

/* The next item of a comma list, blanks around it trimmed; NULL behind the last one. */
static const char *next_item(const struct argo *a, const char **rest)
{
    while (**rest) {
        const char *from = *rest + strspn(*rest, " \t,");
        size_t n = strcspn(from, ",");

        *rest = from + n;
        while (n && (from[n - 1] == ' ' || from[n - 1] == '\t'))
            n--;
        if (n)
            return a->host->format(a->call, "%.*s", (int)n, from);
    }
    return NULL;
}

/* As Kubernetes names things: lower case letters, digits, "-" and "." within. */
static bool is_name(const char *text)
{
    size_t n = strlen(text);

    return n && n <= NAME_BYTES_MAX && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.") == n && !strchr("-.", text[0]) &&
           !strchr("-.", text[n - 1]);
}

/* ---- instances */

static struct argo_instance *instance_named(struct argo *a, const char *name)
{
    for (size_t i = 0; i < a->instance_n; i++)
        if (strcmp(a->instances[i].name, name) == 0)
            return &a->instances[i];
    return NULL;
}

/*
 * "/argocd/api", "/prod/api": a path of the portal's proxy in Backstage. Here it is a name of an instance within a path, and nothing
 * else: the path itself is never used.
 */
static int choose_by_proxy(struct argo *a, const char *url)
{
    struct argo_instance *found = NULL;
    bool odd = url[0] != '/' || url[1] == '/' || strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/") != strlen(url);

    for (const char *p = url; !odd && *p;) {
        const char *part;
        size_t n;

        p += strspn(p, "/");
        n = strcspn(p, "/");
        part = a->host->format(a->call, "%.*s", (int)n, p);
        if (strcmp(part, ".") == 0 || strcmp(part, "..") == 0)
            odd = true;
        else if (n && instance_named(a, part))
            found = instance_named(a, part);
        p += n;
    }
    if (odd || !found)
        return a->host->fail(a->call, CALLBOARD_EDENIED, "argocd/proxy-url is '%.100s': it must be a path that names a configured instance, and no address",
                             url);
    found->chosen = true;
    return CALLBOARD_OK;
}

static int choose_by_name(struct argo *a, const char *list)
{
    const char *item;
    bool any = false;

    while ((item = next_item(a, &list))) {
        struct argo_instance *in = instance_named(a, item);

        if (in)
            in->chosen = any = true;
        else
            argo_problem(a, CALLBOARD_EINVAL, "argocd/instance-name", "no instance '%.100s' is configured", item);
    }
    if (!any)
        return a->host->fail(a->call, CALLBOARD_EINVAL, "argocd/instance-name names no instance that is configured");
    return CALLBOARD_OK;
}

static int choose(struct argo *a, const char *only)
{
    const char *names, *proxy;
    bool by_name = false;
    int rc;

    if ((rc = annotation(&names, a, "instance-name")) != CALLBOARD_OK || (rc = annotation(&proxy, a, "proxy-url")) != CALLBOARD_OK)
        return rc;
    if (proxy && (rc = choose_by_proxy(a, proxy)) != CALLBOARD_OK) /* even when the other key decides: it is refused, never passed over */
        return rc;
    for (size_t i = 0; i < a->instance_n; i++)
        a->instances[i].chosen = names ? false : proxy ? a->instances[i].chosen : true;
    if (names && (rc = choose_by_name(a, names)) != CALLBOARD_OK)
        return rc;
    for (size_t i = 0; only && i < a->instance_n; i++) {
        a->instances[i].chosen = a->instances[i].chosen && strcmp(a->instances[i].name, only) == 0;
        by_name = by_name || a->instances[i].chosen;
    }
    if (only && !by_name)
        return a->host->fail(a->call, CALLBOARD_EDENIED, "this entity has nothing to do with an instance '%.100s'", only);
    return CALLBOARD_OK;
}

/* ---- what an instance may show */

/* PATTERN is a name, or the beginning of one and "*". */
static bool fits(const char *pattern, const char *text)
{
    size_t n = strlen(pattern);

    return n && pattern[n - 1] == '*' ? strncmp(pattern, text, n - 1) == 0 : strcmp(pattern, text) == 0;
}

static bool among(const struct argo *a, const struct argo_instance *in, const char *key, const char *text)
{
    const struct callboard_json *list = a->host->get(in->config, key);
    size_t n = a->host->count(list, "");

    for (size_t i = 0; i < n; i++)
        if (fits(argo_text(a, a->host->at(list, i), ""), text))
            return true;
    return n == 0;
}

bool argo_allows(const struct argo *a, const struct argo_instance *in, const char *project, const char *space)
{
    return among(a, in, "/projects", project) && among(a, in, "/namespaces", space);
}

/* "&projects=a&projects=b": by the annotation, else what the instance allows when that is names. */
static const char *projects_query(const struct argo *a, const struct argo_instance *in, const struct wish *w)
{
    const struct callboard_json *list = a->host->get(in->config, "/projects");
    const char *query = "";

    if (w->project)
        return a->host->format(a->call, "&projects=%s", a->host->escape(a->call, w->project));
    for (size_t i = 0; i < a->host->count(list, ""); i++) {
        const char *project = argo_text(a, a->host->at(list, i), "");

        if (strchr(project, '*'))
            return "";
        query = a->host->format(a->call, "%s&projects=%s", query, a->host->escape(a->call, project));
    }
    return query;
}

static const char *space_query(const struct argo *a, const struct wish *w, const char *key)
{
    return w->space ? a->host->format(a->call, "&%s=%s", key, a->host->escape(a->call, w->space)) : "";
}

/* ---- asking */

/* False: it is not for this entity to see, as if it were not there. */
static bool add(struct argo *a, const struct argo_instance *in, const struct callboard_json *json, const struct wish *w, bool trimmed)
{
    struct argo_app app = {
        .instance = in,
        .json = json,
        .name = argo_text(a, json, "/metadata/name"),
        .space = argo_text(a, json, "/metadata/namespace"),
        .project = a->host->text(json, "/spec/project", "default"),
        .trimmed = trimmed && !*argo_text(a, json, "/metadata/uid"),
    };

    if (!*app.name || !argo_allows(a, in, app.project, app.space) || (w->project && strcmp(w->project, app.project) != 0) ||
        (w->space && strcmp(w->space, app.space) != 0))
        return false;
    if (a->app_n == APP_KEEP_MAX)
        return true;
    if (a->app_n == a->app_room) {
        a->app_room = a->app_room ? a->app_room * 2 : 32;
        a->apps = realloc(a->apps, a->app_room * sizeof(*a->apps));
        if (!a->apps)
            abort();
    }
    a->apps[a->app_n++] = app;
    return true;
}

static int ask_name(struct argo *a, const struct argo_instance *in, struct wish *w, size_t i)
{
    const char *name = a->host->escape(a->call, w->names[i]);
    const struct callboard_json *answer, *items;
    int rc;

    if (w->project) { /* with it a 404 is a 404; without it Argo CD says 403 of what is not there, so the list is asked instead */
        rc = argo_get(&answer, a, in, a->host->format(a->call, "/api/v1/applications/%s?project=%s%s", name, a->host->escape(a->call, w->project),
                                                      space_query(a, w, "appNamespace")));
        if (rc == 0 && strcmp(argo_text(a, answer, "/metadata/name"), w->names[i]) == 0)
            w->found[i] = add(a, in, answer, w, false) || w->found[i];
    } else {
        rc = argo_get(&answer, a, in, a->host->format(a->call, "/api/v1/applications?name=%s%s%s", name, projects_query(a, in, w),
                                                      space_query(a, w, "appNamespace")));
        items = a->host->get(answer, "/items");
        for (size_t j = 0; rc == 0 && j < a->host->count(items, ""); j++) {
            const struct callboard_json *item = a->host->at(items, j);

            if (strcmp(argo_text(a, item, "/metadata/name"), w->names[i]) == 0)
                w->found[i] = add(a, in, item, w, false) || w->found[i];
        }
    }
    return rc == CALLBOARD_ENOTFOUND ? 0 : rc;
}

static int ask_list(struct argo *a, const struct argo_instance *in, const struct wish *w)
{
    const char *selector = w->selector ? a->host->format(a->call, "&selector=%s", a->host->escape(a->call, w->selector)) : "";
    const struct callboard_json *answer, *items;
    int rc = argo_get(&answer, a, in, a->host->format(a->call, "/api/v1/applications?fields=%s%s%s%s", ARGO_FIELDS, selector,
                                                      projects_query(a, in, w), space_query(a, w, "appNamespace")));

    if (rc < 0)
        return rc;
    items = a->host->get(answer, "/items");
    for (size_t i = 0; i < a->host->count(items, ""); i++)
        add(a, in, a->host->at(items, i), w, true);
    return 0;
}

static void ask_instance(struct argo *a, const struct argo_instance *in, struct wish *w)
{
    int rc = 0;

    if (w->project && !among(a, in, "/projects", w->project)) {
        argo_problem(a, CALLBOARD_EDENIED, in->name, "%s: the project %.100s is not among those that callboard may show", in->name, w->project);
        return;
    }
    if (w->space && !among(a, in, "/namespaces", w->space)) {
        argo_problem(a, CALLBOARD_EDENIED, in->name, "%s: the namespace %.100s is not among those that callboard may show", in->name, w->space);
        return;
    }
    if (w->name_n == 0 && (rc = ask_list(a, in, w)) < 0)
        argo_problem(a, rc, in->name, "%s", a->why);
    for (size_t i = 0; i < w->name_n && rc == 0; i++) {
        rc = ask_name(a, in, w, i);
        if (rc < 0)
            argo_problem(a, rc, in->name, "%s", a->why);
    }
}

static void ask_all(struct argo *a, struct wish *w)
{
    size_t left_n = 0;

    for (size_t i = 0; i < a->instance_n; i++)
        left_n += a->instances[i].chosen;
    for (size_t i = 0; i < a->instance_n; i++) {
        int64_t left = a->host->left_ms(a->call);

        if (!a->instances[i].chosen)
            continue;
        left = left > 2 * KEEP_MS ? left - KEEP_MS : left / 2;
        a->until_us = a->host->now_us(a->call) + left * 1000 / (int64_t)left_n--; /* a slow one must not take the others' time */
        ask_instance(a, &a->instances[i], w);
        a->until_us = 0;
    }
}

/* ---- the whole of it */

static int read_names(struct wish *w, struct argo *a, const char *list)
{
    const char *item;

    while ((item = next_item(a, &list))) {
        bool twice = false;

        if (!is_name(item)) {
            argo_problem(a, CALLBOARD_EINVAL, "argocd/app-name", "'%.100s' is no name of an application", item);
            continue;
        }
        for (size_t i = 0; i < w->name_n; i++)
            twice = twice || strcmp(w->names[i], item) == 0;
        if (twice)
            continue;
        if (w->name_n == ARGO_NAME_MAX)
            return a->host->fail(a->call, CALLBOARD_ELIMIT, "argocd/app-name has more than %d names: use argocd/app-selector", ARGO_NAME_MAX);
        w->names[w->name_n++] = item;
    }
    if (w->name_n == 0)
        return a->host->fail(a->call, CALLBOARD_EINVAL, "argocd/app-name names no application: lower case letters, digits, '-' and '.'");
    return CALLBOARD_OK;
}

static int read_wish(struct wish *w, struct argo *a)
{
    const char *names;
    int rc;

    if ((rc = annotation(&names, a, "app-name")) != CALLBOARD_OK || (rc = annotation(&w->selector, a, "app-selector")) != CALLBOARD_OK ||
        (rc = annotation(&w->space, a, "app-namespace")) != CALLBOARD_OK || (rc = annotation(&w->project, a, "project-name")) != CALLBOARD_OK)
        return rc;
    if (!names && !w->selector && !w->project)
        return CALLBOARD_ABSENT;
    if (names && w->selector)
        return a->host->fail(a->call, CALLBOARD_EINVAL, "argocd/app-name and argocd/app-selector exclude each other: keep one of them");
    if (w->space && !is_name(w->space))
        return a->host->fail(a->call, CALLBOARD_EINVAL, "argocd/app-namespace is '%.100s', which is no name of a namespace", w->space);
    if (w->project && !is_name(w->project))
        return a->host->fail(a->call, CALLBOARD_EINVAL, "argocd/project-name is '%.100s', which is no name of a project", w->project);
    return names ? read_names(w, a, names) : CALLBOARD_OK;
}

int argo_select(struct argo *a, const char *only)
{
    struct wish w = {0};
    bool failed = false;
    int rc;

    if ((rc = read_wish(&w, a)) != CALLBOARD_OK || (rc = choose(a, only)) != CALLBOARD_OK)
        return rc;
    size_t before = a->problem_n;
    ask_all(a, &w);
    failed = a->problem_n > before;
    if (a->app_n == 0 && failed)
        return a->host->fail(a->call, a->problems[before].code, "%s", a->problems[before].message);
    for (size_t i = 0; i < w.name_n; i++)
        if (!w.found[i])
            argo_problem(a, CALLBOARD_ENOTFOUND, "argocd/app-name", "%s has no application '%s' that callboard may see",
                         failed ? "what answered" : "Argo CD", w.names[i]);
    argo_sort(a);
    return CALLBOARD_OK;
}

void argo_details(struct argo *a)
{
    for (size_t i = 0; i < a->app_n && a->app_n <= ARGO_DETAIL_MAX; i++) {
        struct argo_app *app = &a->apps[i];
        const struct callboard_json *whole;
        size_t left_n = a->app_n - i;
        int rc;

        if (!app->trimmed)
            continue;
        a->until_us = a->host->now_us(a->call) + a->host->left_ms(a->call) * 1000 / (int64_t)(left_n + 1);
        rc = argo_get(&whole, a, app->instance,
                      a->host->format(a->call, "/api/v1/applications/%s?%s", a->host->escape(a->call, app->name), argo_scope(a, app)));
        a->until_us = 0;
        if (rc < 0) {
            argo_problem(a, rc, app->instance->name, "%s (%s)", a->why, app->name);
        } else if (strcmp(argo_text(a, whole, "/spec/project"), app->project) == 0) {
            app->json = whole;
            app->trimmed = false;
        }
    }
}

/* ---- order */

struct place {
    struct argo_app app;
    enum argo_state state;
};

static int by_name(const void *x, const void *y)
{
    const struct place *p = x, *q = y;
    int rc = strcmp(p->app.name, q->app.name);

    return rc ? rc : p->app.instance->i < q->app.instance->i ? -1 : p->app.instance->i > q->app.instance->i;
}

static int by_state(const void *x, const void *y)
{
    const struct place *p = x, *q = y;

    return p->state != q->state ? (p->state > q->state ? -1 : 1) : by_name(x, y);
}

void argo_sort(struct argo *a)
{
    struct place *places = calloc(a->app_n + 1, sizeof(*places));

    if (!places)
        abort();
    for (size_t i = 0; i < a->app_n; i++)
        places[i] = (struct place){a->apps[i], argo_app_state(a, &a->apps[i])};
    qsort(places, a->app_n, sizeof(*places), a->app_n > ARGO_DETAIL_MAX ? by_state : by_name);
    for (size_t i = 0; i < a->app_n; i++)
        a->apps[i] = places[i].app;
    free(places);
}
