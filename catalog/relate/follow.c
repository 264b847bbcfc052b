#include "catalog/relate/follow.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/base/thread.h"
#include "catalog/persist/notify.h"
#include "catalog/persist/problem_store.h"
#include "catalog/relate/merge.h"

#define BACKOFF_FIRST_US (CB_S_US / 10)
#define BACKOFF_MAX_US (5 * CB_S_US)
#define TAKE_WAIT_US (10 * CB_S_US) /* for a connection of the pool */
#define TRIM_OVER 10000             /* rows after which the heap is given back */

struct cb_follow {
    struct cb_catalog *catalog;
    struct cb_pool *pool;
    struct cb_notify *notify;
    struct cb_merger *merger;
    struct cb_follow_hooks hooks;
    char *url;
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t served;
    int64_t generation; /* that is served; 0 before the first load */
    bool loaded, stop;
    char epoch[37]; /* of what is served */
    char trouble[CB_ERR_TEXT_MAX];
};

static bool stopping(struct cb_follow *f)
{
    bool stop;

    pthread_mutex_lock(&f->lock);
    stop = f->stop;
    pthread_mutex_unlock(&f->lock);
    return stop;
}

static void say_trouble(struct cb_follow *f, const char *text)
{
    bool news;

    pthread_mutex_lock(&f->lock);
    news = strcmp(f->trouble, text) != 0;
    snprintf(f->trouble, sizeof(f->trouble), "%s", text);
    pthread_mutex_unlock(&f->lock);
    if (!news)
        return;
    if (*text) {
        struct cb_arena *a = cb_arena_new();

        cb_log(CB_LOG_ERROR, "follow.trouble", "error=%s",
               cb_log_quote(a, cb_str_cstr(text), CB_ERR_TEXT_MAX));
        cb_arena_free(a);
    } else {
        cb_log(CB_LOG_INFO, "follow.recovered", "generation=%lld", (long long)f->generation);
    }
}

static void put_up(struct cb_follow *f, struct cb_segment *g, struct cb_gone *gone,
                   const struct cb_fault_news *news, int64_t generation, const char *epoch, bool first)
{
    cb_catalog_apply_news(f->catalog, g, gone, news, generation, epoch, first);
    cb_merger_wake(f->merger);
    if (f->hooks.published)
        f->hooks.published(f->hooks.ctx, generation);
    pthread_mutex_lock(&f->lock);
    f->generation = generation;
    f->loaded = true;
    pthread_cond_broadcast(&f->served);
    pthread_mutex_unlock(&f->lock);
}

struct intake {
    struct cb_follow *follow;
    struct cb_build *build;
    size_t rows;
    bool cancelled;
};

static int take_row(const struct cb_version_row *row, void *ctx)
{
    struct intake *in = ctx;

    if (++in->rows % 4096 == 0 && stopping(in->follow))
        return in->cancelled = true;
    cb_build_put(in->build, row);
    return 0;
}

struct marks {
    const struct cb_names *names;
    struct cb_fault_news *news;
};

static void take_mark(const struct cb_problem_mark *mark, void *ctx)
{
    struct marks *m = ctx;
    struct cb_fault_news *news = m->news;

    if (news->sources.n == 0 || news->sources.v[news->sources.n - 1] != mark->source_id)
        cb_pile_push(&news->sources, mark->source_id);
    if (mark->entity.n == 0)
        return;
    cb_pile_push(&news->all, (struct cb_fault){mark->source_id, cb_intern_put(m->names->refs, mark->entity),
                                               cb_intern_put(m->names->keys, mark->rule),
                                               cb_intern_put(m->names->keys, cb_str_cstr(cb_severity_name(mark->severity)))});
}

/* Problems of the sources that generations FROM + 1 to TO touched; those of a moment later may be among them. */
static enum cb_code read_news(struct cb_follow *f, struct cb_conn *c, int64_t from, int64_t to, struct cb_fault_news *news,
                              struct cb_err *err)
{
    struct marks m = {&f->catalog->names, news};

    news->whole = from < 0;
    return cb_problem_marks(c, from, to, take_mark, &m, err);
}

static enum cb_code load(struct cb_follow *f, struct cb_conn *c, const char *epoch,
                         struct cb_err *err)
{
    struct intake in = {.follow = f, .build = cb_build_new(&f->catalog->names)};
    int64_t began = cb_clock_mono_us(), generation = 0;
    struct cb_fault_news news = {0};
    enum cb_code rc = cb_entity_load(c, &generation, take_row, &in, err);

