#include "server/plugin/shape.h"

#include <stdio.h>

#define PATH_MAX_BYTES 128

enum kind { TEXT, LINK, STATE, NUMBER, FLAG, OBJECT, LIST, KIND, CELL, SCALAR, LABELS, POINTS, ROWS, PANELS };

/* One member of an object. */
struct rule {
    const char *key;
    enum kind kind;
    bool required;
    const struct rule *items; /* of an OBJECT or a LIST of objects */
};

struct at {
    const struct at *up;
    const char *key; /* or */
    size_t i;
};

static const char *const state_names[] = {"ok", "progress", "warning", "error", "unknown", "info", NULL};
static const char *const kind_names[] = {"text", "status", "time", "duration", "number", "bytes", "code", "link", "entity", NULL};

static const struct rule link_rules[] = {{"title", TEXT, true, NULL}, {"url", LINK, true, NULL}, {0}};
static const struct rule source_rules[] = {{"name", TEXT, false, NULL}, {"url", LINK, false, NULL}, {"simulated", FLAG, false, NULL}, {0}};
static const struct rule partial_rules[] = {{"source", TEXT, true, NULL}, {"message", TEXT, true, NULL}, {0}};
static const struct rule action_rules[] = {{"action", TEXT, true, NULL}, {"title", TEXT, false, NULL}, {"input", LABELS, false, NULL}, {0}};

static const struct rule common[] = {
    {"title", TEXT, false, NULL},
    {"summary", TEXT, false, NULL},
    {"source", OBJECT, false, source_rules},
    {"links", LIST, false, link_rules},
    {"partial", LIST, false, partial_rules},
    {"actions", LIST, false, action_rules},
    {0},
};

static const struct rule status_items[] = {{"label", TEXT, true, NULL},   {"state", STATE, true, NULL},  {"text", TEXT, false, NULL},
                                           {"detail", TEXT, false, NULL}, {"since", TEXT, false, NULL}, {"url", LINK, false, NULL},
                                           {0}};
static const struct rule status_rules[] = {{"items", LIST, true, status_items}, {0}};

static const struct rule columns[] = {{"key", TEXT, true, NULL}, {"title", TEXT, true, NULL}, {"kind", KIND, false, NULL}, {"unit", TEXT, false, NULL}, {0}};
static const struct rule cell_rules[] = {{"text", SCALAR, false, NULL}, {"url", LINK, false, NULL}, {"state", STATE, false, NULL}, {"title", TEXT, false, NULL}, {0}};
static const struct rule table_rules[] = {{"columns", LIST, true, columns}, {"rows", ROWS, true, NULL}, {"truncated", SCALAR, false, NULL}, {0}};

static const struct rule serie[] = {{"name", TEXT, false, NULL}, {"unit", TEXT, false, NULL}, {"labels", LABELS, false, NULL}, {"points", POINTS, true, NULL}, {0}};
static const struct rule series_rules[] = {
    {"from", NUMBER, false, NULL}, {"to", NUMBER, false, NULL}, {"step_s", NUMBER, false, NULL}, {"series", LIST, true, serie}, {0}};

static const struct rule events[] = {{"at", TEXT, true, NULL},     {"until", TEXT, false, NULL}, {"title", TEXT, true, NULL}, {"text", TEXT, false, NULL},
                                     {"state", STATE, false, NULL}, {"actor", TEXT, false, NULL}, {"url", LINK, false, NULL}, {0}};
static const struct rule timeline_rules[] = {{"events", LIST, true, events}, {0}};

static const struct rule nodes[] = {{"id", TEXT, true, NULL},     {"parent", TEXT, false, NULL}, {"title", TEXT, true, NULL}, {"kind", TEXT, false, NULL},
                                    {"state", STATE, false, NULL}, {"text", TEXT, false, NULL},   {"url", LINK, false, NULL},  {0}};
static const struct rule tree_rules[] = {{"nodes", LIST, true, nodes}, {0}};

static const struct rule files[] = {{"title", TEXT, true, NULL}, {"before", TEXT, false, NULL}, {"after", TEXT, false, NULL}, {"language", TEXT, false, NULL}, {0}};
static const struct rule diff_rules[] = {{"files", LIST, true, files}, {0}};

