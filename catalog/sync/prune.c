#include "catalog/sync/prune.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/base/thread.h"
#include "catalog/persist/history_store.h"

#define TAKE_WAIT_US (10 * CB_S_US) /* for a connection of the pool */

struct cb_prune {
    struct cb_pool *pool;
    int64_t keep_us, every_us;
    pthread_t thread;
    pthread_mutex_t lock; /* of stop */
    pthread_cond_t stopped;
    bool stop;
};

/* False when it is time to end. */
static bool rest(struct cb_prune *p, int64_t us)
{
    struct timespec until;
    int64_t ns;
    bool stop;

    clock_gettime(CLOCK_MONOTONIC, &until);
    ns = until.tv_nsec + us % CB_S_US * 1000;
    until.tv_sec += us / CB_S_US + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&p->lock);
    while (!p->stop && pthread_cond_timedwait(&p->stopped, &p->lock, &until) != ETIMEDOUT)
        ;
    stop = p->stop;
    pthread_mutex_unlock(&p->lock);
    return !stop;
}

/* One transaction's worth. */
static enum cb_code step(struct cb_prune *p, bool *moved, int64_t *n, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    enum cb_code rc = cb_pool_take(&c, p->pool, TAKE_WAIT_US, err);

    *moved = false;
    *n = 0;
    if (rc == CB_OK)
        rc = cb_history_forget(moved, c, cb_clock_now_us() - p->keep_us, err);
    if (rc == CB_OK)
        rc = cb_history_prune(n, c, err);
    cb_pool_give(p->pool, c);
    return rc;
}

static void *prune(void *arg)
{
    struct cb_prune *p = arg;
    int64_t total = 0, n = 0;
    bool moved;

    cb_thread_begin(CB_THREAD_TIDY, "cb-prune");
    do {
        struct cb_err err = {0};

        if (step(p, &moved, &n, &err) != CB_OK)
            cb_log(CB_LOG_WARN, "history.prune", "error=\"%s\"", err.text);
        total += n;
        if (n == 0 && total > 0) {
            cb_log(CB_LOG_INFO, "history.pruned", "rows=%lld", (long long)total);
            total = 0;
        }
    } while (rest(p, n ? CB_PRUNE_REST_US : p->every_us));
    return NULL;
}

enum cb_code cb_prune_start(struct cb_prune **out, struct cb_pool *pool, int64_t keep_us, struct cb_err *err)
{
    struct cb_prune *p = calloc(1, sizeof(*p));
    pthread_condattr_t attr;

    if (!p)
        abort();
    p->pool = pool;
    p->keep_us = keep_us;
    p->every_us = keep_us / 10;
    if (p->every_us > CB_PRUNE_EVERY_MAX_US)
        p->every_us = CB_PRUNE_EVERY_MAX_US;
    if (p->every_us < CB_PRUNE_EVERY_MIN_US)
        p->every_us = CB_PRUNE_EVERY_MIN_US;
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->stopped, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&p->thread, NULL, prune, p) != 0) {
        free(p);
        return cb_fail(err, CB_EUNAVAILABLE, "no thread for pruning history: %s", strerror(errno));
    }
    *out = p;
    return CB_OK;
}

void cb_prune_stop(struct cb_prune *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_signal(&p->stopped);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->stopped);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
