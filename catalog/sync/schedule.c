#include "catalog/sync/schedule_in.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/base/log.h"
#include "catalog/base/thread.h"
#include "catalog/fetch/transport.h"
#include "catalog/sync/lead.h"

#define RENEW_EVERY_US (CB_LEASE_US / 3)
#define ROWS_EVERY_US (60 * CB_S_US)    /* how often the rows are looked at without a notice */
#define SETTLE_US (15 * CB_MS_US)       /* after a change on this machine: Git writes more than one file */
#define SWEEP_AGE_US (7 * 24 * 3600 * CB_S_US) /* a mirror that no source wants may come back with a configuration */

static void wake_scheduler(struct cb_schedule *s)
{
    uint64_t one = 1;

    if (write(s->wake_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
        abort();
}

/* Mirrors of repositories that are no source any more. */
static void sweep(struct cb_schedule *s, const struct cb_sync_conf *conf)
{
    struct cb_arena *a = cb_arena_new();
    cb_str *keep;
    size_t n = 0, gone;

    pthread_mutex_lock(&s->lock);
    keep = CB_NEW_N(a, cb_str, s->entries.n + 1);
    for (size_t i = 0; i < s->entries.n; i++)
        if (s->entries.v[i]->src.conf->git)
            keep[n++] = cb_arena_str(a, s->entries.v[i]->src.conf->url);
    pthread_mutex_unlock(&s->lock);
    if ((gone = cb_mirror_sweep(conf->data_dir, keep, n, SWEEP_AGE_US)))
        cb_log(CB_LOG_INFO, "mirrors.swept", "gone=%zu", gone);
    cb_arena_free(a);
}

static void *reader_main(void *arg)
{
    struct cb_schedule *s = arg;

    cb_thread_begin(CB_THREAD_READER, "cb-source");
    pthread_mutex_lock(&s->lock);
    for (;;) {
        struct cb_schedule_entry *e;
        bool nudged;

        while (!s->stopping && (s->ready.n == 0 || s->pausing))
            pthread_cond_wait(&s->work, &s->lock);
        if (s->stopping)
            break;
        e = s->ready.v[0];
        memmove(s->ready.v, s->ready.v + 1, --s->ready.n * sizeof(*s->ready.v));
        e->queued = false;
        e->reading = true;
        e->again = false;
        nudged = e->nudged;
        e->nudged = false;
        s->reading_n++;
        pthread_mutex_unlock(&s->lock);
        cb_schedule_read(s, e, nudged);
        pthread_mutex_lock(&s->lock);
        e->reading = false;
        if (e->again && e->again_us < e->due_us)
            e->due_us = e->again_us;
        s->reading_n--;
        pthread_cond_broadcast(&s->idle);
        wake_scheduler(s);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* ---- deciding, on the scheduler's thread; all under the lock */

static struct cb_schedule_entry *entry_of(struct cb_schedule *s, int64_t id)
{
    for (size_t i = 0; i < s->entries.n; i++)
        if (s->entries.v[i]->src.id == id)
            return s->entries.v[i];
    return NULL;
}

static void make_due(struct cb_schedule_entry *e, int64_t at_us, bool nudged)
{
    e->nudged |= nudged;
    if (e->reading) {
        e->again_us = e->again && e->again_us < at_us ? e->again_us : at_us;
        e->again = true;
    } else if (e->due_us > at_us) {
        e->due_us = at_us;
    }
}

static void changed_here(int64_t owner, void *ctx)
{
    struct cb_schedule_entry *e = entry_of(ctx, owner);

    if (e)
        make_due(e, cb_clock_mono_us() + SETTLE_US, false);
}

static int64_t queue_due(struct cb_schedule *s)
{
    int64_t now = cb_clock_mono_us(), next = now + ROWS_EVERY_US;

    for (size_t i = 0; i < s->entries.n; i++) {
        struct cb_schedule_entry *e = s->entries.v[i];

        if (e->reading || e->queued)
            continue;
        if (e->due_us <= now) {
            e->queued = true;
            cb_vec_push(&s->ready, e);
            pthread_cond_signal(&s->work);
        } else if (e->due_us < next) {
            next = e->due_us;
        }
    }
    return next;
}

static void entry_free(struct cb_schedule_entry *e)
{
    if (!e)
        return;
    cb_mirror_close(e->src.mirror);
    cb_arena_free(e->arena);
    free(e);
}

static struct cb_schedule_entry *entry_new(struct cb_schedule *s, const struct cb_source_row *row)
{
    struct cb_schedule_entry *e = calloc(1, sizeof(*e));

    if (!e)
        abort();
    e->arena = cb_arena_new();
    e->src.id = row->id;
    e->src.key = cb_arena_str(e->arena, row->key);
    e->row_due_us = row->due_at_us;
    cb_vec_push(&s->entries, e);
    return e;
}

static void entry_drop(struct cb_schedule *s, struct cb_schedule_entry *e)
{
    cb_watch_forget(s->watch, e->src.id);
    for (size_t i = 0; i < s->ready.n; i++)
        if (s->ready.v[i] == e)
            memmove(s->ready.v + i, s->ready.v + i + 1, (--s->ready.n - i) * sizeof(*s->ready.v));
    for (size_t i = 0; i < s->entries.n; i++)
        if (s->entries.v[i] == e)
            memmove(s->entries.v + i, s->entries.v + i + 1, (--s->entries.n - i) * sizeof(*s->entries.v));
    entry_free(e);
}

/* How a source that the configuration does not name is read; texts are the plan's. */
static struct cb_source_conf conf_of(struct cb_schedule *s, const struct cb_lead_source *l, struct cb_arena *a)
{
    const struct cb_schedule_entry *root = entry_of(s, l->root_id);
    bool rooted = l->row.made == CB_SOURCE_DERIVED && root && !root->src.conf->registered && !root->src.conf->plugin;
    struct cb_source_conf conf = {
        .interval_us = rooted ? root->src.conf->interval_us : s->conf->interval_us,
        .rules = rooted ? root->src.conf->rules : s->conf->rules,
        .registered = l->row.made == CB_SOURCE_REGISTERED,
    };
    struct cb_node *paths = NULL;
    cb_str *path = CB_NEW(a, cb_str);
    struct cb_err ignored;

    if (conf.registered)
        return conf;
    if (cb_node_parse(&paths, a, l->row.paths, &ignored) == CB_OK && paths->first)
        *path = paths->first->text;
    conf.git = conf.led = true;
    conf.url = l->row.url;
    conf.branch = l->row.branch;
    conf.paths = path;
    conf.path_n = 1;
    conf.optional = l->optional;
    conf.unwanted = !l->reached;
    conf.depth = l->depth;
    conf.origin = l->origin;
    conf.tail = cb_str_sub(l->row.key, sizeof("location:#") - 1 + l->row.url.n, l->row.key.n);
    return conf;
}

static bool same_conf(const struct cb_source_conf *x, const struct cb_source_conf *y)
{
    return x->interval_us == y->interval_us && x->rules.v == y->rules.v && x->rules.n == y->rules.n && x->optional == y->optional &&
           x->unwanted == y->unwanted && x->depth == y->depth && cb_str_eq(x->origin, y->origin);
}

/* Sources of the database that come, go and change without the configuration. */
static void take_plan(struct cb_schedule *s, const struct cb_lead_source *l, struct cb_arena *a)
{
    struct cb_schedule_entry *e = entry_of(s, l->row.id);
    struct cb_source_conf conf;

    if (l->row.made == CB_SOURCE_CONFIGURED)
        return;
    if (!l->reached && !l->row.configured) {
        if (e && e->reading)
            s->replan = true;
        else if (e)
            entry_drop(s, e);
        return;
    }
    conf = conf_of(s, l, a);
    if (e && same_conf(&e->own, &conf))
        return;
    if (e && e->reading) {
        s->replan = true;
        return;
    }
    if (!e) {
        e = entry_new(s, &l->row);
    } else { /* which part of "<branch>/<path>" is the branch was found out */
        conf.branch = e->own.branch;
        conf.paths = e->own.paths;
    }
    conf.url = cb_arena_str(e->arena, conf.url);
    conf.branch = cb_arena_str(e->arena, conf.branch);
    conf.tail = cb_arena_str(e->arena, conf.tail);
    conf.origin = cb_arena_str(e->arena, conf.origin);
    if (conf.path_n)
        conf.paths = cb_schedule_path(e->arena, cb_arena_str(e->arena, conf.paths[0]));
    e->own = conf;
    e->src.conf = &e->own;
    e->known = false;
    e->failures = 0;
    make_due(e, 0, true);
}

/*
 * Without the lock while the database is asked: it may be slow. A row whose due time is not ours was nudged by somebody;
 * and sources that Locations lead to come and go.
 */
static void look_at_rows(struct cb_schedule *s)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_conn *conn = NULL;
    struct cb_lead_source *all;
    struct cb_err err;
    size_t n;

    if (cb_pool_take(&conn, s->pool, CB_SCHEDULE_POOL_US, &err) == CB_OK && cb_lead_plan(&all, &n, a, conn, &err) == CB_OK) {
        int64_t now = cb_clock_now_us();

        for (size_t i = 0; i < n; i++) /* let go of, and named again meanwhile */
            if (all[i].row.made == CB_SOURCE_DERIVED && all[i].reached && !all[i].row.configured &&
                cb_source_revive(conn, all[i].row.id, &err) == CB_OK)
                all[i].row.configured = true;
        pthread_mutex_lock(&s->lock);
        for (size_t i = 0; !s->pausing && i < n; i++) {
            struct cb_schedule_entry *e;

            take_plan(s, &all[i], a);
            e = entry_of(s, all[i].row.id);
            if (!e || all[i].row.due_at_us > now || all[i].row.due_at_us == e->row_due_us)
                continue;
            e->row_due_us = all[i].row.due_at_us;
            make_due(e, 0, true);
        }
        s->look_at_rows |= s->pausing;
        pthread_mutex_unlock(&s->lock);
    }
    cb_pool_give(s->pool, conn);
    cb_arena_free(a);
}

static void renew_leases(struct cb_schedule *s)
{
    CB_VEC(struct cb_source_row) held = {0};
    struct cb_conn *conn = NULL;
    struct cb_err err;

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->entries.n; i++)
        if (s->entries.v[i]->reading && s->entries.v[i]->fence)
            cb_vec_push(&held, (struct cb_source_row){.id = s->entries.v[i]->src.id, .fence = s->entries.v[i]->fence});
    pthread_mutex_unlock(&s->lock);
    if (held.n && cb_pool_take(&conn, s->pool, CB_SCHEDULE_POOL_US, &err) == CB_OK) {
        for (size_t i = 0; i < held.n; i++)
            if (cb_source_renew(conn, held.v[i].id, cb_str_cstr(s->owner), held.v[i].fence, &err) != CB_OK)
                cb_log(CB_LOG_WARN, "source.renew", "source=%lld why=\"%s\"", (long long)held.v[i].id, err.text);
    }
    cb_pool_give(s->pool, conn);
    cb_vec_fini(&held);
}

static void *scheduler_main(void *arg)
{
    struct cb_schedule *s = arg;
    const struct cb_sync_conf *swept = NULL;
    int64_t renew_us = cb_clock_mono_us() + RENEW_EVERY_US, rows_us = cb_clock_mono_us() + ROWS_EVERY_US;

    cb_thread_begin(CB_THREAD_DUTY, "cb-schedule");
    for (;;) {
        struct pollfd fds[2] = {{.fd = s->wake_fd, .events = POLLIN}, {.fd = cb_watch_fd(s->watch), .events = POLLIN}};
        int64_t next, wait_ms;
        const struct cb_sync_conf *conf;
        bool rows, stop;
        uint64_t count;

        pthread_mutex_lock(&s->lock);
        cb_watch_read(s->watch, changed_here, s);
        next = s->pausing ? cb_clock_mono_us() + CB_S_US : queue_due(s);
        if (s->reading_n && renew_us < next)
            next = renew_us;
        rows = s->look_at_rows || cb_clock_mono_us() >= rows_us;
        s->look_at_rows = false;
        stop = s->stopping;
        conf = s->conf;
        pthread_mutex_unlock(&s->lock);
        if (stop)
            return NULL;
        if (rows) {
            look_at_rows(s);
            rows_us = cb_clock_mono_us() + ROWS_EVERY_US;
            continue;
        }
        if (swept != conf) { /* once for each configuration, and behind its first look at the rows */
            sweep(s, conf);
            swept = conf;
        }
        if (cb_clock_mono_us() >= renew_us) {
            renew_leases(s);
            renew_us = cb_clock_mono_us() + RENEW_EVERY_US;
        }
        wait_ms = (next - cb_clock_mono_us() + CB_MS_US - 1) / CB_MS_US;
        (void)poll(fds, 2, wait_ms < 0 ? 0 : wait_ms > 60000 ? 60000 : (int)wait_ms);
        if ((fds[0].revents & POLLIN) && read(s->wake_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
            abort();
    }
}

/* ---- start, configure, stop */

/* Make the database's rows agree and build an entry for each; CONF must outlive them. */
static enum cb_code configure(struct cb_schedule *s, const struct cb_sync_conf *conf, struct cb_err *err)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_source_row *rows = CB_NEW_N(a, struct cb_source_row, conf->source_n + 1);
    struct cb_conn *conn = NULL;
    enum cb_code rc;

    for (size_t i = 0; i < conf->source_n; i++) {
        const struct cb_source_conf *c = &conf->sources[i];
        struct cb_buf paths = CB_BUF_INIT;

        for (size_t j = 0; j < c->path_n; j++) {
            cb_buf_put_char(&paths, j ? ',' : '[');
            cb_buf_put_json(&paths, c->paths[j]);
        }
        cb_buf_put_cstr(&paths, c->path_n ? "]" : "[]");
        rows[i] = (struct cb_source_row){
            .key = cb_source_key(a, c),
            .type = c->git ? CB_LIT("git") : c->plugin ? CB_LIT("plugin") : CB_LIT("file"),
            .url = c->git ? cb_git_url_clean(a, c->url) : c->url,
            .branch = c->branch,
            .paths = cb_arena_str(a, cb_buf_str(&paths)),
            .settings = cb_pass_settings(a, conf, c),
            .position = (int32_t)i,
            .configured = true,
        };
        cb_buf_fini(&paths);
    }
    if ((rc = cb_pool_take(&conn, s->pool, CB_SCHEDULE_POOL_US, err)) == CB_OK)
        rc = cb_source_configure(conn, rows, conf->source_n, err);
    cb_pool_give(s->pool, conn);
    for (size_t i = 0; rc == CB_OK && i < conf->source_n; i++) {
        struct cb_schedule_entry *e = entry_new(s, &rows[i]);

        e->src.conf = &conf->sources[i];
    }
    s->conf = conf;
    s->drop_pending = true;
    s->look_at_rows = true; /* the sources that the configuration does not name */
    cb_arena_free(a);
    return rc;
}

enum cb_code cb_schedule_start(struct cb_schedule **out, const struct cb_sync_conf *conf, struct cb_pool *pool,
                               const struct cb_schedule_hooks *hooks, struct cb_err *err)
{
    struct cb_schedule *s = calloc(1, sizeof(*s));
    char host[32] = "?";
    uint32_t salt;
    enum cb_code rc;

    if (!s)
        abort();
    s->pool = pool;
    s->hooks = hooks ? *hooks : (struct cb_schedule_hooks){0};
    (void)gethostname(host, sizeof(host) - 1);
    cb_random(&salt, sizeof(salt));
    snprintf(s->owner, sizeof(s->owner), "%s/%d/%08x", host, (int)getpid(), salt);
    s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->wake_fd < 0)
        abort();
    s->watch = cb_watch_new();
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->work, NULL);
    pthread_cond_init(&s->idle, NULL);
    if ((rc = configure(s, conf, err)) != CB_OK) {
        cb_schedule_stop(s);
        return rc;
    }
    for (int i = 0; i < CB_SCHEDULE_READERS; i++)
        if (pthread_create(&s->readers[i], NULL, reader_main, s))
            abort();
    if (pthread_create(&s->scheduler, NULL, scheduler_main, s))
        abort();
    *out = s;
    return CB_OK;
}

enum cb_code cb_schedule_configure(struct cb_schedule *s, const struct cb_sync_conf *conf, struct cb_err *err)
{
    CB_VEC(struct cb_schedule_entry *) old = {0};
    enum cb_code rc;

    pthread_mutex_lock(&s->lock);
    s->pausing = true;
    while (s->reading_n)
        pthread_cond_wait(&s->idle, &s->lock);
    for (size_t i = 0; i < s->entries.n; i++) {
        cb_watch_forget(s->watch, s->entries.v[i]->src.id);
        cb_vec_push(&old, s->entries.v[i]);
    }
    cb_vec_clear(&s->entries);
    cb_vec_clear(&s->ready);
    rc = configure(s, conf, err);
    s->pausing = false;
    pthread_cond_broadcast(&s->work);
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < old.n; i++)
        entry_free(old.v[i]);
    cb_vec_fini(&old);
    wake_scheduler(s);
    return rc;
}

