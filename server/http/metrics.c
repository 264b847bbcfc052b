#include "server/http/metrics.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/sync/schedule.h"
#include "server/http/loop.h"
#include "server/http/plugin_json.h"
#include "server/scaffold/runner.h"

#define ROUTE_N 97 /* the last is no route: files of the portal, unknown paths */

/* Statuses that are counted apart; what is none of them counts as the last. */
static const int statuses[] = {200, 201, 202, 204, 304, 400, 401, 403, 404, 409, 413, 414, 421, 431, 500, 501, 502, 503, 504, 0};

/* Upper bounds of the latency histogram, in microseconds. */
static const int64_t bounds_us[] = {50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000};
#define BOUND_N CB_COUNT(bounds_us)

typedef _Atomic uint64_t counter;

struct cb_metrics {
    counter requests[ROUTE_N][CB_COUNT(statuses)];
    counter latency[BOUND_N + 1];
    counter took_us, bytes, stalled, gone;
};

/* One thread adds: no locked instruction is needed. */
static void add(counter *c, uint64_t n)
{
    atomic_store_explicit(c, atomic_load_explicit(c, memory_order_relaxed) + n, memory_order_relaxed);
}

struct cb_metrics *cb_metrics_new(void)
{
    struct cb_metrics *m = calloc(1, sizeof(*m));

    if (!m)
        abort();
    return m;
}

void cb_metrics_free(struct cb_metrics *m)
{
    free(m);
}

void cb_metrics_count(struct cb_metrics *m, const struct cb_route *route, int status, int64_t took_us, uint64_t bytes)
{
    size_t s = 0, b = 0;

    while (statuses[s] != status && statuses[s])
        s++;
    while (b < BOUND_N && took_us > bounds_us[b])
        b++;
    add(&m->requests[route ? cb_router_index(route) : ROUTE_N - 1][s], 1);
    add(&m->latency[b], 1);
    add(&m->took_us, (uint64_t)took_us);
    add(&m->bytes, bytes);
}

void cb_metrics_stalled(struct cb_metrics *m)
{
    add(&m->stalled, 1);
}

void cb_metrics_gone(struct cb_metrics *m)
{
    add(&m->gone, 1);
}

static void head(struct cb_buf *out, const char *name, const char *type, const char *help)
{
    cb_buf_printf(out, "# HELP callboard_%s %s\n# TYPE callboard_%s %s\n", name, help, name, type);
}

static void put(struct cb_buf *out, const char *name, const char *type, const char *help, double value)
{
    head(out, name, type, help);
    cb_buf_printf(out, "callboard_%s %.15g\n", name, value);
}

#define SUM(total, all, n, field)                                                                                      \
    do {                                                                                                               \
        total = 0;                                                                                                     \
        for (size_t loop_ = 0; loop_ < (n); loop_++)                                                                   \
            total += atomic_load_explicit(&(all)[loop_]->field, memory_order_relaxed);                                 \
    } while (0)

static void put_requests(struct cb_buf *out, struct cb_metrics *const *all, size_t n)
{
    uint64_t total;

    head(out, "http_requests_total", "counter", "Answered requests by route and status.");
    for (size_t r = 0; r < ROUTE_N; r++) {
        const char *name = r < cb_router_n() ? cb_router_row(r)->operation : "portal";

        if (r >= cb_router_n() && r != ROUTE_N - 1)
            continue;
        for (size_t s = 0; s < CB_COUNT(statuses); s++) {
            SUM(total, all, n, requests[r][s]);
            if (total)
                cb_buf_printf(out, "callboard_http_requests_total{route=\"%s\",status=\"%d\"} %llu\n", name, statuses[s],
                              (unsigned long long)total);
        }
    }
}