    if (rc == CB_OK && !in.cancelled)
        rc = read_news(f, c, -1, generation, &news, err);
    if (rc != CB_OK || in.cancelled) {
        cb_build_free(in.build);
        cb_fault_news_fini(&news);
        return rc;
    }
    put_up(f, cb_build_finish(in.build, NULL), NULL, &news, generation, epoch, true);
    cb_fault_news_fini(&news);
    snprintf(f->epoch, sizeof(f->epoch), "%s", epoch);
    malloc_trim(0);
    cb_log(CB_LOG_INFO, "follow.loaded", "entities=%zu generation=%lld ms=%lld", in.rows,
           (long long)generation, (long long)((cb_clock_mono_us() - began) / CB_MS_US));
    return CB_OK;
}

/* All that the next generations brought to a catalog that has nothing is all that there is now: COPY takes half as long. */
static enum cb_code read_next(struct cb_follow *f, struct cb_conn *c, int64_t from, int64_t *to, struct intake *in, struct cb_err *err)
{
    struct cb_snapshot *s = cb_catalog_snapshot(f->catalog);
    bool empty = cb_snapshot_doc_n(s) == 0;

    cb_snapshot_unref(s);
    return empty ? cb_entity_load(c, to, take_row, in, err) : cb_entity_delta(c, from, to, take_row, in, err);
}

/* What the next generations brought; several at once when more than one is behind. */
static enum cb_code catch_up(struct cb_follow *f, struct cb_conn *c, int64_t newest,
                             struct cb_err *err)
{
    while (f->generation < newest && !stopping(f)) {
        struct intake in = {.follow = f, .build = cb_build_new(&f->catalog->names)};
        int64_t began = cb_clock_mono_us(), from = f->generation, to = from;
        struct cb_gone gone = {0};
        struct cb_fault_news news = {0};
        struct cb_segment *g;
        enum cb_code rc = read_next(f, c, from, &to, &in, err);

        if (rc == CB_OK && !in.cancelled && to > from)
            rc = read_news(f, c, from, to, &news, err);
        if (rc != CB_OK || in.cancelled || to <= from) {
            cb_build_free(in.build);
            cb_fault_news_fini(&news);
            return rc;
        }
        g = cb_build_finish(in.build, &gone);
        put_up(f, g, &gone, &news, to, NULL, false);
        cb_pile_fini(&gone);
        cb_fault_news_fini(&news);
        if (in.rows > TRIM_OVER)
            malloc_trim(0);
        cb_log(CB_LOG_DEBUG, "follow.applied", "generation=%lld rows=%zu us=%lld", (long long)to,
               in.rows, (long long)(cb_clock_mono_us() - began));
    }
    return CB_OK;
}

/* Bring the catalog to the newest generation. A new epoch, or a generation that went back: another database. */
static enum cb_code look(struct cb_follow *f, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    char epoch[37];
    int64_t newest = 0;
    enum cb_code rc = cb_pool_take(&c, f->pool, TAKE_WAIT_US, err);

    if (rc != CB_OK || (rc = cb_entity_newest(c, &newest, epoch, err)) != CB_OK)
        goto out;
    if (!f->loaded || newest < f->generation || strcmp(epoch, f->epoch) != 0)
        rc = load(f, c, epoch, err);
    if (rc == CB_OK && f->loaded)
        rc = catch_up(f, c, newest, err);
    if (rc == CB_ENOTFOUND) /* so far behind that what came since is pruned */
        rc = load(f, c, epoch, err);

out:
    cb_pool_give(f->pool, c);
    return rc;
}

static void pass_on(struct cb_follow *f, unsigned what)
{
    if (what & CB_NOTIFY_NUDGE && f->hooks.nudged)
        f->hooks.nudged(f->hooks.ctx);
    if (what & CB_NOTIFY_ACCESS && f->hooks.access_changed)
        f->hooks.access_changed(f->hooks.ctx);
}

static enum cb_code listen_for_notices(struct cb_follow *f, struct cb_err *err)
{
    struct cb_notify *n = NULL;
    enum cb_code rc = cb_notify_open(&n, f->url, err);

