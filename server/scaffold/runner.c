#include "server/scaffold/runner.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/base/log.h"
#include "catalog/base/thread.h"
#include "server/job/queue.h"
#include "server/scaffold/task.h"
#include "server/scaffold/workspace.h"

#define CONN_US (INT64_C(5) * 1000000)
#define TICK_MIN_US (INT64_C(200) * 1000)
#define TICK_MAX_US (INT64_C(5) * 1000000)
#define SWEEP_US (INT64_C(300) * 1000000)
#define PRUNE_US (INT64_C(600) * 1000000)

/* A thread and the task it has. */
struct slot {
    struct cb_runner *r;
    pthread_t thread;
    bool started;
    struct cb_task *task; /* (lock) NULL: it rests */
    int64_t since_us;     /* (lock) */
    bool seen;            /* the keeper's */
};

struct dry_slot {
    struct cb_runner *r;
    pthread_t thread;
    bool started;
    struct cb_dry *at; /* (lock) */
};

struct cb_runner {
    struct cb_runner_env env;
    struct cb_secret_ring *ring;
    char owner[CB_UUID_TEXT + 1];
    char *dir;
    pthread_mutex_t lock;
    pthread_cond_t due_there, dry_there, tick, rested;
    bool due, stopping;   /* (lock) */
    struct slot *slots;
    size_t slot_n;
    struct dry_slot dry[CB_RUNNER_DRY_N];
    struct cb_dry *dry_first, **dry_last; /* (lock) */
    size_t dry_n;
    pthread_t keeper;
    bool keeping;
    int64_t renewed_us;   /* the keeper's; monotonic */
    struct cb_runner_stats stats; /* (lock) */
    _Atomic uint64_t bells[CB_RUNNER_BELL_N];
    atomic_uint listeners[CB_RUNNER_BELL_N];
};

static void nap(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t us)
{
    struct timespec until;
    int64_t at_us;

    clock_gettime(CLOCK_MONOTONIC, &until);
    at_us = (int64_t)until.tv_sec * CB_S_US + until.tv_nsec / 1000 + us;
    until.tv_sec = at_us / CB_S_US;
    until.tv_nsec = at_us % CB_S_US * 1000;
    pthread_cond_timedwait(cond, lock, &until);
}

/* ---- bells */

static unsigned bell_of(cb_str id)
{
    return (unsigned)(cb_hash(id) % CB_RUNNER_BELL_N);
}

static void ring(struct cb_runner *r, unsigned bell)
{
    atomic_fetch_add(&r->bells[bell], 1);
    if (atomic_load(&r->listeners[bell]) && r->env.news)
        r->env.news(r->env.ctx);
}

unsigned cb_runner_listen(struct cb_runner *r, cb_str id)
{
    unsigned bell = bell_of(id);

    atomic_fetch_add(&r->listeners[bell], 1);
    return bell;
}

void cb_runner_unlisten(struct cb_runner *r, unsigned bell)
{
    atomic_fetch_sub(&r->listeners[bell], 1);
}

uint64_t cb_runner_bell(struct cb_runner *r, unsigned bell)
{
    return atomic_load(&r->bells[bell]);
}

static void something_is_due(struct cb_runner *r)
{
    pthread_mutex_lock(&r->lock);
    r->due = true;
    pthread_cond_signal(&r->due_there);
    pthread_mutex_unlock(&r->lock);
}

static void cancel(struct cb_runner *r, cb_str id)
{
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < r->slot_n; i++)
        if (r->slots[i].task && cb_str_eq(r->slots[i].task->claim.row.id, id))
            cb_run_stop(&r->slots[i].task->run, CB_RUN_CANCELLED);
    pthread_mutex_unlock(&r->lock);
}

void cb_runner_hear(struct cb_runner *r, cb_str notice)
{
    if (cb_str_starts(notice, CB_LIT("event "))) {
        ring(r, bell_of(cb_str_sub(notice, 6, notice.n)));
    } else if (cb_str_starts(notice, CB_LIT("cancel "))) {
        cancel(r, cb_str_sub(notice, 7, notice.n));
    } else if (cb_str_eq(notice, CB_LIT("open"))) {
        something_is_due(r);
    } else {
        something_is_due(r);
        for (unsigned i = 0; i < CB_RUNNER_BELL_N; i++)
            ring(r, i);
    }
}