void cb_schedule_wake(struct cb_schedule *s)
{
    pthread_mutex_lock(&s->lock);
    s->look_at_rows = true;
    pthread_mutex_unlock(&s->lock);
    wake_scheduler(s);
}

bool cb_schedule_nudge(struct cb_schedule *s, int64_t source_id)
{
    struct cb_schedule_entry *e;

    pthread_mutex_lock(&s->lock);
    if ((e = entry_of(s, source_id)))
        make_due(e, 0, true);
    pthread_mutex_unlock(&s->lock);
    if (e)
        wake_scheduler(s);
    return e != NULL;
}

bool cb_schedule_ask(struct cb_schedule *s, cb_str key, int64_t gap_us)
{
    int64_t now = cb_clock_mono_us();
    struct cb_schedule_entry *e = NULL;

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; !e && i < s->entries.n; i++)
        if (cb_str_eq(s->entries.v[i]->src.key, key))
            e = s->entries.v[i];
    if (e) {
        if (e->asked_us <= now) /* else the next one is to come */
            e->asked_us = e->asked_us && e->asked_us + gap_us > now ? e->asked_us + gap_us : now;
        make_due(e, e->asked_us, true);
    }
    pthread_mutex_unlock(&s->lock);
    if (e)
        wake_scheduler(s);
    return e != NULL;
}

