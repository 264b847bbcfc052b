#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "catalog/base/clock.h"
#include "catalog/persist/conn.h"
#include "catalog/persist/stmt.h"

#define RETRY_US (100 * CB_MS_US) /* between tries to reach a server that is not there */

struct cb_pool {
    char *url;
    int most;
    pthread_mutex_t lock;
    pthread_cond_t given;
    struct cb_conn *
        idle[CB_POOL_MAX]; /* the newest last: the others grow cold and are told so by the server */
    int idle_n, open_n;
};

enum cb_code cb_pool_new(struct cb_pool **out, const char *url, int most, struct cb_err *err)
{
    pthread_condattr_t attr;
    struct cb_pool *p;
    enum cb_code rc;

    if (most < 1 || most > CB_POOL_MAX)
        return cb_fail(err, CB_EINVAL, "a pool has 1 to %d connections, not %d", CB_POOL_MAX, most);
    if ((rc = cb_conn_url_check(url, err)) != CB_OK)
        return rc;
    p = calloc(1, sizeof(*p));
    if (!p || !(p->url = strdup(url)))
        abort();
    p->most = most;
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->given, &attr);
    pthread_condattr_destroy(&attr);
    *out = p;
    return CB_OK;
}

void cb_pool_free(struct cb_pool *p)
{
    if (!p)
        return;
    for (int i = 0; i < p->idle_n; i++)
        cb_conn_close(p->idle[i]);
    pthread_cond_destroy(&p->given);
    pthread_mutex_destroy(&p->lock);
    free(p->url);
    free(p);
}

/* An idle one, or the right to open one (*OUT NULL). */
static enum cb_code take_place(struct cb_conn **out, struct cb_pool *p, int64_t until_us,
                               struct cb_err *err)
{
    enum cb_code rc = CB_OK;

    pthread_mutex_lock(&p->lock);
    while (p->idle_n == 0 && p->open_n >= p->most) {
        int64_t left_us = until_us - cb_clock_mono_us();
        struct timespec at;

        if (left_us <= 0) {
            rc = cb_fail(err, CB_ETIMEOUT, "all %d connections to PostgreSQL are busy", p->most);
            goto out;
        }
        clock_gettime(CLOCK_MONOTONIC, &at);
        at.tv_sec += left_us / CB_S_US;
        at.tv_nsec += left_us % CB_S_US * 1000;
        if (at.tv_nsec >= 1000000000) {
            at.tv_nsec -= 1000000000;
            at.tv_sec++;
        }
        pthread_cond_timedwait(&p->given, &p->lock, &at);
    }
    *out = NULL;
    if (p->idle_n > 0)
        *out = p->idle[--p->idle_n];
    else
        p->open_n++;
out:
    pthread_mutex_unlock(&p->lock);
    return rc;
}

static void give_place(struct cb_pool *p, struct cb_conn *c)
{
    pthread_mutex_lock(&p->lock);
    if (c)
        p->idle[p->idle_n++] = c;
    else
        p->open_n--;
    pthread_cond_signal(&p->given);
    pthread_mutex_unlock(&p->lock);
}

enum cb_code cb_pool_take(struct cb_conn **out, struct cb_pool *p, int64_t wait_us,
                          struct cb_err *err)
{
    int64_t until_us = cb_clock_mono_us() + wait_us;
    struct cb_conn *c;
    enum cb_code rc;

    if ((rc = take_place(&c, p, until_us, err)) != CB_OK)
        return rc;
    if (c && !cb_conn_alive(c)) {
        cb_conn_close(c);
        c = NULL;
    }
    while (!c) {
        int64_t left_us = until_us - cb_clock_mono_us();

        rc = cb_conn_open(
            &c, p->url, left_us > 0 && left_us < CB_CONN_CONNECT_US ? left_us : CB_CONN_CONNECT_US,
            err);
        if (rc == CB_OK)
            break;
        c = NULL;
        if (rc != CB_EUNAVAILABLE || until_us - cb_clock_mono_us() < RETRY_US) {
            give_place(p, NULL);
            return rc;
        }
        nanosleep(&(struct timespec){.tv_nsec = RETRY_US * 1000}, NULL);
    }
    *out = c;
    return CB_OK;
}

void cb_pool_give(struct cb_pool *p, struct cb_conn *c)
{
    if (!c)
        return;
    if (!c->broken && PQtransactionStatus(c->pg) != PQTRANS_IDLE)
        cb_tx_rollback(c);
    if (!cb_conn_alive(c)) {
        cb_conn_close(c);
        c = NULL;
    }
    give_place(p, c);
}

int cb_pool_open_n(const struct cb_pool *p)
{
    struct cb_pool *q = (struct cb_pool *)(uintptr_t)p;
    int n;

    pthread_mutex_lock(&q->lock);
    n = q->open_n;
    pthread_mutex_unlock(&q->lock);
    return n;
}
