#include "plugins/host/load.h"

#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/host/call.h"

#define SYMBOL "callboard_plugin_v1"

/* Bytes of TYPE as 1.0 had it, whose last member was LAST: a plugin of then has no more, whatever the struct has grown to. */
#define AS_OF_1_0(type, last) (offsetof(struct type, last) + sizeof(((struct type *)0)->last))

static struct callboard_plugin plugin;
static struct cb_loaded loaded;

static int refuse(char *why, size_t n, const char *format, ...) CALLBOARD_PRINTF(3, 4);
static int refuse(char *why, size_t n, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why, n, format, args);
    va_end(args);
    return 0;
}

int cb_load_row(void *out, size_t size, const struct cb_load_rows *rows, size_t i)
{
    if (i >= rows->n)
        return 0;
    memset(out, 0, size);
    memcpy(out, rows->first + i * rows->size, rows->size < size ? rows->size : size);
    return 1;
}

/* [a-z][a-z0-9-]*; an action's may have ':' and '_' too, and its parts capitals. */
static int is_name(const char *name, int of_action)
{
    size_t n = name ? strlen(name) : 0;

    if (n == 0 || n > CALLBOARD_NAME_MAX || !(islower((unsigned char)name[0]) || (of_action && isalpha((unsigned char)name[0]))))
        return 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)name[i];

        if (!islower(c) && !isdigit(c) && c != '-' && !(of_action && (c == ':' || c == '_' || isupper(c))))
            return 0;
    }
    return 1;
}

static int is_schema(const char *text)
{
    json_error_t why;
    json_t *value = json_loads(text, 0, &why);
    int good = json_is_object(value);

    json_decref(value);
    return good;
}

static int is_word(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return 1;
    return 0;
}

/* Each table ends with a row whose first text is NULL. */
static int count_rows(struct cb_load_rows *out, const void *first, size_t size, size_t least, const char *what, char *why, size_t n)
{
    *out = (struct cb_load_rows){first, size, 0};
    if (!first)
        return 1;
    if (size < least || size % sizeof(void *))
        return refuse(why, n, "its rows of %s have %zu bytes, which no version of the contract has", what, size);
    for (;;) {
        const char *name;

        memcpy(&name, out->first + out->n * size, sizeof(name));
        if (!name)
            return 1;
        if (++out->n > CALLBOARD_ROW_MAX)
            return refuse(why, n, "it has more than %d %s, or their table does not end with a row of zeros", CALLBOARD_ROW_MAX, what);
    }
}

static int check_panels(char *why, size_t n)
{
    struct callboard_panel row, other;
    struct callboard_panel_action action;
    static const char *const rights[] = {"reader", "editor", "admin", NULL};

    for (size_t i = 0; cb_load_row(&row, sizeof(row), &loaded.panels, i); i++) {
        if (!is_name(row.name, 0))
            return refuse(why, n, "the panel '%s' needs a name of small letters, digits and '-'", row.name);
        if (!row.render || !row.title)
            return refuse(why, n, "the panel '%s' needs a title and a render function", row.name);
        for (size_t j = 0; j < i && cb_load_row(&other, sizeof(other), &loaded.panels, j); j++)
            if (strcmp(row.name, other.name) == 0)
                return refuse(why, n, "two panels are called '%s'", row.name);
    }
    for (size_t i = 0; cb_load_row(&action, sizeof(action), &loaded.panel_actions, i); i++) {
        int found = 0;

        for (size_t j = 0; !found && cb_load_row(&other, sizeof(other), &loaded.panels, j); j++)
            found = strcmp(action.panel, other.name) == 0;
        if (!found)
            return refuse(why, n, "the panel action '%s' names the panel '%s', which there is not", action.name ? action.name : "", action.panel);
        if (!is_name(action.name, 0) || !action.title || !action.run)
            return refuse(why, n, "an action of the panel '%s' needs a name, a title and a run function", action.panel);
        if (action.right && !is_word(action.right, rights))
            return refuse(why, n, "the panel action '%s' needs the right '%s': it is reader, editor or admin", action.name, action.right);
        if (action.input && !is_schema(action.input))
            return refuse(why, n, "the panel action '%s' has an input schema that is no JSON object", action.name);
    }
    return 1;
}

