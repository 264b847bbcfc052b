#include "server/http/plugin_json.h"

#include "catalog/base/clock.h"
#include "server/http/params.h"

static void put_raw(struct cb_buf *out, const char *key, cb_str json, const char *otherwise)
{
    cb_buf_printf(out, ",\"%s\":", key);
    cb_buf_put_str(out, json.n ? json : cb_str_cstr(otherwise));
}

static void put_some(struct cb_buf *out, const char *key, cb_str text)
{
    if (text.n)
        cb_put_member(out, key, text);
}

static void put_texts(struct cb_buf *out, const char *key, const cb_str *v, size_t n)
{
    cb_buf_printf(out, ",\"%s\":[", key);
    for (size_t i = 0; i < n; i++) {
        if (i)
            cb_buf_put_char(out, ',');
        cb_buf_put_json(out, v[i]);
    }
    cb_buf_put_char(out, ']');
}

void cb_plugin_put_path(struct cb_buf *out, cb_str ref)
{
    size_t colon = cb_str_find_char(ref, ':', 0), slash = cb_str_find_char(ref, '/', colon);

    cb_buf_put_cstr(out, "/api/panels/");
    cb_percent_encode(out, cb_str_sub(ref, 0, colon));
    cb_buf_put_char(out, '/');
    cb_percent_encode(out, cb_str_sub(ref, colon + 1, slash));
    cb_buf_put_char(out, '/');
    cb_percent_encode(out, cb_str_sub(ref, slash + 1, ref.n));
}

static void put_href(struct cb_buf *out, cb_str ref, cb_str plugin, cb_str panel, cb_str action)
{
    cb_buf_put_cstr(out, ",\"href\":\"");
    cb_plugin_put_path(out, ref);
    cb_buf_printf(out, "/%" CB_FMT "/%" CB_FMT, CB_ARG(plugin), CB_ARG(panel));
    if (action.n)
        cb_buf_printf(out, "/actions/%" CB_FMT, CB_ARG(action));
    cb_buf_put_char(out, '"');
}

void cb_plugin_put_trouble(struct cb_buf *out, const struct cb_plugin_view *v)
{
    cb_buf_put_cstr(out, "{\"plugin\":");
    cb_buf_put_json(out, v->name);
    cb_put_member(out, "state", cb_str_cstr(cb_plugin_state_name(v->state)));
    cb_put_member(out, "message", v->why);
    cb_put_member_time(out, "since", v->since_us);
    cb_put_member_time(out, "nextTry", v->next_us);
    cb_buf_put_char(out, '}');
}

/* ---- actions of a panel */

cb_str cb_plugin_fill(struct cb_arena *a, cb_str text, const struct cb_node *input)
{
    struct cb_buf out = CB_BUF_INIT;
    size_t at;
    cb_str filled;

    while ((at = cb_str_find(text, CB_LIT("{{"))) != SIZE_MAX) {
        cb_str rest = cb_str_sub(text, at + 2, text.n);
        size_t end = cb_str_find(rest, CB_LIT("}}"));
        const struct cb_node *value;

        if (end == SIZE_MAX)
            break;
        cb_buf_put(&out, text.p, at);
        value = cb_node_get_str(input, cb_str_trim(cb_str_sub(rest, 0, end)));
        if (value && value->type != CB_OBJECT && value->type != CB_ARRAY)
            cb_buf_put_str(&out, cb_node_scalar(a, value));
        else
            cb_buf_put(&out, text.p + at, end + 4);
        text = cb_str_sub(rest, end + 2, rest.n);
    }
    cb_buf_put_str(&out, text);
    filled = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return filled;
}

/* INPUT and TITLE: what the plugin said about it this time; NULL and empty: nothing. */
static void put_action(struct cb_buf *out, struct cb_arena *a, const struct cb_describe *d, const struct cb_plugin_panel_action *action, cb_str ref,
                       const struct cb_node *input, cb_str title, enum cb_role role)
{
    cb_buf_put_cstr(out, "{\"action\":");
    cb_buf_put_json(out, action->name);
    cb_put_member(out, "title", title.n ? title : action->title);
    put_some(out, "confirm", cb_plugin_fill(a, action->confirm, input));
    cb_put_member(out, "right", cb_str_cstr(cb_role_name(action->role)));
    cb_put_member_bool(out, "allowed", role >= action->role);
    cb_buf_put_cstr(out, ",\"input\":");
    if (input)
        cb_node_dump(out, input);
    else
        cb_buf_put_cstr(out, "{}");
    cb_buf_put_cstr(out, ",\"schema\":");
    if (action->input)
        cb_node_dump(out, action->input);
    else
        cb_buf_put_cstr(out, "null");
    put_href(out, ref, d->name, action->panel, action->name);
    cb_buf_put_char(out, '}');
}

