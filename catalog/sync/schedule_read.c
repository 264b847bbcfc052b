#include "catalog/sync/schedule_in.h"

#include <stdio.h>
#include <stdlib.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/base/log.h"
#include "catalog/sync/lead.h"

#define OTHER_READS_US (5 * CB_S_US) /* another process holds the lease: look again then */
#define BACKOFF_STEP_MAX 12          /* doublings of an interval */

static uint64_t jitter(uint64_t most)
{
    uint64_t x;

    cb_random(&x, sizeof(x));
    return most ? x % most : 0;
}

/* Interval with a tenth of jitter, doubled for each failure in a row. */
static int64_t next_due_us(const struct cb_schedule_entry *e)
{
    int64_t wait = e->src.conf->interval_us;

    for (int i = 0; i < e->failures && i < BACKOFF_STEP_MAX && wait < CB_SCHEDULE_BACKOFF_MAX_US; i++)
        wait *= 2;
    if (e->failures && wait > CB_SCHEDULE_BACKOFF_MAX_US)
        wait = CB_SCHEDULE_BACKOFF_MAX_US;
    return cb_clock_mono_us() + wait - wait / 20 + (int64_t)jitter((uint64_t)wait / 10);
}

struct reading {
    struct cb_schedule *s;
    struct cb_schedule_entry *e;
    struct cb_arena *arena;
    struct cb_conn *conn; /* taken for a step at a time */
    struct cb_source_row row;
    struct cb_err err;
};

static enum cb_code with_conn(struct reading *r)
{
    return r->conn ? CB_OK : cb_pool_take(&r->conn, r->s->pool, CB_SCHEDULE_POOL_US, &r->err);
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

static void remember(struct cb_schedule_entry *e, cb_str commit)
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

const cb_str *cb_schedule_path(struct cb_arena *a, cb_str path)
{
    cb_str *paths = CB_NEW(a, cb_str);

    *paths = path;
    return paths;
}

/* The newest commit. Of a branch that Locations name, it is known only now which part of "<branch>/<path>" is it. */
static enum cb_code update_mirror(struct reading *r, cb_str *commit)
{
    struct cb_pass_source *src = &r->e->src;
    struct cb_source_conf *own = &r->e->own;
    enum cb_code rc = cb_mirror_update(src->mirror, src->conf->branch, r->arena, commit, &r->err);
    cb_str branch, path, first = src->conf->branch;

    for (size_t i = 0; src->conf->led && first.n && rc == CB_ENOTFOUND && cb_lead_split(&branch, &path, src->conf->tail, first, i); i++) {
        struct cb_err other;

        if (cb_mirror_update(src->mirror, branch, r->arena, commit, &other) != CB_OK)
            continue;
        own->branch = branch;
        own->paths = cb_schedule_path(r->e->arena, path);
        rc = CB_OK;
    }
    return rc;
}

/* Nobody names it any more: its entities go, and it. */
static enum cb_code let_go(struct reading *r, struct cb_pass_result *out)
{
    enum cb_code rc;

    if ((rc = with_conn(r)) != CB_OK || (rc = cb_pass_together(r->conn, &r->err)) != CB_OK)
        return rc;
    rc = cb_lead_drop(out, r->arena, r->conn, &r->err);
    return cb_pass_together_end(r->conn, rc, &r->err);
}

static enum cb_code read_newest(struct reading *r, cb_str commit, struct cb_pass_result *out)
{
    struct cb_pass_source *src = &r->e->src;
    bool remote = src->mirror && !cb_mirror_local_dir(src->mirror);
    cb_str settings;
    enum cb_code rc;

    if (src->mirror && (remote || !commit.n)) {
        without_conn(r); /* a transfer may take minutes */
        if ((rc = update_mirror(r, &commit)) != CB_OK || (rc = with_conn(r)) != CB_OK)
            return rc;
    }
    if (src->conf->plugin) {
        without_conn(r); /* this too */
        if ((rc = src->conf->open(&src->tree, src->conf->open_ctx, src->conf->url, &r->err)) != CB_OK || (rc = with_conn(r)) != CB_OK)
            return rc;
    }
    settings = cb_pass_settings(r->arena, r->s->conf, src->conf);
    if (src->conf->git && !r->row.confirmed && !r->row.recheck && cb_str_eq(commit, r->row.commit) && cb_str_eq(settings, r->row.read_settings)) {
        rc = cb_source_tried(r->conn, src->id, r->row.fence, CB_LIT(""), &r->err);
    } else {
        rc = cb_pass_run(out, r->s->conf, src, &r->row, commit, r->conn, &r->err);
    }
    if (rc == CB_OK && src->conf->git)
        remember(r->e, commit);
    return rc;
}

/* The whole pass under the lease. */
static enum cb_code read_leased(struct reading *r, cb_str commit, struct cb_pass_result *out)
{
    struct cb_pass_source *src = &r->e->src;
    enum cb_code rc = read_newest(r, commit, out);

    if (src->tree)
        src->tree->ops->close(src->tree);
    src->tree = NULL;
    return rc;
}

static enum cb_code read_source(struct reading *r, bool nudged, struct cb_pass_result *out)
{
    struct cb_pass_source *src = &r->e->src;
    cb_str commit = CB_LIT("");
    enum cb_code rc;

    if (src->conf->unwanted)
        return let_go(r, out);
    if ((rc = open_mirror(r)) == CB_OK && src->mirror && cb_mirror_local_dir(src->mirror)) {
        /* On this machine a look costs a few system calls: when nothing is new the database is not asked at all. */
        rc = update_mirror(r, &commit);
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
static bool watch_source(struct cb_schedule *s, struct cb_schedule_entry *e)
{
    const struct cb_pass_source *src = &e->src;
    const char *dir = src->mirror ? cb_mirror_local_dir(src->mirror) : NULL;
    struct cb_arena *a = cb_arena_new();
    bool added = false;

    if (dir) {
        added = cb_watch_git(s->watch, dir, cb_arena_str(a, cb_mirror_branch(src->mirror)).p, src->id);
    } else if (!src->conf->git && !src->conf->registered && !src->conf->plugin) {
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

        if (rows[i].configured || rows[i].made != CB_SOURCE_CONFIGURED || (rows[i].entity_n == 0 && rows[i].problem_n == 0))
            continue;
        rc = cb_source_lease(r->conn, rows[i].id, cb_str_cstr(r->s->owner), &rows[i].fence, &r->err);
        if (rc == CB_OK && (rc = cb_pass_drop(&out, &rows[i], false, r->conn, &r->err)) == CB_OK) {
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

void cb_schedule_read(struct cb_schedule *s, struct cb_schedule_entry *e, bool nudged)
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
    if (!e->src.conf->unwanted && watch_source(s, e)) {
        e->again_us = cb_clock_mono_us();
        e->again = true;
    }
    s->look_at_rows |= out.moved || e->src.conf->unwanted || s->replan;
    s->replan = false;
    drop = s->drop_pending;
    pthread_mutex_unlock(&s->lock);
    if (drop)
        drop_unconfigured(&r);
    without_conn(&r);
    cb_arena_free(r.arena);
}