const struct cb_sync_conf *cb_schedule_conf(struct cb_schedule *s)
{
    const struct cb_sync_conf *conf;

    pthread_mutex_lock(&s->lock);
    conf = s->conf;
    pthread_mutex_unlock(&s->lock);
    return conf;
}

bool cb_schedule_has(struct cb_schedule *s, int64_t source_id)
{
    bool ours;

    pthread_mutex_lock(&s->lock);
    ours = entry_of(s, source_id) != NULL;
    pthread_mutex_unlock(&s->lock);
    return ours;
}

bool cb_schedule_settled(struct cb_schedule *s)
{
    bool all = true;

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->entries.n; i++)
        all &= s->entries.v[i]->tried || s->entries.v[i]->src.conf == &s->entries.v[i]->own;
    pthread_mutex_unlock(&s->lock);
    return all;
}

void cb_schedule_stats(struct cb_schedule *s, struct cb_schedule_stats *out)
{
    pthread_mutex_lock(&s->lock);
    *out = s->stats;
    out->queue_n = (int64_t)s->ready.n;
    out->reading_n = s->reading_n;
    pthread_mutex_unlock(&s->lock);
}

void cb_schedule_stop(struct cb_schedule *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->work);
    pthread_mutex_unlock(&s->lock);
    if (s->scheduler) {
        wake_scheduler(s);
        cb_transport_cancel_all();
        for (int i = 0; i < CB_SCHEDULE_READERS; i++)
            pthread_join(s->readers[i], NULL);
        pthread_join(s->scheduler, NULL);
    }
    for (size_t i = 0; i < s->entries.n; i++)
        entry_free(s->entries.v[i]);
    cb_vec_fini(&s->entries);
    cb_vec_fini(&s->ready);
    cb_watch_free(s->watch);
    close(s->wake_fd);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->work);
    pthread_cond_destroy(&s->idle);
    free(s);
}