/* ---- tasks */

static bool claim(struct cb_task *t, struct cb_runner *r)
{
    struct cb_conn *c = NULL;
    struct cb_err err;
    bool found = false;
    enum cb_code rc = cb_pool_take(&c, r->env.pool, CONN_US, &err);

    if (rc == CB_OK)
        rc = cb_task_claim(&t->claim, &found, t->arena, c, cb_str_cstr(r->owner), r->env.config->task_lease_us, cb_secret_ring_ids(r->ring), &err);
    cb_pool_give(r->env.pool, c);
    if (rc != CB_OK)
        cb_log(CB_LOG_WARN, "task.claim", "why=\"%s\"", err.text);
    return rc == CB_OK && found;
}

static void put_up(struct slot *s, struct cb_task *task)
{
    struct cb_runner *r = s->r;

    pthread_mutex_lock(&r->lock);
    s->task = task;
    s->since_us = cb_clock_mono_us();
    r->stats.running_n += task ? 1 : -1;
    if (r->stopping && task)
        cb_run_stop(&task->run, CB_RUN_PAUSED);
    pthread_cond_broadcast(&r->rested);
    pthread_mutex_unlock(&r->lock);
}

static void count(struct cb_runner *r, const struct cb_task *t, int64_t began_us)
{
    cb_str id = t->claim.row.id;

    pthread_mutex_lock(&r->lock);
    r->stats.completed_n += t->ended && strcmp(t->ended, "completed") == 0;
    r->stats.failed_n += t->ended && strcmp(t->ended, "failed") == 0;
    r->stats.cancelled_n += t->ended && strcmp(t->ended, "cancelled") == 0;
    r->stats.recovered_n += t->claim.interrupted;
    r->stats.lost_n += !t->ended;
    pthread_mutex_unlock(&r->lock);
    cb_log(CB_LOG_INFO, t->ended ? "task.ended" : "task.let_go", "task=%" CB_FMT " template=%" CB_FMT " state=%s ms=%lld%s%s", CB_ARG(id),
           CB_ARG(t->claim.row.template_ref), t->ended ? t->ended : "processing", (long long)((cb_clock_mono_us() - began_us) / CB_MS_US),
           t->why[0] ? " why=" : "", t->why[0] ? cb_log_quote(t->arena, cb_str_cstr(t->why), 300) : "");
}

/* The oldest that is due, to its end. False: none is. */
static bool run_one(struct slot *s)
{
    struct cb_runner *r = s->r;
    struct cb_arena *a = cb_arena_new();
    struct cb_task *t = CB_NEW(a, struct cb_task);
    int64_t began_us = cb_clock_mono_us();
    bool found;

    t->arena = a;
    t->config = r->env.config;
    t->pool = r->env.pool;
    t->plugins = r->env.plugins;
    t->ring = r->ring;
    cb_run_init(&t->run);
    if ((found = claim(t, r))) {
        put_up(s, t);
        something_is_due(r); /* perhaps: another thread looks */
        cb_task_run(t);
        put_up(s, NULL);
        count(r, t, began_us);
    }
    cb_run_fini(&t->run);
    cb_arena_free(a);
    return found;
}

static bool is_stopping(struct cb_runner *r)
{
    bool stopping;

    pthread_mutex_lock(&r->lock);
    stopping = r->stopping;
    pthread_mutex_unlock(&r->lock);
    return stopping;
}

static void *work(void *arg)
{
    struct slot *s = arg;
    struct cb_runner *r = s->r;

    cb_thread_begin(CB_THREAD_JOB, "cb-task");
    for (;;) {
        pthread_mutex_lock(&r->lock);
        while (!r->due && !r->stopping)
            pthread_cond_wait(&r->due_there, &r->lock);
        r->due = false;
        if (r->stopping) {
            pthread_mutex_unlock(&r->lock);
            return NULL;
        }
        pthread_mutex_unlock(&r->lock);
        while (!is_stopping(r) && run_one(s))
            ;
    }
}