static int check_others(char *why, size_t n)
{
    static const char *const rights[] = {"reader", "editor", "admin", "open", NULL};
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", NULL};
    struct callboard_action action;
    struct callboard_source source;
    struct callboard_route route;

    for (size_t i = 0; cb_load_row(&action, sizeof(action), &loaded.actions, i); i++) {
        if (!is_name(action.name, 1) || !action.run)
            return refuse(why, n, "the action '%s' needs a name as 'acme:ticket:create' and a run function", action.name);
        if ((action.input && !is_schema(action.input)) || (action.output && !is_schema(action.output)))
            return refuse(why, n, "the action '%s' has a schema that is no JSON object", action.name);
    }
    for (size_t i = 0; cb_load_row(&source, sizeof(source), &loaded.sources, i); i++)
        if (!is_name(source.name, 0) || !source.read)
            return refuse(why, n, "the source '%s' needs a name of small letters and a read function", source.name);
    for (size_t i = 0; cb_load_row(&route, sizeof(route), &loaded.routes, i); i++) {
        if (!is_word(route.method, methods) || !route.path || route.path[0] == '/' || !route.answer)
            return refuse(why, n, "the route '%s' needs a method (GET, POST, PUT, DELETE), a path without '/' in front, and an answer function",
                          route.path ? route.path : "");
        if (route.right && !is_word(route.right, rights))
            return refuse(why, n, "the route '%s' needs the right '%s': it is reader, editor, admin or open", route.path, route.right);
    }
    return 1;
}

static int check(char *why, size_t n)
{
    if (!is_name(plugin.name, 0))
        return refuse(why, n, "its name '%s' is none: small letters, digits and '-'", plugin.name ? plugin.name : "");
    if (!plugin.version || !*plugin.version || strlen(plugin.version) > CALLBOARD_NAME_MAX)
        return refuse(why, n, "it has no version");
    if (plugin.config && !is_schema(plugin.config))
        return refuse(why, n, "its configuration's schema is no JSON object");
    return count_rows(&loaded.panels, plugin.panels, plugin.panel_size, AS_OF_1_0(callboard_panel, help), "panels", why, n) &&
           count_rows(&loaded.panel_actions, plugin.panel_actions, plugin.panel_action_size, AS_OF_1_0(callboard_panel_action, run),
                      "panel actions", why, n) &&
           count_rows(&loaded.actions, plugin.actions, plugin.action_size, AS_OF_1_0(callboard_action, undo), "actions", why, n) &&
           count_rows(&loaded.sources, plugin.sources, plugin.source_size, AS_OF_1_0(callboard_source, read), "sources", why, n) &&
           count_rows(&loaded.routes, plugin.routes, plugin.route_size, AS_OF_1_0(callboard_route, answer), "routes", why, n) &&
           check_panels(why, n) && check_others(why, n);
}

const struct cb_loaded *cb_load(const char *path, char *why, size_t why_n)
{
    const struct callboard_plugin *theirs;
    callboard_plugin_fn *entry;
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = object ? dlsym(object, SYMBOL) : NULL;

    if (!object) {
        refuse(why, why_n, "%s", dlerror());
        return NULL;
    }
    if (!symbol) {
        refuse(why, why_n, "it does not export " SYMBOL ": it is no plugin, or one for another major version of the contract");
        return NULL;
    }
    memcpy(&entry, &symbol, sizeof(entry));
    theirs = entry();
    if (!theirs || theirs->size < AS_OF_1_0(callboard_plugin, close)) {
        refuse(why, why_n, "what it exports is shorter than any version of the contract");
        return NULL;
    }
    if (theirs->major != CALLBOARD_ABI_MAJOR || theirs->minor > CALLBOARD_ABI_MINOR) {
        refuse(why, why_n, "it was built for version %u.%u of the contract, and this callboard has %d.%d: a newer callboard is needed", theirs->major,
               theirs->minor, CALLBOARD_ABI_MAJOR, CALLBOARD_ABI_MINOR);
        return NULL;
    }
    memcpy(&plugin, theirs, theirs->size < sizeof(plugin) ? theirs->size : sizeof(plugin));
    loaded.plugin = &plugin;
    return check(why, why_n) ? &loaded : NULL;
}

/* ---- what the server hears of it */

static json_t *text_or_null(const char *text)
{
    json_t *value = text ? json_string(text) : NULL;

    return value ? value : json_null();
}

static json_t *schema_or_null(const char *text)
{
    json_t *value = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;

    return value ? value : json_null();
}

