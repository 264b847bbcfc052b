#include "server/plugin/describe.h"

#include "catalog/base/clock.h"

struct reading {
    struct cb_describe *d;
    struct cb_err *err;
    enum cb_code rc;
};

bool cb_plugin_name_is(cb_str name)
{
    if (name.n == 0 || name.n > CB_PLUGIN_NAME_MAX || name.p[0] < 'a' || name.p[0] > 'z')
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return true;
}

static const struct cb_node *object_of(const struct cb_node *row, const char *key)
{
    const struct cb_node *n = cb_node_get(row, key);

    return n && n->type == CB_OBJECT ? n : NULL;
}

static int64_t number_of(const struct cb_node *row, const char *key)
{
    const struct cb_node *n = cb_node_get(row, key);

    return n && n->type == CB_INT && n->i > 0 && n->i < INT64_C(1000000000) ? n->i : 0;
}

static bool is_true(const struct cb_node *row, const char *key)
{
    const struct cb_node *n = cb_node_get(row, key);

    return n && n->type == CB_BOOL && n->b;
}

static void wrong(struct reading *r, const char *what)
{
    if (r->rc == CB_OK)
        r->rc = cb_fail(r->err, CB_EINVAL, "what it says it has makes no sense: %s", what);
}

static cb_str name_of(struct reading *r, const struct cb_node *row)
{
    cb_str name = cb_node_text(row, "name");

    if (!cb_plugin_name_is(name))
        wrong(r, "a row without a name");
    return name;
}

static const cb_str *texts_of(size_t *n, struct reading *r, const struct cb_node *row, const char *key, bool lower)
{
    const struct cb_node *list = cb_node_get(row, key);
    cb_str *v;

    *n = 0;
    if (!list || list->type != CB_ARRAY)
        return NULL;
    v = CB_NEW_N(r->d->arena, cb_str, list->child_n + 1);
    for (const struct cb_node *item = list->first; item; item = item->next)
        if (item->type == CB_STRING)
            v[(*n)++] = lower ? cb_arena_lower(r->d->arena, item->text) : item->text;
    return v;
}

static enum cb_role role_of(struct reading *r, const struct cb_node *row, bool may_be_open)
{
    cb_str text = cb_node_text(row, "right");
    enum cb_role role = CB_ROLE_ADMIN;

    if (may_be_open && cb_str_eq(text, CB_LIT("open")))
        return CB_ROLE_NONE;
    if (!cb_role_parse(&role, text))
        wrong(r, "a right that is none");
    return role;
}

/* Rows of the table KEY; *N 0 when it is missing. */
static const struct cb_node *rows_of(size_t *n, struct reading *r, const struct cb_node *root, const char *key)
{
    const struct cb_node *list = cb_node_get(root, key);

    *n = 0;
    if (!list || list->type != CB_ARRAY)
        return NULL;
    if (list->child_n > CB_PLUGIN_ROW_MAX) {
        wrong(r, "too many rows");
        return NULL;
    }
    *n = list->child_n;
    return list->first;
}

static void read_panels(struct reading *r, const struct cb_node *root)
{
    struct cb_describe *d = r->d;
    const struct cb_node *row = rows_of(&d->panel_n, r, root, "panels");
    struct cb_plugin_panel *v = CB_NEW_N(d->arena, struct cb_plugin_panel, d->panel_n + 1);

    d->panels = v;
    for (; row; row = row->next, v++) {
        *v = (struct cb_plugin_panel){
            .name = name_of(r, row),
            .title = cb_node_text(row, "title"),
            .help = cb_node_text(row, "help"),
            .ttl_us = number_of(row, "ttl_s") * CB_S_US,
            .stale_us = number_of(row, "stale_s") * CB_S_US,
            .deadline_us = number_of(row, "deadline_ms") * CB_MS_US,
        };
        v->annotations = texts_of(&v->annotation_n, r, row, "annotations", false);
        v->kinds = texts_of(&v->kind_n, r, row, "kinds", true);
    }
}

static void read_panel_actions(struct reading *r, const struct cb_node *root)
{
    struct cb_describe *d = r->d;
    const struct cb_node *row = rows_of(&d->panel_action_n, r, root, "panel_actions");
    struct cb_plugin_panel_action *v = CB_NEW_N(d->arena, struct cb_plugin_panel_action, d->panel_action_n + 1);

    d->panel_actions = v;
    for (; row; row = row->next, v++)
        *v = (struct cb_plugin_panel_action){
            .panel = cb_node_text(row, "panel"),
            .name = name_of(r, row),
            .title = cb_node_text(row, "title"),
            .confirm = cb_node_text(row, "confirm"),
            .role = role_of(r, row, false),
            .input = object_of(row, "input"),
            .deadline_us = number_of(row, "deadline_ms") * CB_MS_US,
        };
}

static void read_actions(struct reading *r, const struct cb_node *root)
{
    struct cb_describe *d = r->d;
    const struct cb_node *row = rows_of(&d->action_n, r, root, "actions");
    struct cb_plugin_action *v = CB_NEW_N(d->arena, struct cb_plugin_action, d->action_n + 1);

    d->actions = v;
    for (; row; row = row->next, v++) {
        const struct cb_node *examples = cb_node_get(row, "examples");

        *v = (struct cb_plugin_action){
            .name = cb_node_text(row, "name"),
            .summary = cb_node_text(row, "summary"),
            .input = object_of(row, "input"),
            .output = object_of(row, "output"),
            .examples = examples && examples->type == CB_ARRAY ? examples : NULL,
            .dry_run = is_true(row, "dry_run"),
            .undo = is_true(row, "undo"),
            .deadline_us = number_of(row, "deadline_ms") * CB_MS_US,
        };
        if (v->name.n == 0 || v->name.n > CB_PLUGIN_NAME_MAX)
            wrong(r, "an action without a name");
    }
}

