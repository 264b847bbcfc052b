#include "server/http/plugin_json.h"

#include <stdlib.h>

/* Ours; a plugin's number of the same name is left out. */
static const char *const own[] = {"calls_total", "call_seconds",       "restarts_total", "reloads_total",  "log_dropped_total",
                                  "state",       "queued",             "running",        "resident_bytes", "seconds"};

static void head(struct cb_buf *out, const char *name, const char *type, const char *help)
{
    cb_buf_printf(out, "# HELP callboard_%s %s\n# TYPE callboard_%s %s\n", name, help, name, type);
}

static void put_calls(struct cb_buf *out, const struct cb_plugin_view *v, size_t n)
{
    head(out, "plugin_calls_total", "counter", "Calls of plugins by what was asked for and how it ended.");
    for (size_t i = 0; i < n; i++)
        for (int what = 0; what < CB_PLUGIN_WHAT_N; what++)
            for (int end = 0; end < CB_PLUGIN_END_N; end++)
                if (v[i].calls[what][end])
                    cb_buf_printf(out, "callboard_plugin_calls_total{plugin=\"%" CB_FMT "\",what=\"%s\",code=\"%s\"} %lld\n", CB_ARG(v[i].name),
                                  cb_plugin_what_name((enum cb_plugin_what)what), cb_plugin_end_name((enum cb_plugin_end)end),
                                  (long long)v[i].calls[what][end]);
}

static void put_latency(struct cb_buf *out, const struct cb_plugin_view *v, size_t n)
{
    head(out, "plugin_call_seconds", "histogram", "From the question to the answer, waiting included.");
    for (size_t i = 0; i < n; i++) {
        int64_t below = 0;

        for (size_t b = 0; b < CB_PLUGIN_BOUND_N; b++) {
            below += v[i].latency[b];
            cb_buf_printf(out, "callboard_plugin_call_seconds_bucket{plugin=\"%" CB_FMT "\",le=\"", CB_ARG(v[i].name));
            if (b < CB_PLUGIN_BOUND_N - 1)
                cb_buf_printf(out, "%g\"} %lld\n", (double)cb_plugin_bounds_us[b] / 1e6, (long long)below);
            else
                cb_buf_printf(out, "+Inf\"} %lld\n", (long long)below);
        }
        cb_buf_printf(out, "callboard_plugin_call_seconds_sum{plugin=\"%" CB_FMT "\"} %.6f\ncallboard_plugin_call_seconds_count{plugin=\"%" CB_FMT "\"} %lld\n",
                      CB_ARG(v[i].name), (double)v[i].took_us / 1e6, CB_ARG(v[i].name), (long long)below);
    }
}

static void put_states(struct cb_buf *out, const struct cb_plugin_view *v, size_t n)
{
    head(out, "plugin_state", "gauge", "1 for the state a plugin is in.");
    for (size_t i = 0; i < n; i++)
        for (int state = 0; state < CB_PLUGIN_STATE_N; state++)
            cb_buf_printf(out, "callboard_plugin_state{plugin=\"%" CB_FMT "\",state=\"%s\"} %d\n", CB_ARG(v[i].name),
                          cb_plugin_state_name((enum cb_plugin_state)state), v[i].state == (enum cb_plugin_state)state);
}

#define PUT(metric, type, help, value)                                                                                             \
    do {                                                                                                                         \
        head(out, metric, type, help);                                                                                           \
        for (size_t i = 0; i < n; i++)                                                                                           \
            cb_buf_printf(out, "callboard_" metric "{plugin=\"%" CB_FMT "\"} %lld\n", CB_ARG(v[i].name), (long long)(value));    \
    } while (0)

static bool is_own(cb_str name)
{
    for (size_t i = 0; i < CB_COUNT(own); i++)
        if (cb_str_eq(name, cb_str_cstr(own[i])))
            return true;
    return false;
}

/* A plugin's number, and of which plugin. */
struct number {
    const struct cb_plugin_metric *metric;
    cb_str plugin;
};