static const struct rule links_items[] = {{"title", TEXT, true, NULL}, {"url", LINK, true, NULL}, {"text", TEXT, false, NULL}, {0}};
static const struct rule links_rules[] = {{"items", LIST, true, links_items}, {0}};
static const struct rule text_rules[] = {{"markdown", TEXT, true, NULL}, {0}};
static const struct rule pairs[] = {{"key", TEXT, true, NULL}, {"value", SCALAR, false, NULL}, {"url", LINK, false, NULL}, {"state", STATE, false, NULL}, {0}};
static const struct rule keyvalues_rules[] = {{"items", LIST, true, pairs}, {0}};
static const struct rule group_rules[] = {{"panels", PANELS, true, NULL}, {0}};

static const struct {
    const char *name;
    const struct rule *rules;
} types[] = {
    {"status", status_rules}, {"table", table_rules}, {"series", series_rules}, {"timeline", timeline_rules}, {"tree", tree_rules},
    {"diff", diff_rules},     {"links", links_rules}, {"text", text_rules},     {"keyvalues", keyvalues_rules}, {"group", group_rules},
};

static enum cb_code check_panel(const struct cb_node *panel, const struct at *at, bool in_group, struct cb_err *err);

/* ---- sentences */

static void put_path(struct cb_buf *out, const struct at *at)
{
    if (!at)
        return;
    put_path(out, at->up);
    if (out->n > PATH_MAX_BYTES)
        return;
    if (out->n)
        cb_buf_put_char(out, '/');
    if (at->key)
        cb_buf_put_cstr(out, at->key);
    else
        cb_buf_printf(out, "%zu", at->i);
}

static enum cb_code wrong(const struct at *at, const char *what, struct cb_err *err)
{
    struct cb_buf path = CB_BUF_INIT;
    enum cb_code rc;

    put_path(&path, at);
    rc = cb_fail(err, CB_EINVAL, "%s%s%s", path.n ? path.p : "", path.n ? " " : "", what);
    cb_buf_fini(&path);
    return rc;
}

/* ---- members */

bool cb_shape_is_link(cb_str url)
{
    static const char *const schemes[] = {"https://", "http://", "mailto:"};

    for (size_t i = 0; i < CB_COUNT(schemes); i++) {
        cb_str scheme = cb_str_cstr(schemes[i]);

        if (cb_str_eq_nocase(cb_str_sub(url, 0, scheme.n), scheme))
            return true;
    }
    return url.n && url.p[0] == '/' && (url.n == 1 || (url.p[1] != '/' && url.p[1] != '\\'));
}

static bool is_word(const struct cb_node *n, const char *const *words)
{
    for (; n->type == CB_STRING && *words; words++)
        if (cb_str_eq(n->text, cb_str_cstr(*words)))
            return true;
    return false;
}

static bool is_number(const struct cb_node *n)
{
    return n->type == CB_INT || n->type == CB_REAL;
}

static enum cb_code check_object(const struct cb_node *object, const struct rule *rules, const struct at *at, struct cb_err *err);

static enum cb_code check_list(const struct cb_node *list, const struct rule *items, const struct at *at, struct cb_err *err)
{
    struct at in = {at, NULL, 0};
    enum cb_code rc = CB_OK;

    if (list->type != CB_ARRAY)
        return wrong(at, "must be a list", err);
    for (const struct cb_node *n = list->first; n && rc == CB_OK; n = n->next, in.i++)
        rc = n->type == CB_OBJECT ? check_object(n, items, &in, err) : wrong(&in, "must be an object", err);
    return rc;
}

static enum cb_code check_cell(const struct cb_node *cell, const struct at *at, struct cb_err *err)
{
    if (cell->type == CB_OBJECT)
        return check_object(cell, cell_rules, at, err);
    return cell->type == CB_ARRAY ? wrong(at, "must be a value, or an object with text", err) : CB_OK;
}

static enum cb_code check_rows(const struct cb_node *list, const struct at *at, struct cb_err *err)
{
    struct at row = {at, NULL, 0};
    enum cb_code rc = CB_OK;

    if (list->type != CB_ARRAY)
        return wrong(at, "must be a list", err);
    for (const struct cb_node *n = list->first; n && rc == CB_OK; n = n->next, row.i++) {
        struct at cell = {&row, NULL, 0};

        if (n->type != CB_OBJECT)
            return wrong(&row, "must be an object", err);
        for (const struct cb_node *c = n->first; c && rc == CB_OK; c = c->next, cell.i++)
            rc = check_cell(c, &cell, err);
    }
    return rc;
}