/* Those the answer names, or all when it names none. */
static void put_actions(struct cb_buf *out, struct cb_arena *a, const struct cb_describe *d, const struct cb_plugin_panel *panel, cb_str ref,
                        cb_str said, enum cb_role role)
{
    struct cb_node *list = NULL;
    size_t n = 0;

    cb_buf_put_cstr(out, ",\"actions\":[");
    if (said.n && cb_node_parse(&list, a, said, NULL) == CB_OK) {
        for (const struct cb_node *item = list->first; item; item = item->next) {
            int row = cb_describe_panel_action(d, panel->name, cb_node_text(item, "action"));

            if (row < 0)
                continue;
            if (n++)
                cb_buf_put_char(out, ',');
            put_action(out, a, d, &d->panel_actions[row], ref, cb_node_get(item, "input"), cb_node_text(item, "title"), role);
        }
    } else {
        for (size_t i = 0; i < d->panel_action_n; i++) {
            if (!cb_str_eq(d->panel_actions[i].panel, panel->name))
                continue;
            if (n++)
                cb_buf_put_char(out, ',');
            put_action(out, a, d, &d->panel_actions[i], ref, NULL, CB_LIT(""), role);
        }
    }
    cb_buf_put_char(out, ']');
}

/* ---- panels */

void cb_plugin_put_panel(struct cb_buf *out, const struct cb_plugin_view *v, const struct cb_plugin_panel *panel, cb_str ref, bool applies,
                         enum cb_role role)
{
    size_t n = 0;

