#include "catalog/relate/past.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/base/thread.h"
#include "catalog/relate/snapshot_in.h"

#define TAKE_WAIT_US (2 * CB_S_US) /* for a connection of the pool */
#define LOOK_ROWS 1024             /* rows between two looks at the clock and the memory */
#define ROW_BYTES 160              /* what a row costs beside its texts */
#define EDGE_BYTES 13
#define TRIM_OVER 10000 /* rows after which the heap is given back */

struct cb_past_view {
    struct cb_past *past;
    struct cb_past_view *prev, *next; /* in the row of use, the last used first; or among the dead */
    int64_t generation, used_us;
    size_t refs; /* the row's one among them */
    size_t bytes;
    bool kept; /* stands in the row */
    struct cb_catalog *catalog;
    struct cb_snapshot *snapshot;
    char epoch[37];
};

struct cb_past {
    struct cb_pool *pool;
    size_t bytes_max;
    int64_t idle_us;
    pthread_t keeper;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t work;  /* for the keeper */
    struct cb_past_view *first, *last, *dead;
    size_t bytes; /* of all views, and of the one that is being built */
    bool loading, stop;
    struct cb_past_wait *waiting;
    struct { /* the last load that failed */
        int64_t generation, until_us;
        struct cb_err err;
    } failed;
    struct cb_past_stats stats;
};

/* ---- the row of use; the lock is held */

static void row_put(struct cb_past *p, struct cb_past_view *v)
{
    v->prev = NULL;
    v->next = p->first;
    if (p->first)
        p->first->prev = v;
    else
        p->last = v;
    p->first = v;
}

static void row_take(struct cb_past *p, struct cb_past_view *v)
{
    if (v->prev)
        v->prev->next = v->next;
    else
        p->first = v->next;
    if (v->next)
        v->next->prev = v->prev;
    else
        p->last = v->prev;
}

static struct cb_past_view *row_find(struct cb_past *p, const char *epoch, int64_t generation)
{
    struct cb_past_view *v = p->first;

    while (v && (v->generation != generation || strcmp(v->epoch, epoch) != 0))
        v = v->next;
    if (!v)
        return NULL;
    row_take(p, v);
    row_put(p, v);
    v->used_us = cb_clock_mono_us();
    v->refs++;
    return v;
}

/* Out of the row; it dies with its last reader. True when that was the row itself. */
static bool row_drop(struct cb_past *p, struct cb_past_view *v)
{
    row_take(p, v);
    v->kept = false;
    p->stats.view_n--;
    return --v->refs == 0;
}

static void view_free(struct cb_past_view *v)
{
    cb_snapshot_unref(v->snapshot);
    cb_catalog_free(v->catalog);
    free(v);
}

/* A reader may be a loop: a view that nobody holds is freed by the keeper. */
static void bury(struct cb_past *p, struct cb_past_view *v)
{
    v->next = p->dead;
    p->dead = v;
    pthread_cond_signal(&p->work);
}

/*
 * Let views go that nobody reads, the least used first, until NEED more bytes have room. Called and returns with the lock
 * held, but gives it away to free. False when what is being read leaves no room.
 */
static bool make_room(struct cb_past *p, size_t need)
{
    while (p->bytes + need > p->bytes_max) {
        struct cb_past_view *v = p->dead ? p->dead : p->last;

        if (p->dead) {
            p->dead = v->next;
        } else {
            while (v && v->refs > 1)
                v = v->prev;
            if (!v)
                return false;
            row_drop(p, v);
            p->stats.evict_n++;
        }
        pthread_mutex_unlock(&p->lock);
        {
            size_t bytes = v->bytes;

            view_free(v);
            pthread_mutex_lock(&p->lock);
            p->bytes -= bytes;
        }
    }
    return true;
}

/* ---- the keeper: frees what is dead, lets go what is idle */

static int64_t drop_idle(struct cb_past *p, int64_t now_us)
{
    struct cb_past_view *v;

    while ((v = p->last) && now_us - v->used_us >= p->idle_us)
        if (row_drop(p, v))
            bury(p, v);
    return v ? v->used_us + p->idle_us : 0;
}

static void free_dead(struct cb_past *p)
{
    struct cb_past_view *v;

    while ((v = p->dead)) {
        size_t bytes = v->bytes;

        p->dead = v->next;
        pthread_mutex_unlock(&p->lock);
        view_free(v);
        pthread_mutex_lock(&p->lock);
        p->bytes -= bytes;
    }
}