void cb_metrics_put_http(struct cb_buf *out, struct cb_metrics *const *all, size_t n)
{
    uint64_t total, below = 0;

    put_requests(out, all, n);
    head(out, "http_request_seconds", "histogram", "From a request's arrival to the last byte of its answer.");
    for (size_t b = 0; b <= BOUND_N; b++) {
        SUM(total, all, n, latency[b]);
        below += total;
        if (b < BOUND_N)
            cb_buf_printf(out, "callboard_http_request_seconds_bucket{le=\"%g\"} %llu\n", (double)bounds_us[b] / 1e6,
                          (unsigned long long)below);
    }
    cb_buf_printf(out, "callboard_http_request_seconds_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)below);
    SUM(total, all, n, took_us);
    cb_buf_printf(out, "callboard_http_request_seconds_sum %.6f\ncallboard_http_request_seconds_count %llu\n",
                  (double)total / 1e6, (unsigned long long)below);
    SUM(total, all, n, bytes);
    put(out, "http_response_bytes_total", "counter", "Bytes of bodies that were sent.", (double)total);
    SUM(total, all, n, stalled);
    put(out, "http_stalled_total", "counter", "Connections cut off because their reader took nothing.", (double)total);
    SUM(total, all, n, gone);
    put(out, "http_gone_total", "counter", "Requests whose client went before there was an answer.", (double)total);
}

/* ---- webhooks: few enough for one counter each, whichever thread counts */

static counter webhooks[CB_WEBHOOK_FORGE_N][CB_HOOK_RESULT_N];

static const char *const hook_results[] = {
    [CB_HOOK_NUDGED] = "nudged",     [CB_HOOK_NOTHING] = "nothing",           [CB_HOOK_PING] = "ping",
    [CB_HOOK_IGNORED] = "ignored",   [CB_HOOK_UNCONFIGURED] = "unconfigured", [CB_HOOK_UNSIGNED] = "unsigned",
    [CB_HOOK_FORGED] = "forged",     [CB_HOOK_STALE] = "stale",               [CB_HOOK_REPLAY] = "replay",
    [CB_HOOK_OVERSIZED] = "oversized", [CB_HOOK_INVALID] = "invalid",         [CB_HOOK_FAILED] = "failed",
};

const char *cb_webhook_result_name(enum cb_webhook_result result)
{
    return hook_results[result];
}

void cb_metrics_webhook(enum cb_webhook_forge forge, enum cb_webhook_result result)
{
    atomic_fetch_add_explicit(&webhooks[forge][result], 1, memory_order_relaxed);
}

static void put_webhooks(struct cb_buf *out)
{
    head(out, "webhooks_total", "counter", "Webhooks by forge and by what became of them.");
    for (size_t forge = 0; forge < CB_WEBHOOK_FORGE_N; forge++)
        for (size_t result = 0; result < CB_HOOK_RESULT_N; result++) {
            uint64_t n = atomic_load_explicit(&webhooks[forge][result], memory_order_relaxed);

            if (n)
                cb_buf_printf(out, "callboard_webhooks_total{forge=\"%s\",result=\"%s\"} %llu\n",
                              cb_webhook_forge_name((enum cb_webhook_forge)forge), hook_results[result], (unsigned long long)n);
        }
}

/* ---- the process */

static double resident_bytes(void)
{
    unsigned long long size, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");

    if (f) {
        if (fscanf(f, "%llu %llu", &size, &resident) != 2)
            resident = 0;
        fclose(f);
    }
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static double open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t n = 0;

    if (!dir)
        return 0;
    while (readdir(dir))
        n++;
    closedir(dir);
    return n > 3 ? (double)(n - 3) : 0; /* ".", ".." and the directory itself */
}

static void put_process(struct cb_buf *out, const struct cb_server *srv)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    put(out, "process_resident_bytes", "gauge", "Resident memory.", resident_bytes());
    put(out, "process_cpu_seconds_total", "counter", "CPU time of all threads.",
        (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
            (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6);
    put(out, "process_open_fds", "gauge", "Open file descriptors.", open_files());
    put(out, "uptime_seconds", "gauge", "Since the server began to listen.",
        (double)(cb_clock_mono_us() - srv->started_us) / 1e6);
    head(out, "build_info", "gauge", "The version, as a label.");
    cb_buf_printf(out, "callboard_build_info{version=\"%s\"} 1\n", CB_VERSION);
}

static void put_catalog(struct cb_buf *out, const struct cb_snapshot *s)
{
    put(out, "catalog_generation", "gauge", "The generation that is served.", (double)cb_snapshot_generation(s));
    put(out, "catalog_entities", "gauge", "Entities that are served.", (double)cb_snapshot_doc_n(s));
    put(out, "catalog_segments", "gauge", "Segments of the served snapshot.", (double)cb_snapshot_segment_n(s));
    put(out, "catalog_bytes", "gauge", "Heap the served snapshot holds.", (double)cb_snapshot_bytes(s));
    put(out, "catalog_published_seconds", "gauge", "When the served generation was published, seconds since 1970.",
        (double)cb_snapshot_published_us(s) / 1e6);
}

static void put_jobs(struct cb_buf *out, struct cb_jobs *jobs)
{
    struct cb_jobs_stats st;

    cb_jobs_stats(jobs, &st);
    put(out, "job_workers", "gauge", "Worker threads.", (double)st.worker_n);
    put(out, "job_queued", "gauge", "Jobs that wait for a worker.", (double)st.queued_n);
    put(out, "job_running", "gauge", "Jobs on a worker now.", (double)st.running_n);
    put(out, "job_done_total", "counter", "Jobs that ran.", (double)st.done_n);
    put(out, "job_dropped_total", "counter", "Jobs that were cancelled or too late before they ran.", (double)st.dropped_n);
    put(out, "job_refused_total", "counter", "Jobs that found the queue full.", (double)st.refused_n);
    put(out, "job_wait_seconds_total", "counter", "Time jobs waited for a worker.", (double)st.wait_us / 1e6);
    put(out, "job_run_seconds_total", "counter", "Time jobs ran.", (double)st.run_us / 1e6);
}

static void put_past(struct cb_buf *out, struct cb_past *past)
{
    struct cb_past_stats st;

    cb_past_stats(past, &st);
    put(out, "past_snapshots", "gauge", "Moments of the past in memory.", (double)st.view_n);
    put(out, "past_bytes", "gauge", "Memory they take.", (double)st.bytes);
    put(out, "past_bytes_max", "gauge", "Memory they may take.", (double)st.bytes_max);
    put(out, "past_loads_total", "counter", "Moments that were loaded.", (double)st.load_n);
    put(out, "past_load_failures_total", "counter", "Loads that failed.", (double)st.fail_n);
    put(out, "past_evictions_total", "counter", "Moments that went to make room.", (double)st.evict_n);
    put(out, "past_hits_total", "counter", "Questions that found their moment in memory.", (double)st.hit_n);
}

static void put_passes(struct cb_buf *out, struct cb_schedule *schedule)
{
    struct cb_schedule_stats st;

    cb_schedule_stats(schedule, &st);
    put(out, "passes_total", "counter", "Passes over sources since the start.", (double)st.pass_n);
    put(out, "passes_failed_total", "counter", "Passes that failed.", (double)st.fail_n);
    put(out, "passes_changed_total", "counter", "Passes that brought a generation.", (double)st.changed_n);
    put(out, "sources_queued", "gauge", "Sources that are due and wait for a reader.", (double)st.queue_n);
    put(out, "sources_reading", "gauge", "Sources that are being read.", (double)st.reading_n);
    put(out, "last_pass_seconds", "gauge", "How long the last pass took.", (double)st.last_pass_us / 1e6);
}

static void put_tasks(struct cb_buf *out, struct cb_runner *r)
{
    struct cb_runner_stats st;

    cb_runner_stats(r, &st);
    put(out, "tasks_running", "gauge", "Runs of templates under way here.", (double)st.running_n);
    put(out, "tasks_completed_total", "counter", "Runs of templates that completed here since the start.", (double)st.completed_n);
    put(out, "tasks_failed_total", "counter", "Runs of templates that failed.", (double)st.failed_n);
    put(out, "tasks_cancelled_total", "counter", "Runs of templates that were cancelled.", (double)st.cancelled_n);
    put(out, "tasks_recovered_total", "counter", "Runs of templates that were taken up from a callboard that had ended.", (double)st.recovered_n);
    put(out, "tasks_let_go_total", "counter", "Runs of templates that another callboard has, or that were handed back.", (double)st.lost_n);
}

void cb_metrics_put(struct cb_buf *out, struct cb_server *srv, const struct cb_snapshot *s)
{
    struct cb_metrics *all[CB_LOOP_MAX];

    for (unsigned i = 0; i < srv->loop_n; i++)
        all[i] = srv->loops[i].metrics;
    put_process(out, srv);
    cb_metrics_put_http(out, all, srv->loop_n);
    put(out, "http_connections", "gauge", "Open connections.", (double)atomic_load(&srv->link_n));
    put(out, "http_waiting", "gauge", "Requests that wait for a generation.", (double)atomic_load(&srv->waiting_n));
    put(out, "http_watchers", "gauge", "Watches under way.", (double)cb_feed_watcher_n(srv->feed));
    put_catalog(out, s);
    put_webhooks(out);
    put_jobs(out, srv->env.jobs);
    if (srv->env.pool)
        put(out, "database_connections", "gauge", "Open connections to PostgreSQL.", cb_pool_open_n(srv->env.pool));
    if (srv->env.past)
        put_past(out, srv->env.past);
    if (srv->env.schedule)
        put_passes(out, srv->env.schedule);
    if (srv->env.runner)
        put_tasks(out, srv->env.runner);
    if (srv->env.plugins)
        cb_plugin_put_metrics(out, srv->env.plugins, srv->env.panels);
}