    cb_buf_put_cstr(out, "{\"plugin\":");
    cb_buf_put_json(out, v->name);
    cb_put_member(out, "panel", panel->name);
    cb_put_member(out, "title", panel->title);
    cb_put_member_bool(out, "applies", applies);
    if (!applies)
        put_some(out, "help", panel->help);
    put_texts(out, "annotations", panel->annotations, panel->annotation_n);
    cb_put_member(out, "state", cb_str_cstr(cb_plugin_state_name(v->state)));
    if (v->state != CB_PLUGIN_IS_READY)
        put_some(out, "message", v->why);
    cb_put_member_int(out, "ttlSeconds", panel->ttl_us / CB_S_US);
    cb_buf_put_cstr(out, ",\"actions\":[");
    for (size_t i = 0; i < v->describe->panel_action_n; i++) {
        const struct cb_plugin_panel_action *action = &v->describe->panel_actions[i];

        if (!cb_str_eq(action->panel, panel->name))
            continue;
        cb_buf_put_cstr(out, n++ ? ",{\"action\":" : "{\"action\":");
        cb_buf_put_json(out, action->name);
        cb_put_member(out, "title", action->title);
        cb_put_member(out, "right", cb_str_cstr(cb_role_name(action->role)));
        cb_put_member_bool(out, "allowed", role >= action->role);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_char(out, ']');
    put_href(out, ref, v->name, panel->name, CB_LIT(""));
    cb_buf_put_char(out, '}');
}

static void put_error(struct cb_buf *out, const struct cb_panel_view *view)
{
    if (view->end <= CB_PLUGIN_ABSENT) {
        cb_buf_put_cstr(out, ",\"error\":null");
        return;
    }
    cb_buf_put_cstr(out, ",\"error\":{\"name\":\"PluginError\"");
    cb_put_member(out, "message", cb_str_cstr(view->err.text));
    cb_put_member(out, "code", cb_str_cstr(cb_plugin_end_name(view->end)));
    cb_put_member_time(out, "since", view->since_us);
    cb_put_member_time(out, "nextTry", view->next_us);
    cb_buf_put_char(out, '}');
}

void cb_plugin_put_envelope(struct cb_buf *out, struct cb_arena *a, const struct cb_describe *d, const struct cb_plugin_panel *panel, cb_str ref,
                            const struct cb_panel_view *view, enum cb_role role)
{
    const struct cb_panel_data *data = view->data;

    cb_buf_put_cstr(out, "{\"plugin\":");
    cb_buf_put_json(out, d->name);
    cb_put_member(out, "panel", panel->name);
    cb_put_member(out, "title", panel->title);
    cb_put_member(out, "ref", ref);
    cb_put_member(out, "state", !data ? CB_LIT("error") : data->absent ? CB_LIT("absent") : CB_LIT("ok"));
    put_raw(out, "data", data ? data->json : CB_LIT(""), "null");
    cb_put_member_time(out, "fetchedAt", data ? data->fetched_us : 0);
    if (data)
        cb_put_member_int(out, "ageSeconds", view->age_us / CB_S_US);
    else
        cb_buf_put_cstr(out, ",\"ageSeconds\":null");
    cb_put_member_int(out, "ttlSeconds", panel->ttl_us / CB_S_US);
    cb_put_member_bool(out, "stale", view->stale);
    if (view->stale)
        cb_put_member(out, "staleReason", cb_str_cstr(view->err.text));
    else
        cb_buf_put_cstr(out, ",\"staleReason\":null");
    put_raw(out, "source", data ? data->source : CB_LIT(""), "null");
    put_raw(out, "links", data ? data->links : CB_LIT(""), "[]");
    put_actions(out, a, d, panel, ref, data ? data->actions : CB_LIT(""), role);
    cb_put_member_bool(out, "simulated", data && data->simulated);
    if (data && data->absent)
        put_some(out, "help", panel->help);
    put_error(out, view);
    cb_buf_put_char(out, '}');
}

/* ---- plugins */

static void put_calls(struct cb_buf *out, const struct cb_plugin_view *v)
{
    int64_t n = 0, failed_n = 0;
    bool any = false;

    for (int what = 0; what < CB_PLUGIN_WHAT_N; what++)
        for (int end = 0; end < CB_PLUGIN_END_N; end++) {
            n += v->calls[what][end];
            failed_n += end > CB_PLUGIN_ABSENT ? v->calls[what][end] : 0;
        }
    cb_buf_printf(out, ",\"calls\":{\"total\":%lld,\"failed\":%lld,\"waiting\":%lld,\"running\":%lld,\"meanMs\":%.3f,\"byCode\":{", (long long)n,
                  (long long)failed_n, (long long)v->queued_n, (long long)v->running_n, n ? (double)v->took_us / (double)n / 1e3 : 0.0);
    for (int end = 0; end < CB_PLUGIN_END_N; end++) {
        int64_t sum = 0;

        for (int what = 0; what < CB_PLUGIN_WHAT_N; what++)
            sum += v->calls[what][end];
        if (!sum)
            continue;
        cb_buf_printf(out, "%s\"%s\":%lld", any ? "," : "", cb_plugin_end_name((enum cb_plugin_end)end), (long long)sum);
        any = true;
    }
    cb_buf_put_cstr(out, "}}");
}

#define EACH(out, key, n, ...)                                                                                                   \
    do {                                                                                                                         \
        cb_buf_put_cstr(out, ",\"" key "\":[");                                                                                  \
        for (size_t i = 0; i < (n); i++) {                                                                                       \
            cb_buf_put_cstr(out, i ? ",{\"name\":" : "{\"name\":");                                                              \
            __VA_ARGS__                                                                                                          \
            cb_buf_put_char(out, '}');                                                                                           \
        }                                                                                                                        \
        cb_buf_put_char(out, ']');                                                                                               \
    } while (0)

static void put_tables(struct cb_buf *out, const struct cb_describe *d)
{
    put_some(out, "version", d->version);
    put_some(out, "summary", d->summary);
    cb_buf_printf(out, ",\"abi\":\"1.%lld\"", (long long)d->minor);
    EACH(out, "panels", d->panel_n, {
        cb_buf_put_json(out, d->panels[i].name);
        cb_put_member(out, "title", d->panels[i].title);
        put_texts(out, "annotations", d->panels[i].annotations, d->panels[i].annotation_n);
        put_texts(out, "kinds", d->panels[i].kinds, d->panels[i].kind_n);
        put_some(out, "help", d->panels[i].help);
    });
    EACH(out, "panelActions", d->panel_action_n, {
        cb_buf_put_json(out, d->panel_actions[i].name);
        cb_put_member(out, "panel", d->panel_actions[i].panel);
        cb_put_member(out, "title", d->panel_actions[i].title);
        cb_put_member(out, "right", cb_str_cstr(cb_role_name(d->panel_actions[i].role)));
    });
    EACH(out, "actions", d->action_n, {
        cb_buf_put_json(out, d->actions[i].name);
        put_some(out, "summary", d->actions[i].summary);
    });
    EACH(out, "sources", d->source_n, {
        cb_buf_put_json(out, d->sources[i].name);
        put_some(out, "summary", d->sources[i].summary);
        cb_put_member_int(out, "intervalSeconds", d->sources[i].interval_us / CB_S_US);
    });
    EACH(out, "routes", d->route_n, {
        cb_buf_put_json(out, d->routes[i].path);
        cb_put_member(out, "method", d->routes[i].method);
        cb_put_member(out, "right", d->routes[i].role ? cb_str_cstr(cb_role_name(d->routes[i].role)) : CB_LIT("open"));
        put_some(out, "summary", d->routes[i].summary);
    });
}

void cb_plugin_put(struct cb_buf *out, const struct cb_plugin_view *v)
{
    cb_buf_put_cstr(out, "{\"name\":");
    cb_buf_put_json(out, v->name);
    cb_put_member(out, "state", cb_str_cstr(cb_plugin_state_name(v->state)));
    put_some(out, "message", v->why);
    cb_put_member_time(out, "since", v->since_us);
    cb_put_member_time(out, "nextTry", v->next_us);
    cb_put_member_bool(out, "configured", v->configured);
    cb_put_member(out, "file", v->file);
    if (v->describe)
        put_tables(out, v->describe);
    if (v->pid) {
        cb_put_member_int(out, "pid", v->pid);
        cb_put_member_time(out, "startedAt", v->started_us);
        cb_put_member_int(out, "residentBytes", cb_plugin_resident(v->pid));
    }
    cb_put_member_int(out, "restarts", v->restart_n);
    cb_put_member_int(out, "reloads", v->reload_n);
    cb_put_member_int(out, "logLinesDropped", v->log_dropped_n);
    put_calls(out, v);
    if (v->last_error_us) {
        cb_buf_put_cstr(out, ",\"lastError\":{\"message\":");
        cb_buf_put_json(out, v->last_error);
        cb_put_member_time(out, "at", v->last_error_us);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_char(out, '}');
}