/* ---- the keeper */

struct renewal {
    struct cb_runner *r;
    int64_t asked_us;
};

static void renewed(cb_str id, int64_t fence, bool cancelling, void *ctx)
{
    struct cb_runner *r = ((struct renewal *)ctx)->r;

    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < r->slot_n; i++) {
        struct slot *s = &r->slots[i];

        if (!s->task || !cb_str_eq(s->task->claim.row.id, id) || s->task->claim.fence != fence)
            continue;
        s->seen = true;
        if (cancelling)
            cb_run_stop(&s->task->run, CB_RUN_CANCELLED);
    }
    pthread_mutex_unlock(&r->lock);
}

/* Those that were not among the answers, and were there when it was asked. */
static void let_go_of_lost(struct cb_runner *r, int64_t asked_us)
{
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < r->slot_n; i++)
        if (r->slots[i].task && !r->slots[i].seen && r->slots[i].since_us < asked_us)
            cb_run_stop(&r->slots[i].task->run, CB_RUN_LOST);
    pthread_mutex_unlock(&r->lock);
}

static void renew(struct cb_runner *r)
{
    struct renewal now = {r, cb_clock_mono_us()};
    struct cb_conn *c = NULL;
    struct cb_err err;
    enum cb_code rc;

    for (size_t i = 0; i < r->slot_n; i++)
        r->slots[i].seen = false;
    if ((rc = cb_pool_take(&c, r->env.pool, CONN_US, &err)) == CB_OK)
        rc = cb_task_renew(c, cb_str_cstr(r->owner), r->env.config->task_lease_us, renewed, &now, &err);
    cb_pool_give(r->env.pool, c);
    if (rc == CB_OK) {
        r->renewed_us = now.asked_us;
        let_go_of_lost(r, now.asked_us);
        return;
    }
    cb_log(CB_LOG_WARN, "task.renew", "why=\"%s\"", err.text);
    if (now.asked_us - r->renewed_us > r->env.config->task_lease_us)
        let_go_of_lost(r, now.asked_us - r->env.config->task_lease_us);
}

static void sweep_one(const char *name, void *ctx)
{
    struct cb_runner *r = ctx;
    struct cb_arena *a;
    struct cb_conn *c = NULL;
    struct cb_err err;
    uint8_t uuid[16];
    bool alive = true, ours = cb_uuid_parse(uuid, cb_str_cstr(name));

    if (!ours && !cb_dry_is_left(name))
        return;
    if (ours) {
        if (cb_pool_take(&c, r->env.pool, CONN_US, &err) != CB_OK || cb_task_alive(&alive, c, cb_str_cstr(name), &err) != CB_OK)
            alive = true;
        cb_pool_give(r->env.pool, c);
        if (alive)
            return;
    }
    a = cb_arena_new();
    cb_workspace_remove(cb_workspace_path(a, cb_str_cstr(r->dir), cb_str_cstr(name)).p);
    cb_arena_free(a);
    cb_log(CB_LOG_INFO, "workspace.swept", "name=%s", name);
}

static void prune(struct cb_runner *r)
{
    struct cb_conn *c = NULL;
    struct cb_err err;
    int64_t gone_n = 0;
    enum cb_code rc;

    if (!r->env.config->task_keep_us)
        return;
    if ((rc = cb_pool_take(&c, r->env.pool, CONN_US, &err)) == CB_OK)
        rc = cb_task_prune(&gone_n, c, r->env.config->task_keep_us, &err);
    cb_pool_give(r->env.pool, c);
    if (rc != CB_OK)
        cb_log(CB_LOG_WARN, "task.prune", "why=\"%s\"", err.text);
}

