#include "catalog/sync/schedule.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/base/log.h"
#include "catalog/base/vec.h"
#include "catalog/fetch/transport.h"
#include "catalog/sync/pass.h"
#include "catalog/sync/watch.h"

#define RENEW_EVERY_US (CB_LEASE_US / 3)
#define ROWS_EVERY_US (60 * CB_S_US)    /* how often the rows are looked at without a notice */
#define SETTLE_US (15 * CB_MS_US)       /* after a change on this machine: Git writes more than one file */
#define OTHER_READS_US (5 * CB_S_US)    /* another process holds the lease: look again then */
#define POOL_WAIT_US (10 * CB_S_US)
#define SWEEP_AGE_US (7 * 24 * 3600 * CB_S_US) /* a mirror that no source wants may come back with a configuration */
#define BACKOFF_STEP_MAX 12             /* doublings of an interval */

/* One source. Everything but the fields of its reader is under the schedule's lock. */
struct entry {
    struct cb_pass_source src;   /* reader's */
    struct cb_arena *arena;      /* holds src.key */
    int64_t due_us;              /* monotonic */
    int64_t row_due_us;          /* as we wrote it: another value in the row is a nudge */
    int64_t fence;               /* while we hold the lease, else 0 */
    char commit[2 * CB_TREE_ID_MAX + 1]; /* last one that is in the database */
    int failures;
    bool known;                  /* commit is to be trusted: read by us, with these settings */
    bool queued, reading, again, nudged, tried;
};

struct cb_schedule {
    struct cb_pool *pool;
    struct cb_schedule_hooks hooks;
    const struct cb_sync_conf *conf;
    char owner[64];
    pthread_mutex_t lock;
    pthread_cond_t work, idle;
    CB_VEC(struct entry *) entries;
    CB_VEC(struct entry *) ready; /* in order of becoming due */
    struct cb_watch *watch;
    pthread_t scheduler, readers[CB_SCHEDULE_READERS];
    int wake_fd;
    bool stopping, look_at_rows, drop_pending, pausing;
    int reading_n;
    struct cb_schedule_stats stats;
};

static uint64_t jitter(uint64_t most)
{
    uint64_t x;

    cb_random(&x, sizeof(x));
    return most ? x % most : 0;
}

/* Interval with a tenth of jitter, doubled for each failure in a row. */
static int64_t next_due_us(const struct entry *e)
{
    int64_t wait = e->src.conf->interval_us;

    for (int i = 0; i < e->failures && i < BACKOFF_STEP_MAX && wait < CB_SCHEDULE_BACKOFF_MAX_US; i++)
        wait *= 2;
    if (e->failures && wait > CB_SCHEDULE_BACKOFF_MAX_US)
        wait = CB_SCHEDULE_BACKOFF_MAX_US;
    return cb_clock_mono_us() + wait - wait / 20 + (int64_t)jitter((uint64_t)wait / 10);
}

