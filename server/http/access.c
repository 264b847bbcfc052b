#include "server/http/access.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/base/thread.h"

struct lines {
    struct cb_buf line; /* its loop's own: written before the lock is taken */
    pthread_mutex_t lock; /* of all below */
    struct cb_buf waiting, spare;
    uint64_t dropped_n;
};

struct cb_access {
    struct lines *loops;
    unsigned loop_n;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool ending;
};

/* The room that a busy moment needed is there for the next; when it has passed, it goes. */
static void give_back(struct lines *lines, struct cb_buf *taken)
{
    if (taken->n < taken->cap / 8) {
        cb_buf_fini(taken);
        return;
    }
    cb_buf_clear(taken);
    pthread_mutex_lock(&lines->lock);
    lines->spare = *taken;
    pthread_mutex_unlock(&lines->lock);
}

static void write_out(struct cb_access *log)
{
    for (unsigned i = 0; i < log->loop_n; i++) {
        struct lines *lines = &log->loops[i];
        struct cb_buf taken;
        uint64_t dropped_n;

        pthread_mutex_lock(&lines->lock);
        taken = lines->waiting;
        lines->waiting = lines->spare;
        lines->spare = CB_BUF_INIT;
        dropped_n = lines->dropped_n;
        lines->dropped_n = 0;
        pthread_mutex_unlock(&lines->lock);
        if (taken.n)
            cb_log_write(taken.p, taken.n);
        give_back(lines, &taken);
        if (dropped_n)
            cb_log(CB_LOG_WARN, "http.access", "dropped_lines=%llu", (unsigned long long)dropped_n);
    }
}

static void *write_lines(void *arg)
{
    struct cb_access *log = arg;
    struct timespec until;
    bool ending;

    cb_thread_begin(CB_THREAD_DUTY, "cb-access");
    do {
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += CB_ACCESS_EVERY_US * 1000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_mutex_lock(&log->lock);
        if (!log->ending)
            pthread_cond_timedwait(&log->wake, &log->lock, &until);
        ending = log->ending;
        pthread_mutex_unlock(&log->lock);
        write_out(log);
    } while (!ending);
    return NULL;
}

struct cb_access *cb_access_new(unsigned loop_n)
{
    struct cb_access *log = calloc(1, sizeof(*log));

    if (!log || !(log->loops = calloc(loop_n, sizeof(*log->loops))))
        abort();
    log->loop_n = loop_n;
    for (unsigned i = 0; i < loop_n; i++)
        pthread_mutex_init(&log->loops[i].lock, NULL);
    pthread_mutex_init(&log->lock, NULL);
    pthread_cond_init(&log->wake, NULL);
    if (pthread_create(&log->thread, NULL, write_lines, log) != 0)
        abort();
    return log;
}

/* By hand: printf would take as long as all else that an answer from memory takes. */
static void put_line(struct cb_buf *out, const struct cb_request *rq, int status, uint64_t bytes, int64_t took_us)
{
    char at[32];

    cb_clock_format(at, cb_clock_now_us());
    cb_buf_put_cstr(out, at);
    cb_buf_put_cstr(out, " info http.request method=");
    cb_buf_put_cstr(out, cb_log_quote(rq->arena, rq->method_text, 16));
    cb_buf_put_cstr(out, " path=");
    cb_buf_put_cstr(out, cb_log_quote(rq->arena, rq->target, CB_ACCESS_PATH_MAX));
    cb_buf_put_cstr(out, " status=");
    cb_buf_put_int(out, status);
    cb_buf_put_cstr(out, " bytes=");
    cb_buf_put_int(out, (int64_t)bytes);
    cb_buf_put_cstr(out, " us=");
    cb_buf_put_int(out, took_us);
    cb_buf_put_cstr(out, " user=");
    cb_buf_put_cstr(out, rq->caller.user[0] ? rq->caller.user : "-");
    cb_buf_put_cstr(out, " id=");
    cb_buf_put_cstr(out, rq->id);
    cb_buf_put_char(out, '\n');
}

void cb_access_put(struct cb_access *log, const struct cb_request *rq, int status, uint64_t bytes, int64_t took_us)
{
    struct lines *lines = &log->loops[rq->loop];

    cb_buf_clear(&lines->line);
    put_line(&lines->line, rq, status, bytes, took_us);
    pthread_mutex_lock(&lines->lock);
    if (lines->waiting.n > CB_ACCESS_BYTES_MAX)
        lines->dropped_n++;
    else
        cb_buf_put(&lines->waiting, lines->line.p, lines->line.n);
    pthread_mutex_unlock(&lines->lock);
}

void cb_access_free(struct cb_access *log)
{
    if (!log)
        return;
    pthread_mutex_lock(&log->lock);
    log->ending = true;
    pthread_cond_signal(&log->wake);
    pthread_mutex_unlock(&log->lock);
    pthread_join(log->thread, NULL);
    for (unsigned i = 0; i < log->loop_n; i++) {
        pthread_mutex_destroy(&log->loops[i].lock);
        cb_buf_fini(&log->loops[i].line);
        cb_buf_fini(&log->loops[i].waiting);
        cb_buf_fini(&log->loops[i].spare);
    }
    pthread_mutex_destroy(&log->lock);
    pthread_cond_destroy(&log->wake);
    free(log->loops);
    free(log);
}