/* Runs that nobody here can take are told, or they would wait without a word. */
static void look_for_locked(struct cb_runner *r)
{
    struct cb_conn *c = NULL;
    struct cb_err err;
    int64_t n = 0;
    enum cb_code rc;

    if ((rc = cb_pool_take(&c, r->env.pool, CONN_US, &err)) == CB_OK)
        rc = cb_task_locked(&n, c, cb_secret_ring_ids(r->ring), &err);
    cb_pool_give(r->env.pool, c);
    if (rc == CB_OK && n)
        cb_log(CB_LOG_WARN, "task.locked", "tasks=%lld hint=\"their secrets are under a key that scaffolder.secrets_key does not have here\"", (long long)n);
}

static void *keep(void *arg)
{
    struct cb_runner *r = arg;
    int64_t tick_us = r->env.config->task_lease_us / 4, swept_us = 0, pruned_us = 0, now_us;

    tick_us = tick_us < TICK_MIN_US ? TICK_MIN_US : tick_us > TICK_MAX_US ? TICK_MAX_US : tick_us;
    cb_thread_begin(CB_THREAD_JOB, "cb-task-keeper");
    while (!is_stopping(r)) {
        renew(r);
        something_is_due(r); /* a notice may be lost, a lease may have run out */
        now_us = cb_clock_mono_us();
        if (!swept_us || now_us - swept_us > SWEEP_US) {
            cb_workspace_each(r->dir, sweep_one, r);
            look_for_locked(r);
            swept_us = now_us;
        }
        if (!pruned_us || now_us - pruned_us > PRUNE_US) {
            prune(r);
            pruned_us = now_us;
        }
        pthread_mutex_lock(&r->lock);
        if (!r->stopping)
            nap(&r->tick, &r->lock, tick_us);
        pthread_mutex_unlock(&r->lock);
    }
    return NULL;
}

/* ---- dry runs */

static void *work_dry(void *arg)
{
    struct dry_slot *s = arg;
    struct cb_runner *r = s->r;
    struct cb_dry *q;

    cb_thread_begin(CB_THREAD_JOB, "cb-task-dry");
    for (;;) {
        pthread_mutex_lock(&r->lock);
        s->at = NULL;
        while (!r->dry_first && !r->stopping)
            pthread_cond_wait(&r->dry_there, &r->lock);
        if (!(q = r->dry_first)) {
            pthread_mutex_unlock(&r->lock);
            return NULL;
        }
        if (!(r->dry_first = q->next))
            r->dry_last = &r->dry_first;
        r->dry_n--;
        s->at = q;
        if (r->stopping)
            cb_run_stop(&q->run, CB_RUN_LET_GO);
        pthread_mutex_unlock(&r->lock);
        cb_dry_run(q);
        pthread_mutex_lock(&r->lock);
        s->at = NULL;
        pthread_mutex_unlock(&r->lock);
        q->done(q);
    }
}

enum cb_code cb_runner_dry(struct cb_runner *r, struct cb_dry *q, struct cb_err *err)
{
    enum cb_code rc = CB_OK;

    q->plugins = r->env.plugins;
    q->config = r->env.config;
    q->next = NULL;
    pthread_mutex_lock(&r->lock);
    if (r->stopping || r->dry_n >= CB_RUNNER_DRY_QUEUE_MAX) {
        rc = cb_fail(err, CB_EUNAVAILABLE, r->stopping ? "callboard is stopping: try again in a moment" : "too many dry runs wait already: try again in a moment");
    } else {
        *r->dry_last = q;
        r->dry_last = &q->next;
        r->dry_n++;
        pthread_cond_signal(&r->dry_there);
    }
    pthread_mutex_unlock(&r->lock);
    return rc;
}

/* ---- start and stop */

static enum cb_code start_threads(struct cb_runner *r, struct cb_err *err)
{
    for (size_t i = 0; i < r->slot_n; i++) {
        r->slots[i].r = r;
        if (pthread_create(&r->slots[i].thread, NULL, work, &r->slots[i]) != 0)
            return cb_fail(err, CB_EUNAVAILABLE, "no thread to run templates on");
        r->slots[i].started = true;
    }
    for (size_t i = 0; i < CB_RUNNER_DRY_N; i++) {
        r->dry[i].r = r;
        if (pthread_create(&r->dry[i].thread, NULL, work_dry, &r->dry[i]) != 0)
            return cb_fail(err, CB_EUNAVAILABLE, "no thread to try templates on");
        r->dry[i].started = true;
    }
    if (pthread_create(&r->keeper, NULL, keep, r) != 0)
        return cb_fail(err, CB_EUNAVAILABLE, "no thread to look after runs of templates");
    r->keeping = true;
    return CB_OK;
}