    if (rc != CB_OK)
        return rc;
    cb_notify_hear(n, f->hooks.task, f->hooks.ctx);
    pthread_mutex_lock(&f->lock);
    f->notify = n;
    pthread_mutex_unlock(&f->lock);
    return CB_OK;
}

static struct timespec from_now(int64_t us)
{
    struct timespec until;
    int64_t ns;

    clock_gettime(CLOCK_REALTIME, &until);
    ns = until.tv_nsec + us % CB_S_US * 1000;
    until.tv_sec += us / CB_S_US + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    return until;
}

/* Without a database to listen to: until it is time to try again, or to stop. */
static void rest(struct cb_follow *f, int64_t us)
{
    struct timespec until = from_now(us);

    pthread_mutex_lock(&f->lock);
    while (!f->stop && pthread_cond_timedwait(&f->served, &f->lock, &until) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&f->lock);
}

static void *follow_run(void *arg)
{
    struct cb_follow *f = arg;
    int64_t wait_us = BACKOFF_FIRST_US;

    cb_thread_begin(CB_THREAD_FOLLOWER, "cb-follow");
    while (!stopping(f)) {
        struct cb_err err = {0};
        enum cb_code rc = CB_OK;

        if (!f->notify)
            rc = listen_for_notices(f, &err);
        if (rc == CB_OK)
            rc = look(f, &err);
        say_trouble(f, rc == CB_OK ? "" : err.text);
        if (rc == CB_OK)
            wait_us = BACKOFF_FIRST_US;
        else if (wait_us < BACKOFF_MAX_US)
            wait_us *= 2;
        if (f->notify) {
            pass_on(f, cb_notify_wait(f->notify, rc == CB_OK ? CB_FOLLOW_POLL_US : wait_us));
        } else {
            rest(f, wait_us);
        }
    }
    return NULL;
}

enum cb_code cb_follow_start(struct cb_follow **out, struct cb_catalog *c, struct cb_pool *pool,
                             const char *url, const struct cb_follow_hooks *hooks,
                             struct cb_err *err)
{
    struct cb_follow *f = calloc(1, sizeof(*f));

    if (!f || !(f->url = strdup(url)))
        abort();
    f->catalog = c;
    f->pool = pool;
    if (hooks)
        f->hooks = *hooks;
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->served, NULL);
    f->merger = cb_merger_start(c);
    if (pthread_create(&f->thread, NULL, follow_run, f) != 0) {
        cb_merger_stop(f->merger);
        free(f->url);
        free(f);
        return cb_fail(err, CB_EUNAVAILABLE, "no thread for following the database: %s",
                       strerror(errno));
    }
    *out = f;
    return CB_OK;
}

void cb_follow_wake(struct cb_follow *f)
{
    struct cb_notify *n;

    pthread_mutex_lock(&f->lock);
    n = f->notify;
    pthread_mutex_unlock(&f->lock);
    if (n)
        cb_notify_wake(n);
}

enum cb_code cb_follow_wait(struct cb_follow *f, int64_t generation, int64_t wait_us,
                            struct cb_err *err)
{
    struct timespec until = from_now(wait_us);
    bool served;

    pthread_mutex_lock(&f->lock);
    while (!(served = f->loaded && f->generation >= generation) && !f->stop &&
           pthread_cond_timedwait(&f->served, &f->lock, &until) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&f->lock);
    if (served)
        return CB_OK;
    return cb_fail(err, CB_ETIMEOUT, "generation %lld was not served within %lld ms",
                   (long long)generation, (long long)(wait_us / CB_MS_US));
}

void cb_follow_trouble(struct cb_follow *f, char *text, size_t n)
{
    pthread_mutex_lock(&f->lock);
    snprintf(text, n, "%s", f->trouble);
    pthread_mutex_unlock(&f->lock);
}

void cb_follow_stop(struct cb_follow *f)
{
    if (!f)
        return;
    pthread_mutex_lock(&f->lock);
    f->stop = true;
    pthread_cond_broadcast(&f->served);
    pthread_mutex_unlock(&f->lock);
    cb_follow_wake(f);
    pthread_join(f->thread, NULL);
    cb_merger_stop(f->merger);
    if (f->notify)
        cb_notify_close(f->notify);
    pthread_cond_destroy(&f->served);
    pthread_mutex_destroy(&f->lock);
    free(f->url);
    free(f);
}