/* [[unix_s, number or null], ...] */
static enum cb_code check_points(const struct cb_node *list, const struct at *at, struct cb_err *err)
{
    struct at in = {at, NULL, 0};

    if (list->type != CB_ARRAY)
        return wrong(at, "must be a list", err);
    for (const struct cb_node *n = list->first; n; n = n->next, in.i++)
        if (n->type != CB_ARRAY || n->child_n != 2 || !is_number(n->first) || !(is_number(n->last) || n->last->type == CB_NULL))
            return wrong(&in, "must be [seconds, number or null]", err);
    return CB_OK;
}

static enum cb_code check_panels(const struct cb_node *list, const struct at *at, struct cb_err *err)
{
    struct at in = {at, NULL, 0};
    enum cb_code rc = CB_OK;

    if (list->type != CB_ARRAY)
        return wrong(at, "must be a list", err);
    for (const struct cb_node *n = list->first; n && rc == CB_OK; n = n->next, in.i++)
        rc = check_panel(n, &in, true, err);
    return rc;
}

static enum cb_code check_member(const struct cb_node *n, const struct rule *rule, const struct at *at, struct cb_err *err)
{
    switch (rule->kind) {
    case TEXT:
        return n->type == CB_STRING ? CB_OK : wrong(at, "must be a text", err);
    case LINK:
        if (n->type != CB_STRING)
            return wrong(at, "must be a text", err);
        return cb_shape_is_link(n->text) ? CB_OK : wrong(at, "must be a link: http:, https:, mailto:, or a path", err);
    case STATE:
        return is_word(n, state_names) ? CB_OK : wrong(at, "must be a state: ok, progress, warning, error, unknown or info", err);
    case KIND:
        return is_word(n, kind_names) ? CB_OK
                                      : wrong(at, "must be a kind: text, status, time, duration, number, bytes, code, link or entity", err);
    case NUMBER:
        return is_number(n) ? CB_OK : wrong(at, "must be a number", err);
    case FLAG:
        return n->type == CB_BOOL ? CB_OK : wrong(at, "must be true or false", err);
    case SCALAR:
        return n->type != CB_OBJECT && n->type != CB_ARRAY ? CB_OK : wrong(at, "must be a single value", err);
    case LABELS:
        return n->type == CB_OBJECT ? CB_OK : wrong(at, "must be an object", err);
    case OBJECT:
        return n->type == CB_OBJECT ? check_object(n, rule->items, at, err) : wrong(at, "must be an object", err);
    case LIST:
        return check_list(n, rule->items, at, err);
    case CELL:
        return check_cell(n, at, err);
    case POINTS:
        return check_points(n, at, err);
    case ROWS:
        return check_rows(n, at, err);
    case PANELS:
        return check_panels(n, at, err);
    }
    return CB_OK;
}

static enum cb_code check_object(const struct cb_node *object, const struct rule *rules, const struct at *at, struct cb_err *err)
{
    enum cb_code rc = CB_OK;

    for (const struct rule *r = rules; r->key && rc == CB_OK; r++) {
        const struct cb_node *n = cb_node_get(object, r->key);
        struct at in = {at, r->key, 0};

        if (n && n->type != CB_NULL)
            rc = check_member(n, r, &in, err);
        else if (r->required)
            rc = wrong(&in, "is missing", err);
    }
    return rc;
}

static enum cb_code check_panel(const struct cb_node *panel, const struct at *at, bool in_group, struct cb_err *err)
{
    struct at type = {at, "type", 0};
    const struct rule *rules = NULL;
    cb_str name;
    enum cb_code rc;

    if (!panel || panel->type != CB_OBJECT)
        return wrong(at, "must be an object", err);
    name = cb_node_text(panel, "type");
    for (size_t i = 0; i < CB_COUNT(types); i++)
        if (cb_str_eq(name, cb_str_cstr(types[i].name)))
            rules = types[i].rules;
    if (!rules)
        return wrong(&type, "must be one of status, table, series, timeline, tree, diff, links, text, keyvalues, group", err);
    if (in_group && rules == group_rules)
        return wrong(&type, "must not be a group within a group", err);
    if ((rc = check_object(panel, common, at, err)) != CB_OK)
        return rc;
    return check_object(panel, rules, at, err);
}

enum cb_code cb_shape_check(const struct cb_node *panel, struct cb_err *err)
{
    return check_panel(panel, NULL, false, err);
}