static void wake_scheduler(struct cb_schedule *s)
{
    uint64_t one = 1;

    if (write(s->wake_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
        abort();
}

/* ---- reading one source, on a reader's thread */

struct reading {
    struct cb_schedule *s;
    struct entry *e;
    struct cb_arena *arena;
    struct cb_conn *conn; /* taken for a step at a time */
    struct cb_source_row row;
    struct cb_err err;
};

static enum cb_code with_conn(struct reading *r)
{
    return r->conn ? CB_OK : cb_pool_take(&r->conn, r->s->pool, POOL_WAIT_US, &r->err);
}

static void without_conn(struct reading *r)
{
    cb_pool_give(r->s->pool, r->conn);
    r->conn = NULL;
}

static enum cb_code open_mirror(struct reading *r)
{
    struct cb_mirror_opts opts = {.data_dir = r->s->conf->data_dir, .secrets = r->s->conf->secrets, .file_urls = true};

    if (!r->e->src.conf->git || r->e->src.mirror)
        return CB_OK;
    return cb_mirror_open(&r->e->src.mirror, r->e->src.conf->url, &opts, &r->err);
}

static enum cb_code lease(struct reading *r)
{
    int64_t fence = 0;
    enum cb_code rc;

    if ((rc = with_conn(r)) != CB_OK ||
        (rc = cb_source_lease(r->conn, r->e->src.id, cb_str_cstr(r->s->owner), &fence, &r->err)) != CB_OK)
        return rc;
    pthread_mutex_lock(&r->s->lock);
    r->e->fence = fence;
    pthread_mutex_unlock(&r->s->lock);
    rc = cb_source_get(&r->row, r->arena, r->conn, r->e->src.id, &r->err);
    r->row.fence = fence;
    return rc;
}

static void release(struct reading *r, int64_t due_us)
{
    int64_t fence = r->e->fence, at = cb_clock_now_us() + (due_us - cb_clock_mono_us());
    struct cb_err ignored;

    if (!fence)
        return;
    pthread_mutex_lock(&r->s->lock);
    r->e->fence = 0;
    r->e->row_due_us = at;
    pthread_mutex_unlock(&r->s->lock);
    if (with_conn(r) == CB_OK &&
        cb_source_release(r->conn, r->e->src.id, cb_str_cstr(r->s->owner), fence, at, &ignored) != CB_OK)
        cb_log(CB_LOG_DEBUG, "source.release", "source=%lld why=\"%s\"", (long long)r->e->src.id, ignored.text);
}

static void remember(struct entry *e, cb_str commit)
{
    snprintf(e->commit, sizeof(e->commit), "%" CB_FMT, CB_ARG(commit));
    e->known = true;
}

static void say(struct reading *r, const struct cb_pass_result *out, int64_t took_us)
{
    struct cb_str key = r->e->src.key;

    if (out->generation || out->held)
        cb_log(CB_LOG_INFO, "pass.done",
               "source=%s generation=%lld added=%lld changed=%lld removed=%lld held=%lld stale=%lld lost=%lld problems=%lld ms=%lld",
               cb_log_quote(r->arena, key, 300), (long long)out->generation, (long long)out->added,
               (long long)out->changed, (long long)out->removed, (long long)out->held, (long long)out->stale,
               (long long)out->lost, (long long)out->problems, (long long)(took_us / CB_MS_US));
}

/* Mirrors of repositories that are no source any more. */
static void sweep(const struct cb_sync_conf *conf)
{
    struct cb_arena *a = cb_arena_new();
    cb_str *keep = CB_NEW_N(a, cb_str, conf->source_n + 1);
    size_t n = 0, gone;

    for (size_t i = 0; i < conf->source_n; i++)
        if (conf->sources[i].git)
            keep[n++] = conf->sources[i].url;
    if ((gone = cb_mirror_sweep(conf->data_dir, keep, n, SWEEP_AGE_US)))
        cb_log(CB_LOG_INFO, "mirrors.swept", "gone=%zu", gone);
    cb_arena_free(a);
}

/* The whole pass under the lease. */
static enum cb_code read_leased(struct reading *r, cb_str commit, struct cb_pass_result *out)
{
    struct cb_pass_source *src = &r->e->src;
    cb_str settings = cb_pass_settings(r->arena, src->conf);
    bool remote = src->mirror && !cb_mirror_local_dir(src->mirror);
    enum cb_code rc;

    if (src->mirror && (remote || !commit.n)) {
        without_conn(r); /* a transfer may take minutes */
        if ((rc = cb_mirror_update(src->mirror, src->conf->branch, r->arena, &commit, &r->err)) != CB_OK)
            return rc;
        if ((rc = with_conn(r)) != CB_OK)
            return rc;
    }
    if (src->conf->git && !r->row.confirmed && cb_str_eq(commit, r->row.commit) && cb_str_eq(settings, r->row.read_settings)) {
        rc = cb_source_tried(r->conn, src->id, r->row.fence, CB_LIT(""), &r->err);
    } else {
        rc = cb_pass_run(out, r->s->conf, src, &r->row, commit, r->conn, &r->err);
    }
    if (rc == CB_OK && src->conf->git)
        remember(r->e, commit);
    return rc;
}

static enum cb_code read_source(struct reading *r, bool nudged, struct cb_pass_result *out)
{
    struct cb_pass_source *src = &r->e->src;
    cb_str commit = CB_LIT("");
    enum cb_code rc;

    if ((rc = open_mirror(r)) == CB_OK && src->mirror && cb_mirror_local_dir(src->mirror)) {
        /* On this machine a look costs a few system calls: when nothing is new the database is not asked at all. */
        rc = cb_mirror_update(src->mirror, src->conf->branch, r->arena, &commit, &r->err);
        if (rc == CB_OK && !nudged && r->e->known && cb_str_eq(commit, cb_str_cstr(r->e->commit)))
            return CB_OK;
    }
    if (rc == CB_OK) {
        if ((rc = lease(r)) == CB_OK)
            rc = read_leased(r, commit, out);
        else if (rc == CB_ECONFLICT)
            return rc;
    }
    if (rc != CB_OK && rc != CB_ECANCELLED) {
        struct cb_err why = r->err;

        r->e->known = false;
        if (!r->e->fence && lease(r) != CB_OK) {
            r->err = why;
            return rc;
        }
        if (with_conn(r) == CB_OK &&
            cb_source_tried(r->conn, src->id, r->e->fence, cb_str_cstr(why.text), &r->err) != CB_OK)
            cb_log(CB_LOG_WARN, "source.note", "source=%lld why=\"%s\"", (long long)src->id, r->err.text);
        r->err = why;
    }
    return rc;
}

/* True when something is watched that was not until now: a change between the look and this moment would be missed. */
static bool watch_source(struct cb_schedule *s, struct entry *e)
{
    const struct cb_pass_source *src = &e->src;
    const char *dir = src->mirror ? cb_mirror_local_dir(src->mirror) : NULL;
    struct cb_arena *a = cb_arena_new();
    bool added = false;

    if (dir) {
        added = cb_watch_git(s->watch, dir, cb_arena_str(a, cb_mirror_branch(src->mirror)).p, src->id);
    } else if (!src->conf->git) {
        char *folder = cb_arena_dup(a, src->conf->url.p, src->conf->url.n), *slash = strrchr(folder, '/');

        if (slash) {
            *slash = '\0';
            added = cb_watch_folder(s->watch, *folder ? folder : "/", src->id);
        }
    }
    cb_arena_free(a);
    return added;
}

/* Sources that are no longer configured let go of their claims once all that are have been read. */
static void drop_unconfigured(struct reading *r)
{
    struct cb_source_row *rows;
    bool all_read = false;
    size_t n;

    if (with_conn(r) != CB_OK || cb_source_all_read(r->conn, &all_read, &r->err) != CB_OK || !all_read ||
        cb_source_all(&rows, &n, r->arena, r->conn, &r->err) != CB_OK)
        return;
    pthread_mutex_lock(&r->s->lock);
    r->s->drop_pending = false;
    pthread_mutex_unlock(&r->s->lock);
    for (size_t i = 0; i < n; i++) {
        struct cb_pass_result out;
        enum cb_code rc;

        if (rows[i].configured || (rows[i].entity_n == 0 && rows[i].problem_n == 0))
            continue;
        rc = cb_source_lease(r->conn, rows[i].id, cb_str_cstr(r->s->owner), &rows[i].fence, &r->err);
        if (rc == CB_OK && (rc = cb_pass_drop(&out, &rows[i], r->conn, &r->err)) == CB_OK) {
            cb_log(CB_LOG_INFO, "source.dropped", "source=%s removed=%lld generation=%lld",
                   cb_log_quote(r->arena, rows[i].key, 300), (long long)out.removed, (long long)out.generation);
            if (r->s->hooks.passed)
                r->s->hooks.passed(r->s->hooks.ctx, rows[i].id, &out, 0, NULL);
        }
        if (rc != CB_OK)
            cb_log(CB_LOG_WARN, "source.drop", "source=%lld why=\"%s\"", (long long)rows[i].id, r->err.text);
        else
            rc = cb_source_release(r->conn, rows[i].id, cb_str_cstr(r->s->owner), rows[i].fence,
                                   cb_clock_now_us() + CB_SCHEDULE_BACKOFF_MAX_US, &r->err);
    }
}

static void read_one(struct cb_schedule *s, struct entry *e, bool nudged)
{
    struct reading r = {.s = s, .e = e, .arena = cb_arena_new()};
    struct cb_pass_result out = {0};
    int64_t began = cb_clock_mono_us(), due;
    enum cb_code rc = read_source(&r, nudged, &out);
    int64_t took = cb_clock_mono_us() - began;
    bool drop;

    if (rc == CB_OK) {
        e->failures = 0;
        say(&r, &out, took);
    } else if (rc != CB_ECONFLICT) {
        e->failures++;
        if (rc != CB_ECANCELLED)
            cb_log(CB_LOG_WARN, "pass.failed", "source=%s failures=%d why=%s", cb_log_quote(r.arena, e->src.key, 300),
                   e->failures, cb_log_quote(r.arena, cb_str_cstr(r.err.text), 1000));
    }
    due = rc == CB_ECONFLICT ? cb_clock_mono_us() + OTHER_READS_US : next_due_us(e);
    release(&r, due);
    if (s->hooks.passed && (rc != CB_OK || out.generation || out.held))
        s->hooks.passed(s->hooks.ctx, e->src.id, rc == CB_OK ? &out : NULL, took, rc == CB_OK ? NULL : &r.err);

    pthread_mutex_lock(&s->lock);
    e->due_us = due;
    e->tried = true;
    s->stats.pass_n++;
    s->stats.fail_n += rc != CB_OK && rc != CB_ECONFLICT;
    s->stats.changed_n += out.generation != 0;
    s->stats.last_pass_us = took;
    if (watch_source(s, e))
        e->again = true;
    drop = s->drop_pending;
    pthread_mutex_unlock(&s->lock);
    if (drop)
        drop_unconfigured(&r);
    without_conn(&r);
    cb_arena_free(r.arena);
}

static void *reader_main(void *arg)
{
    struct cb_schedule *s = arg;

    pthread_mutex_lock(&s->lock);
    for (;;) {
        struct entry *e;
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
        read_one(s, e, nudged);
        pthread_mutex_lock(&s->lock);
        e->reading = false;
        if (e->again)
            e->due_us = cb_clock_mono_us();
        s->reading_n--;
        pthread_cond_broadcast(&s->idle);
        wake_scheduler(s);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* ---- deciding, on the scheduler's thread; all under the lock */

static struct entry *entry_of(struct cb_schedule *s, int64_t id)
{
    for (size_t i = 0; i < s->entries.n; i++)
        if (s->entries.v[i]->src.id == id)
            return s->entries.v[i];
    return NULL;
}

static void make_due(struct entry *e, int64_t at_us, bool nudged)
{
    e->nudged |= nudged;
    if (e->reading)
        e->again = true;
    else if (e->due_us > at_us)
        e->due_us = at_us;
}

static void changed_here(int64_t owner, void *ctx)
{
    struct entry *e = entry_of(ctx, owner);

    if (e)
        make_due(e, cb_clock_mono_us() + SETTLE_US, false);
}

static int64_t queue_due(struct cb_schedule *s)
{
    int64_t now = cb_clock_mono_us(), next = now + ROWS_EVERY_US;

    for (size_t i = 0; i < s->entries.n; i++) {
        struct entry *e = s->entries.v[i];

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

/* Without the lock: the database may be slow. A row whose due time is not ours was nudged by somebody. */
static void look_at_rows(struct cb_schedule *s)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_conn *conn = NULL;
    struct cb_source_row *rows;
    struct cb_err err;
    size_t n;

    if (cb_pool_take(&conn, s->pool, POOL_WAIT_US, &err) == CB_OK && cb_source_all(&rows, &n, a, conn, &err) == CB_OK) {
        int64_t now = cb_clock_now_us();

        pthread_mutex_lock(&s->lock);
        for (size_t i = 0; i < n; i++) {
            struct entry *e = entry_of(s, rows[i].id);

            if (!e || rows[i].due_at_us > now || rows[i].due_at_us == e->row_due_us)
                continue;
            e->row_due_us = rows[i].due_at_us;
            make_due(e, 0, true);
        }
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
    if (held.n && cb_pool_take(&conn, s->pool, POOL_WAIT_US, &err) == CB_OK) {
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
        if (swept != conf) { /* once for each configuration */
            sweep(conf);
            swept = conf;
        }
        if (rows) {
            look_at_rows(s);
            rows_us = cb_clock_mono_us() + ROWS_EVERY_US;
            continue;
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

static void entry_free(struct entry *e)
{
    if (!e)
        return;
    cb_mirror_close(e->src.mirror);
    cb_arena_free(e->arena);
    free(e);
}

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
            .type = c->git ? CB_LIT("git") : CB_LIT("file"),
            .url = c->git ? cb_git_url_clean(a, c->url) : c->url,
            .branch = c->branch,
            .paths = cb_arena_str(a, cb_buf_str(&paths)),
            .settings = cb_pass_settings(a, c),
            .position = (int32_t)i,
            .configured = true,
        };
        cb_buf_fini(&paths);
    }
    if ((rc = cb_pool_take(&conn, s->pool, POOL_WAIT_US, err)) == CB_OK)
        rc = cb_source_configure(conn, rows, conf->source_n, err);
    cb_pool_give(s->pool, conn);
    for (size_t i = 0; rc == CB_OK && i < conf->source_n; i++) {
        struct entry *e = calloc(1, sizeof(*e));

        if (!e)
            abort();
        e->arena = cb_arena_new();
        e->src = (struct cb_pass_source){.conf = &conf->sources[i], .id = rows[i].id, .key = cb_arena_str(e->arena, rows[i].key)};
        e->row_due_us = rows[i].due_at_us;
        cb_vec_push(&s->entries, e);
    }
    s->conf = conf;
    s->drop_pending = true;
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
    CB_VEC(struct entry *) old = {0};
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
    struct entry *e;

    pthread_mutex_lock(&s->lock);
    if ((e = entry_of(s, source_id)))
        make_due(e, 0, true);
    pthread_mutex_unlock(&s->lock);
    if (e)
        wake_scheduler(s);
    return e != NULL;
}

bool cb_schedule_settled(struct cb_schedule *s)
{
    bool all = true;

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->entries.n; i++)
        all &= s->entries.v[i]->tried;
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
