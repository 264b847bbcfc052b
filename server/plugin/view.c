#include <stdio.h>
#include <unistd.h>

#include "server/plugin/supervise_in.h"

int64_t cb_plugin_resident(int64_t pid)
{
    unsigned long long size, resident = 0;
    char path[64];
    FILE *f;

    if (!pid)
        return 0;
    snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
    if (!(f = fopen(path, "re")))
        return 0;
    if (fscanf(f, "%llu %llu", &size, &resident) != 2)
        resident = 0;
    fclose(f);
    return (int64_t)resident * sysconf(_SC_PAGESIZE);
}

/* With the lock. */
static void copy(struct cb_plugin_view *v, struct cb_arena *a, const struct cb_plugin *g)
{
    struct cb_plugin_metric *metrics = CB_NEW_N(a, struct cb_plugin_metric, g->metric_n + 1);

    *v = (struct cb_plugin_view){
        .name = cb_arena_str(a, g->name),
        .file = cb_arena_str(a, g->path),
        .state = g->state,
        .configured = g->configured,
        .why = cb_arena_str(a, cb_str_cstr(g->why)),
        .since_us = g->since_us,
        .next_us = g->next_us,
        .describe = cb_describe_ref(g->describe),
        .pid = g->pid,
        .started_us = g->started_us,
        .queued_n = g->pending_n - g->running_n > 0 ? g->pending_n - g->running_n : 0,
        .running_n = g->running_n,
        .restart_n = g->restart_n,
        .reload_n = g->reload_n,
        .log_dropped_n = g->log_dropped_n,
        .took_us = g->took_us,
        .metrics = metrics,
        .metric_n = g->metric_n,
        .last_error = cb_arena_str(a, cb_str_cstr(g->last_error)),
        .last_error_us = g->last_error_us,
    };
    memcpy(v->calls, g->calls, sizeof(v->calls));
    memcpy(v->latency, g->latency, sizeof(v->latency));
    for (size_t i = 0; i < g->metric_n; i++)
        metrics[i] = (struct cb_plugin_metric){cb_arena_str(a, cb_str_cstr(g->metrics[i].name)), g->metrics[i].value, g->metrics[i].counter};
}

size_t cb_plugins_all(struct cb_plugin_view **out, struct cb_arena *a, struct cb_plugins *p)
{
    struct cb_plugin_view *v;
    size_t n = 0;

    pthread_mutex_lock(&p->lock);
    v = CB_NEW_N(a, struct cb_plugin_view, p->plugin_n + 1);
    for (const struct cb_plugin *g = p->plugins; g; g = g->next)
        copy(&v[n++], a, g);
    pthread_mutex_unlock(&p->lock);
    *out = v;
    return n;
}

bool cb_plugins_find(struct cb_plugin_view *out, struct cb_arena *a, struct cb_plugins *p, cb_str name)
{
    const struct cb_plugin *g;

    pthread_mutex_lock(&p->lock);
    g = cb_supervise_find(p, name);
    if (g)
        copy(out, a, g);
    pthread_mutex_unlock(&p->lock);
    return g != NULL;
}

void cb_plugin_views_free(struct cb_plugin_view *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cb_describe_unref(v[i].describe);
}

struct cb_describe *cb_plugins_describe(struct cb_plugins *p, cb_str name, enum cb_plugin_state *state)
{
    struct cb_describe *d = NULL;
    const struct cb_plugin *g;

    pthread_mutex_lock(&p->lock);
    g = cb_supervise_find(p, name);
    if (g) {
        d = cb_describe_ref(g->describe);
        *state = g->state;
    }
    pthread_mutex_unlock(&p->lock);
    return d;
}
