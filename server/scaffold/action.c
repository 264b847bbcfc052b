#include "server/scaffold/action.h"

#include <stdlib.h>

#define SAMPLE_DEPTH_MAX 16

static int by_id(const void *a, const void *b)
{
    const struct cb_action *x = a, *y = b;
    int way = cb_str_cmp(x->row->name, y->row->name);
    bool first = cb_str_eq(x->plugin, CB_LIT(CB_SCAFFOLD_LANGUAGE)), second = cb_str_eq(y->plugin, CB_LIT(CB_SCAFFOLD_LANGUAGE));

    if (way || first != second)
        return way ? way : second - first;
    return cb_str_cmp(x->plugin, y->plugin);
}

void cb_actions_load(struct cb_actions *out, struct cb_arena *a, struct cb_plugins *plugins)
{
    size_t n = 0, kept = 0;

    *out = (struct cb_actions){0};
    if (!plugins)
        return;
    out->view_n = cb_plugins_all(&out->views, a, plugins);
    for (size_t i = 0; i < out->view_n; i++)
        if (out->views[i].describe && out->views[i].state != CB_PLUGIN_IS_DISABLED)
            n += out->views[i].describe->action_n;
    out->v = CB_NEW_N(a, struct cb_action, n + 1);
    for (size_t i = 0; i < out->view_n; i++) {
        const struct cb_describe *d = out->views[i].describe;

        for (size_t j = 0; d && out->views[i].state != CB_PLUGIN_IS_DISABLED && j < d->action_n; j++)
            out->v[out->n++] = (struct cb_action){out->views[i].name, &d->actions[j]};
    }
    qsort(out->v, out->n, sizeof(*out->v), by_id);
    for (size_t i = 0; i < out->n; i++)
        if (!kept || !cb_str_eq(out->v[kept - 1].row->name, out->v[i].row->name))
            out->v[kept++] = out->v[i];
    out->n = kept;
}

void cb_actions_fini(struct cb_actions *set)
{
    cb_plugin_views_free(set->views, set->view_n);
    *set = (struct cb_actions){0};
}

const struct cb_action *cb_actions_find(const struct cb_actions *set, cb_str id)
{
    for (size_t i = 0; i < set->n; i++)
        if (cb_str_eq(set->v[i].row->name, id))
            return &set->v[i];
    return NULL;
}

static void put_action(struct cb_buf *out, const struct cb_plugin_action *row)
{
    cb_buf_put_cstr(out, "{\"id\":");
    cb_buf_put_json(out, row->name);
    cb_buf_put_cstr(out, ",\"description\":");
    cb_buf_put_json(out, row->summary);
    if (row->examples) {
        cb_buf_put_cstr(out, ",\"examples\":");
        cb_node_dump(out, row->examples);
    }
    cb_buf_put_cstr(out, ",\"schema\":{");
    if (row->input) {
        cb_buf_put_cstr(out, "\"input\":");
        cb_node_dump(out, row->input);
    }
    if (row->output) {
        cb_buf_put_cstr(out, row->input ? ",\"output\":" : "\"output\":");
        cb_node_dump(out, row->output);
    }
    cb_buf_put_cstr(out, "}}");
}

void cb_actions_put(struct cb_buf *out, const struct cb_actions *set)
{
    cb_buf_put_char(out, '[');
    for (size_t i = 0; i < set->n; i++) {
        if (i)
            cb_buf_put_char(out, ',');
        put_action(out, set->v[i].row);
    }
    cb_buf_put_char(out, ']');
}

/* ---- samples */

static struct cb_node *sample(struct cb_arena *a, const struct cb_node *schema, unsigned depth)
{
    const struct cb_node *examples = cb_node_get(schema, "examples"), *type = cb_node_get(schema, "type"), *items;
    struct cb_node *out;
    cb_str name = type && type->type == CB_ARRAY && type->first ? type->first->text : cb_node_text(schema, "type");

    if (examples && examples->type == CB_ARRAY && examples->first)
        return cb_node_copy(a, examples->first);
    if (cb_str_eq(name, CB_LIT("number")) || cb_str_eq(name, CB_LIT("integer")))
        return cb_node_int(a, 0);
    if (cb_str_eq(name, CB_LIT("boolean")))
        return cb_node_bool(a, false);
    if (cb_str_eq(name, CB_LIT("array"))) {
        out = cb_node_new(a, CB_ARRAY);
        if ((items = cb_node_get(schema, "items")) && items->type == CB_OBJECT && depth < SAMPLE_DEPTH_MAX)
            cb_node_push(out, sample(a, items, depth + 1));
        return out;
    }
    if (cb_str_eq(name, CB_LIT("object"))) {
        const struct cb_node *properties = cb_node_get(schema, "properties");

        out = cb_node_new(a, CB_OBJECT);
        for (const struct cb_node *p = properties ? properties->first : NULL; p && depth < SAMPLE_DEPTH_MAX; p = p->next)
            cb_node_put(out, p->key, sample(a, p, depth + 1));
        return out;
    }
    return cb_node_string(a, CB_LIT("<example>"));
}

struct cb_node *cb_action_sample(struct cb_arena *a, const struct cb_node *schema)
{
    const struct cb_node *properties = cb_node_get(schema, "properties");
    struct cb_node *out = cb_node_new(a, CB_OBJECT);

    for (const struct cb_node *p = properties ? properties->first : NULL; p; p = p->next)
        cb_node_put(out, p->key, sample(a, p, 1));
    return out;
}