static json_t *list(const char *text)
{
    json_t *out = json_array();

    while (text && *text) {
        size_t n = strcspn(text, ","), skip = strspn(text, " \t");

        if (n > skip) {
            size_t end = n;

            while (end > skip && (text[end - 1] == ' ' || text[end - 1] == '\t'))
                end--;
            json_array_append_new(out, json_stringn(text + skip, end - skip));
        }
        text += n + (text[n] == ',');
    }
    return out;
}

static int64_t or_else(int64_t n, int64_t otherwise)
{
    return n > 0 ? n : otherwise;
}

static json_t *panels(const struct cb_load_rows *rows)
{
    json_t *out = json_array();
    struct callboard_panel row;

    for (size_t i = 0; cb_load_row(&row, sizeof(row), rows, i); i++)
        json_array_append_new(out, json_pack("{s:s,s:s,s:o,s:o,s:I,s:I,s:I,s:o}", "name", row.name, "title", row.title, "annotations",
                                             list(row.annotations), "kinds", list(row.kinds), "ttl_s", (json_int_t)or_else(row.ttl_s, 30),
                                             "stale_s", (json_int_t)or_else(row.stale_s, 600), "deadline_ms",
                                             (json_int_t)or_else(row.deadline_ms, CALLBOARD_DEADLINE_MS), "help", text_or_null(row.help)));
    return out;
}

static json_t *panel_actions(const struct cb_load_rows *rows)
{
    json_t *out = json_array();
    struct callboard_panel_action row;

    for (size_t i = 0; cb_load_row(&row, sizeof(row), rows, i); i++)
        json_array_append_new(out, json_pack("{s:s,s:s,s:s,s:o,s:s,s:o,s:I}", "panel", row.panel, "name", row.name, "title", row.title,
                                             "confirm", text_or_null(row.confirm), "right", row.right ? row.right : "editor", "input",
                                             schema_or_null(row.input), "deadline_ms",
                                             (json_int_t)or_else(row.deadline_ms, CALLBOARD_DEADLINE_MS)));
    return out;
}

static json_t *actions(const struct cb_load_rows *rows)
{
    json_t *out = json_array();
    struct callboard_action row;

    for (size_t i = 0; cb_load_row(&row, sizeof(row), rows, i); i++)
        json_array_append_new(out, json_pack("{s:s,s:o,s:o,s:o,s:o,s:b,s:b,s:I}", "name", row.name, "summary", text_or_null(row.summary),
                                             "input", schema_or_null(row.input), "output", schema_or_null(row.output), "examples",
                                             schema_or_null(row.examples), "dry_run", row.dry_run != 0, "undo", row.undo != NULL,
                                             "deadline_ms", (json_int_t)or_else(row.deadline_ms, CALLBOARD_ACTION_DEADLINE_MS)));
    return out;
}

static json_t *sources(const struct cb_load_rows *rows)
{
    json_t *out = json_array();
    struct callboard_source row;

    for (size_t i = 0; cb_load_row(&row, sizeof(row), rows, i); i++)
        json_array_append_new(out, json_pack("{s:s,s:o,s:I,s:I}", "name", row.name, "summary", text_or_null(row.summary), "interval_s",
                                             (json_int_t)or_else(row.interval_s, 300), "deadline_ms",
                                             (json_int_t)or_else(row.deadline_ms, CALLBOARD_SOURCE_DEADLINE_MS)));
    return out;
}

static json_t *routes(const struct cb_load_rows *rows)
{
    json_t *out = json_array();
    struct callboard_route row;

    for (size_t i = 0; cb_load_row(&row, sizeof(row), rows, i); i++)
        json_array_append_new(out, json_pack("{s:s,s:s,s:s,s:o,s:I}", "method", row.method, "path", row.path, "right",
                                             row.right ? row.right : "reader", "summary", text_or_null(row.summary), "deadline_ms",
                                             (json_int_t)or_else(row.deadline_ms, CALLBOARD_DEADLINE_MS)));
    return out;
}

json_t *cb_load_descriptor(const struct cb_loaded *l)
{
    return json_pack("{s:s,s:s,s:o,s:i,s:o,s:o,s:o,s:o,s:o,s:o}", "name", l->plugin->name, "version", l->plugin->version, "summary",
                     text_or_null(l->plugin->summary), "minor", (int)l->plugin->minor, "config", schema_or_null(l->plugin->config), "panels",
                     panels(&l->panels), "panel_actions", panel_actions(&l->panel_actions), "actions", actions(&l->actions), "sources",
                     sources(&l->sources), "routes", routes(&l->routes));
}
