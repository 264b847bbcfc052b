/*
 * The way from the server to a plugin and back, without an upstream, beside the same call in this process.
 *
 *   bench_plugin PLUGIN.so [CALLS]      a plugin with the panel "greeting" (plugins/skeleton); callboard-plugin-host lies beside it
 *
 * Prints {"trip_us", "trip_p99_us", "inside_us", "calls"}: medians. The trip is from the asking thread to the supervisor, to the process, to
 * its thread, and back again; both read the entity and write the answer.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "plugins/host/load.h"
#include "plugins/host/table.h"
#include "server/plugin/supervise.h"

#define CALLS 5000
#define WARM 200

static const char entity[] = "{\"apiVersion\":\"backstage.io/v1alpha1\",\"kind\":\"Component\",\"metadata\":{\"name\":\"x\",\"annotations\":"
                             "{\"example.com/greeting\":\"Jane\",\"backstage.io/managed-by-location\":\"url:https://example.com/a/b/catalog-info.yaml\"}},"
                             "\"spec\":{\"type\":\"service\",\"lifecycle\":\"production\",\"owner\":\"group:default/payments\"}}";

struct waiting {
    struct cb_plugin_call call; /* first */
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool ended;
};

static void ended(struct cb_plugin_call *call)
{
    struct waiting *w = (struct waiting *)(void *)call;

    pthread_mutex_lock(&w->lock);
    w->ended = true;
    pthread_cond_signal(&w->cond);
    pthread_mutex_unlock(&w->lock);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void trip(struct cb_plugins *plugins, cb_str name)
{
    struct waiting w = {.lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};

    w.call = (struct cb_plugin_call){.what = CB_PLUGIN_PANEL, .plugin = name, .name = CB_LIT("greeting"), .ref = CB_LIT("component:default/x"),
                                     .entity = cb_str_make(entity, sizeof(entity) - 1), .done = ended};
    cb_plugin_call(plugins, &w.call);
    pthread_mutex_lock(&w.lock);
    while (!w.ended)
        pthread_cond_wait(&w.cond, &w.lock);
    pthread_mutex_unlock(&w.lock);
    if (w.call.end != CB_PLUGIN_OK) {
        fprintf(stderr, "bench_plugin: %s\n", w.call.err.text);
        exit(3);
    }
    free(w.call.answer);
}

static void inside(callboard_fn *render)
{
    struct callboard_call *call = cb_call_new(1, CB_CALL_PANEL);
    char *out;
    size_t n;

    call->deadline_us = cb_call_now_us() + 10000000;
    call->entity = json_loadb(entity, sizeof(entity) - 1, 0, NULL);
    if (render(&cb_table, call) != CALLBOARD_OK || !cb_write_finish(call))
        exit(3);
    out = cb_table_masked(call, call->out, call->out_n, &n);
    free(out);
    cb_call_free(call);
}

int main(int argc, char **argv)
{
    int64_t n = argc > 2 ? atoll(argv[2]) : CALLS, *trips = calloc((size_t)n, sizeof(*trips)), *insides = calloc((size_t)n, sizeof(*insides));
    struct cb_config config = {0};
    struct cb_plugins *plugins;
    struct callboard_panel panel;
    const struct cb_loaded *loaded;
    struct cb_arena *a = cb_arena_new();
    struct cb_plugin_view *views;
    struct cb_err err = {0};
    char why[1024];

    if (argc < 2 || !trips || !insides)
        return 2;
    cb_log_set_level(CB_LOG_ERROR);
    if (cb_plugins_start(&plugins, &(struct cb_plugins_env){.config = &config, .only = argv[1]}, &err) != CB_OK)
        return 3;
    while (!cb_plugins_settled(plugins))
        usleep(1000);
    if (cb_plugins_all(&views, a, plugins) != 1)
        return 3;
    for (int64_t i = -WARM; i < n; i++) {
        int64_t since = now_ns();

        trip(plugins, views[0].name);
        if (i >= 0)
            trips[i] = now_ns() - since;
    }
    cb_plugin_views_free(views, 1);
    cb_plugins_close(plugins, cb_clock_mono_us() + CB_S_US);
    cb_plugins_stop(plugins);
    loaded = cb_load(argv[1], why, sizeof(why));
    if (!loaded || !cb_load_row(&panel, sizeof(panel), &loaded->panels, 0))
        return 3;
    cb_table_open(json_object(), json_array());
    for (int64_t i = -WARM; i < n; i++) {
        int64_t since = now_ns();

        inside(panel.render);
        if (i >= 0)
            insides[i] = now_ns() - since;
    }
    qsort(trips, (size_t)n, sizeof(*trips), by_size);
    qsort(insides, (size_t)n, sizeof(*insides), by_size);
    printf("{\"trip_us\":%.1f,\"trip_p99_us\":%.1f,\"inside_us\":%.1f,\"calls\":%lld}\n", (double)trips[n / 2] / 1e3, (double)trips[n * 99 / 100] / 1e3,
           (double)insides[n / 2] / 1e3, (long long)n);
    cb_arena_free(a);
    free(trips);
    free(insides);
    return 0;
}