enum cb_code cb_runner_start(struct cb_runner **out, const struct cb_runner_env *env, struct cb_err *err)
{
    struct cb_runner *r = calloc(1, sizeof(*r));
    pthread_condattr_t attr;
    uint8_t uuid[16];
    enum cb_code rc;

    if (!r || !(r->dir = strndup(env->config->workspaces.p, env->config->workspaces.n)))
        abort();
    r->env = *env;
    r->slot_n = (size_t)env->config->task_concurrency;
    if (!(r->slots = calloc(r->slot_n + 1, sizeof(*r->slots))))
        abort();
    r->dry_last = &r->dry_first;
    r->renewed_us = cb_clock_mono_us();
    cb_random(uuid, sizeof(uuid));
    cb_uuid_format(r->owner, uuid);
    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&r->due_there, &attr);
    pthread_cond_init(&r->dry_there, &attr);
    pthread_cond_init(&r->tick, &attr);
    pthread_cond_init(&r->rested, &attr);
    pthread_condattr_destroy(&attr);
    if ((rc = cb_secret_ring_new(&r->ring, env->config, err)) != CB_OK || (rc = cb_workspace_open(r->dir, err)) != CB_OK ||
        (rc = start_threads(r, err)) != CB_OK) {
        cb_runner_stop(r, 0);
        cb_runner_free(r);
        return rc;
    }
    *out = r;
    return CB_OK;
}

static void stop_all(struct cb_runner *r, enum cb_run_stop why)
{
    for (size_t i = 0; i < r->slot_n; i++)
        if (r->slots[i].task)
            cb_run_stop(&r->slots[i].task->run, why);
    for (size_t i = 0; i < CB_RUNNER_DRY_N; i++)
        if (r->dry[i].at)
            cb_run_stop(&r->dry[i].at->run, why);
}

void cb_runner_stop(struct cb_runner *r, int64_t deadline_us)
{
    int64_t left_us;

    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    pthread_cond_broadcast(&r->due_there);
    pthread_cond_broadcast(&r->dry_there);
    pthread_cond_broadcast(&r->tick);
    stop_all(r, CB_RUN_PAUSED);
    while (r->stats.running_n && (left_us = deadline_us - cb_clock_mono_us()) > 0)
        nap(&r->rested, &r->lock, left_us);
    stop_all(r, CB_RUN_LET_GO);
    pthread_mutex_unlock(&r->lock);
    for (size_t i = 0; i < r->slot_n; i++)
        if (r->slots[i].started)
            pthread_join(r->slots[i].thread, NULL);
    for (size_t i = 0; i < CB_RUNNER_DRY_N; i++)
        if (r->dry[i].started)
            pthread_join(r->dry[i].thread, NULL);
    if (r->keeping)
        pthread_join(r->keeper, NULL);
    for (size_t i = 0; i < r->slot_n; i++)
        r->slots[i].started = false;
    for (size_t i = 0; i < CB_RUNNER_DRY_N; i++)
        r->dry[i].started = false;
    r->keeping = false;
}

void cb_runner_free(struct cb_runner *r)
{
    if (!r)
        return;
    cb_secret_ring_free(r->ring);
    pthread_cond_destroy(&r->due_there);
    pthread_cond_destroy(&r->dry_there);
    pthread_cond_destroy(&r->tick);
    pthread_cond_destroy(&r->rested);
    pthread_mutex_destroy(&r->lock);
    free(r->slots);
    free(r->dir);
    free(r);
}

const struct cb_secret_ring *cb_runner_ring(const struct cb_runner *r)
{
    return r->ring;
}

void cb_runner_stats(struct cb_runner *r, struct cb_runner_stats *out)
{
    pthread_mutex_lock(&r->lock);
    *out = r->stats;
    pthread_mutex_unlock(&r->lock);
}