static void read_sources(struct reading *r, const struct cb_node *root)
{
    struct cb_describe *d = r->d;
    const struct cb_node *row = rows_of(&d->source_n, r, root, "sources");
    struct cb_plugin_source *v = CB_NEW_N(d->arena, struct cb_plugin_source, d->source_n + 1);

    d->sources = v;
    for (; row; row = row->next, v++)
        *v = (struct cb_plugin_source){name_of(r, row), cb_node_text(row, "summary"), number_of(row, "interval_s") * CB_S_US,
                                       number_of(row, "deadline_ms") * CB_MS_US};
}

static void read_routes(struct reading *r, const struct cb_node *root)
{
    struct cb_describe *d = r->d;
    const struct cb_node *row = rows_of(&d->route_n, r, root, "routes");
    struct cb_plugin_route *v = CB_NEW_N(d->arena, struct cb_plugin_route, d->route_n + 1);

    d->routes = v;
    for (; row; row = row->next, v++) {
        *v = (struct cb_plugin_route){
            .method = cb_node_text(row, "method"),
            .path = cb_node_text(row, "path"),
            .summary = cb_node_text(row, "summary"),
            .role = role_of(r, row, true),
            .deadline_us = number_of(row, "deadline_ms") * CB_MS_US,
        };
        if (v->method.n == 0 || v->path.n == 0)
            wrong(r, "a route without a path");
    }
}

enum cb_code cb_describe_parse(struct cb_describe **out, cb_str json, struct cb_err *err)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_describe *d = CB_NEW(a, struct cb_describe);
    struct reading r = {d, err, CB_OK};
    struct cb_node *root;

    atomic_init(&d->ref_n, 1);
    d->arena = a;
    if ((r.rc = cb_node_parse(&root, a, cb_arena_str(a, json), err)) == CB_OK) {
        d->name = name_of(&r, root);
        d->version = cb_node_text(root, "version");
        d->summary = cb_node_text(root, "summary");
        d->minor = number_of(root, "minor");
        d->config = object_of(root, "config");
        read_panels(&r, root);
        read_panel_actions(&r, root);
        read_actions(&r, root);
        read_sources(&r, root);
        read_routes(&r, root);
    }
    if (r.rc != CB_OK) {
        cb_arena_free(a);
        return r.rc;
    }
    *out = d;
    return CB_OK;
}

struct cb_describe *cb_describe_ref(struct cb_describe *d)
{
    if (d)
        atomic_fetch_add(&d->ref_n, 1);
    return d;
}

void cb_describe_unref(struct cb_describe *d)
{
    if (d && atomic_fetch_sub(&d->ref_n, 1) == 1)
        cb_arena_free(d->arena);
}

int cb_describe_panel(const struct cb_describe *d, cb_str name)
{
    for (size_t i = 0; i < d->panel_n; i++)
        if (cb_str_eq(d->panels[i].name, name))
            return (int)i;
    return -1;
}

int cb_describe_panel_action(const struct cb_describe *d, cb_str panel, cb_str name)
{
    for (size_t i = 0; i < d->panel_action_n; i++)
        if (cb_str_eq(d->panel_actions[i].panel, panel) && cb_str_eq(d->panel_actions[i].name, name))
            return (int)i;
    return -1;
}

int cb_describe_action(const struct cb_describe *d, cb_str name)
{
    for (size_t i = 0; i < d->action_n; i++)
        if (cb_str_eq(d->actions[i].name, name))
            return (int)i;
    return -1;
}

int cb_describe_source(const struct cb_describe *d, cb_str name)
{
    for (size_t i = 0; i < d->source_n; i++)
        if (cb_str_eq(d->sources[i].name, name))
            return (int)i;
    return -1;
}

int cb_describe_route(const struct cb_describe *d, cb_str method, cb_str path)
{
    for (size_t i = 0; i < d->route_n; i++)
        if (cb_str_eq(d->routes[i].method, method) && cb_str_eq(d->routes[i].path, path))
            return (int)i;
    return -1;
}

static cb_str text_at(const struct cb_node *object, cb_str key)
{
    const struct cb_node *n = cb_node_get_str(object, key);

    return n && n->type == CB_STRING ? n->text : CB_LIT("");
}

bool cb_describe_fits(const struct cb_plugin_panel *panel, const struct cb_node *entity, bool kind_only)
{
    const struct cb_node *annotations = cb_node_get(cb_node_get(entity, "metadata"), "annotations");
    bool fits = panel->kind_n == 0;

    for (size_t i = 0; i < panel->kind_n && !fits; i++)
        fits = cb_str_eq_nocase(panel->kinds[i], cb_node_text(entity, "kind"));
    if (!fits || kind_only || panel->annotation_n == 0)
        return fits;
    for (size_t i = 0; i < panel->annotation_n; i++)
        if (cb_str_trim(text_at(annotations, panel->annotations[i])).n)
            return true;
    return false;
}