static int by_name(const void *a, const void *b)
{
    const struct number *x = a, *y = b;
    int order = cb_str_cmp(x->metric->name, y->metric->name);

    return order ? order : cb_str_cmp(x->plugin, y->plugin);
}

/* Those of one name together, whichever plugins have them. */
static void put_theirs(struct cb_buf *out, struct cb_arena *a, const struct cb_plugin_view *v, size_t n)
{
    struct number *all = CB_NEW_N(a, struct number, n * CB_PLUGIN_METRIC_MAX + 1);
    size_t all_n = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < v[i].metric_n; j++)
            if (!is_own(v[i].metrics[j].name))
                all[all_n++] = (struct number){&v[i].metrics[j], v[i].name};
    if (all_n)
        qsort(all, all_n, sizeof(*all), by_name);
    for (size_t i = 0; i < all_n; i++) {
        cb_str name = all[i].metric->name;

        if (i == 0 || !cb_str_eq(name, all[i - 1].metric->name))
            cb_buf_printf(out, "# HELP callboard_plugin_%" CB_FMT " A plugin's own number.\n# TYPE callboard_plugin_%" CB_FMT " untyped\n",
                          CB_ARG(name), CB_ARG(name));
        cb_buf_printf(out, "callboard_plugin_%" CB_FMT "{plugin=\"%" CB_FMT "\"} %.15g\n", CB_ARG(name), CB_ARG(all[i].plugin),
                      all[i].metric->value);
    }
}

static void put_cache(struct cb_buf *out, struct cb_panels *panels)
{
    struct cb_panels_stats st;

    cb_panels_stats(panels, &st);
    head(out, "panel_answers_total", "counter", "Questions for panels by how they were answered.");
    cb_buf_printf(out,
                  "callboard_panel_answers_total{how=\"kept\"} %lld\ncallboard_panel_answers_total{how=\"asked\"} %lld\n"
                  "callboard_panel_answers_total{how=\"joined\"} %lld\ncallboard_panel_answers_total{how=\"stale\"} %lld\n"
                  "callboard_panel_answers_total{how=\"failed\"} %lld\n",
                  (long long)st.hit_n, (long long)st.miss_n, (long long)st.join_n, (long long)st.stale_n, (long long)st.error_n);
    head(out, "panel_kept", "gauge", "Answers of panels that are kept.");
    cb_buf_printf(out, "callboard_panel_kept %lld\n", (long long)st.entry_n);
    head(out, "panel_kept_bytes", "gauge", "Memory they take.");
    cb_buf_printf(out, "callboard_panel_kept_bytes %lld\n", (long long)st.bytes);
    head(out, "panel_evictions_total", "counter", "Answers that went to make room.");
    cb_buf_printf(out, "callboard_panel_evictions_total %lld\n", (long long)st.evict_n);
}

void cb_plugin_put_metrics(struct cb_buf *out, struct cb_plugins *plugins, struct cb_panels *panels)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_plugin_view *v;
    size_t n = cb_plugins_all(&v, a, plugins);

    if (n) {
        put_states(out, v, n);
        put_calls(out, v, n);
        put_latency(out, v, n);
        PUT("plugin_restarts_total", "counter", "Processes that ended by themselves.", v[i].restart_n);
        PUT("plugin_reloads_total", "counter", "Times a plugin was loaded anew while it served.", v[i].reload_n);
        PUT("plugin_log_dropped_total", "counter", "Log lines of plugins that were too many.", v[i].log_dropped_n);
        PUT("plugin_queued", "gauge", "Calls that wait.", v[i].queued_n);
        PUT("plugin_running", "gauge", "Calls in a plugin now.", v[i].running_n);
        PUT("plugin_resident_bytes", "gauge", "Resident memory of a plugin's process.", cb_plugin_resident(v[i].pid));
        put_theirs(out, a, v, n);
    }
    if (panels)
        put_cache(out, panels);
    cb_plugin_views_free(v, n);
    cb_arena_free(a);
}