static void *keep(void *arg)
{
    struct cb_past *p = arg;

    cb_thread_begin(CB_THREAD_TIDY, "cb-past");
    pthread_mutex_lock(&p->lock);
    while (!p->stop) {
        int64_t next_us = drop_idle(p, cb_clock_mono_us());
        struct timespec until = {next_us / CB_S_US, next_us % CB_S_US * 1000};

        free_dead(p);
        if (p->stop || p->dead)
            continue;
        if (next_us)
            pthread_cond_timedwait(&p->work, &p->lock, &until);
        else
            pthread_cond_wait(&p->work, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

enum cb_code cb_past_new(struct cb_past **out, struct cb_pool *pool, int64_t bytes_max,
                         int64_t idle_us, struct cb_err *err)
{
    struct cb_past *p = calloc(1, sizeof(*p));
    pthread_condattr_t attr;

    if (!p)
        abort();
    p->pool = pool;
    p->bytes_max = (size_t)bytes_max;
    p->idle_us = idle_us;
    p->stats.bytes_max = bytes_max;
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->work, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&p->keeper, NULL, keep, p) != 0) {
        free(p);
        return cb_fail(err, CB_EUNAVAILABLE, "no thread for the snapshots of the past: %s",
                       strerror(errno));
    }
    *out = p;
    return CB_OK;
}

void cb_past_free(struct cb_past *p)
{
    struct cb_past_view *v;

    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_signal(&p->work);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->keeper, NULL);
    while ((v = p->first)) {
        p->first = v->next;
        view_free(v);
    }
    while ((v = p->dead)) {
        p->dead = v->next;
        view_free(v);
    }
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* ---- loading */

struct intake {
    struct cb_past *past;
    struct cb_build *build;
    int64_t generation, deadline_us;
    size_t rows;
    size_t bytes, counted; /* that it takes, and those of them that are in past->bytes */
    enum cb_code rc;
    struct cb_err *err;
};

/* Count what was taken in since the last look, or find that there is no room. */
static enum cb_code count(struct intake *in)
{
    struct cb_past *p = in->past;
    size_t more = in->bytes - in->counted;
    bool room, alone;

    pthread_mutex_lock(&p->lock);
    room = make_room(p, more);
    alone = in->bytes > p->bytes_max;
    if (room) {
        p->bytes += more;
        in->counted = in->bytes;
    }
    pthread_mutex_unlock(&p->lock);
    if (room)
        return CB_OK;
    if (alone)
        return cb_fail(in->err, CB_ELIMIT,
                       "the catalog of generation %lld takes more memory than history.memory allows "
                       "(%lld bytes): raise it to look at moments of this size",
                       (long long)in->generation, (long long)p->bytes_max);
    return cb_fail(in->err, CB_EUNAVAILABLE,
                   "too many moments of the past are being read at once: history.memory has no room "
                   "for another; try again in a moment");
}

static int take_row(const struct cb_version_row *row, void *ctx)
{
    struct intake *in = ctx;

    in->bytes += row->body.n + row->status.n + row->edge_n * EDGE_BYTES + ROW_BYTES;
    if (in->rows++ % LOOK_ROWS == 0) {
        if (in->deadline_us && cb_clock_mono_us() >= in->deadline_us)
            in->rc = cb_fail(in->err, CB_ETIMEOUT,
                             "the catalog of generation %lld was not loaded in time",
                             (long long)in->generation);
        else
            in->rc = count(in);
        if (in->rc != CB_OK)
            return 1;
    }
    cb_build_put(in->build, row);
    return 0;
}

/* Ranks and rows of words that its readers may make of it, and the catalog around it. */
static size_t measure(const struct cb_snapshot *s)
{
    size_t docs = cb_snapshot_doc_n(s);

    return sizeof(struct cb_past_view) + sizeof(struct cb_catalog) + sizeof(struct cb_snapshot) +
           cb_snapshot_bytes(s) + docs * CB_SEGMENT_RANK_MAX * sizeof(uint32_t) +
           docs * cb_relation_n / 8;
}

static enum cb_code build(struct cb_past_view *v, struct intake *in, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    enum cb_code rc;

    in->build = cb_build_new(&v->catalog->names);
    rc = cb_pool_take(&c, in->past->pool, TAKE_WAIT_US, err);
    if (rc == CB_OK)
        rc = cb_entity_load_at(c, v->generation, v->epoch, take_row, in, err);
    cb_pool_give(in->past->pool, c);
    if (rc == CB_OK)
        rc = in->rc;
    if (rc != CB_OK) {
        cb_build_free(in->build);
        return rc;
    }
    cb_catalog_apply(v->catalog, cb_build_finish(in->build, NULL), NULL, v->generation, v->epoch,
                     true);
    v->snapshot = cb_catalog_snapshot(v->catalog);
    v->bytes = in->bytes = measure(v->snapshot);
    if (in->bytes > in->counted)
        return count(in);
    pthread_mutex_lock(&in->past->lock);
    in->past->bytes -= in->counted - in->bytes;
    in->counted = in->bytes;
    pthread_mutex_unlock(&in->past->lock);
    return CB_OK;
}

static enum cb_code load(struct cb_past_view **out, struct cb_past *p, const char *epoch,
                         int64_t generation, int64_t deadline_us, struct cb_err *err)
{
    struct intake in = {
        .past = p, .generation = generation, .deadline_us = deadline_us, .err = err};
    struct cb_past_view *v = calloc(1, sizeof(*v));
    int64_t began = cb_clock_mono_us();
    enum cb_code rc;

    if (!v)
        abort();
    v->past = p;
    v->generation = generation;
    snprintf(v->epoch, sizeof(v->epoch), "%s", epoch);
    v->catalog = cb_catalog_new();
    rc = build(v, &in, err);
    if (in.rows > TRIM_OVER)
        malloc_trim(0);
    if (rc != CB_OK) {
        view_free(v);
        pthread_mutex_lock(&p->lock);
        p->bytes -= in.counted;
        pthread_mutex_unlock(&p->lock);
        return rc;
    }
    cb_log(CB_LOG_INFO, "past.loaded", "generation=%lld entities=%zu bytes=%zu ms=%lld",
           (long long)generation, in.rows, v->bytes,
           (long long)((cb_clock_mono_us() - began) / CB_MS_US));
    *out = v;
    return CB_OK;
}

/* The end of a load: into the row, and let all that wait ask again. */
static void settle(struct cb_past *p, struct cb_past_view *v, int64_t generation, enum cb_code rc,
                   const struct cb_err *err)
{
    struct cb_past_wait *w, *next;

    pthread_mutex_lock(&p->lock);
    p->loading = false;
    w = p->waiting;
    p->waiting = NULL;
    if (v) {
        v->refs = 2;
        v->kept = true;
        v->used_us = cb_clock_mono_us();
        row_put(p, v);
        p->stats.view_n++;
        p->stats.load_n++;
        pthread_cond_signal(&p->work);
    } else {
        p->failed.generation = generation;
        p->failed.until_us = cb_clock_mono_us() + CB_PAST_FAILED_US;
        p->failed.err = *err;
        p->failed.err.code = rc;
        p->stats.fail_n++;
    }
    pthread_mutex_unlock(&p->lock);
    for (; w; w = next) {
        next = w->next;
        w->wake(w);
    }
}

enum cb_code cb_past_load(struct cb_past_view **out, struct cb_past *p, const char *epoch,
                          int64_t generation, int64_t deadline_us, struct cb_err *err)
{
    struct cb_past_view *v;
    struct cb_err why = {0};
    enum cb_code rc = CB_OK;
    bool mine = false;

    *out = NULL;
    pthread_mutex_lock(&p->lock);
    if ((v = row_find(p, epoch, generation))) {
        p->stats.hit_n++;
    } else if (p->failed.generation == generation && cb_clock_mono_us() < p->failed.until_us) {
        rc = cb_fail(err, p->failed.err.code, "%s", p->failed.err.text);
    } else if (!p->loading) {
        p->loading = mine = true;
    }
    pthread_mutex_unlock(&p->lock);
    if (mine) {
        rc = load(&v, p, epoch, generation, deadline_us, &why);
        settle(p, rc == CB_OK ? v : NULL, generation, rc, &why);
        if (rc != CB_OK)
            return cb_fail(err, rc, "%s", why.text);
    }
    *out = v;
    return rc;
}

bool cb_past_await(struct cb_past *p, struct cb_past_wait *w)
{
    bool loading;

    pthread_mutex_lock(&p->lock);
    if ((loading = p->loading)) {
        w->next = p->waiting;
        p->waiting = w;
    }
    pthread_mutex_unlock(&p->lock);
    return loading;
}

/* ---- readers */

struct cb_past_view *cb_past_find(struct cb_past *p, const char *epoch, int64_t generation)
{
    struct cb_past_view *v;

    pthread_mutex_lock(&p->lock);
    v = row_find(p, epoch, generation);
    p->stats.hit_n += v != NULL;
    pthread_mutex_unlock(&p->lock);
    return v;
}

struct cb_snapshot *cb_past_snapshot(const struct cb_past_view *v)
{
    return v->snapshot;
}

void cb_past_unref(struct cb_past_view *v)
{
    struct cb_past *p;

    if (!v)
        return;
    p = v->past;
    pthread_mutex_lock(&p->lock);
    if (--v->refs == 0)
        bury(p, v);
    pthread_mutex_unlock(&p->lock);
}

void cb_past_stats(struct cb_past *p, struct cb_past_stats *out)
{
    pthread_mutex_lock(&p->lock);
    *out = p->stats;
    out->bytes = (int64_t)p->bytes;
    pthread_mutex_unlock(&p->lock);
}
