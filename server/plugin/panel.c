#include "server/plugin/panel.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "catalog/base/clock.h"
#include "catalog/base/map.h"
#include "server/plugin/shape.h"

struct asking;

struct cb_panel_entry {
    char *key;               /* plugin NUL panel NUL ref */
    size_t key_n;
    uint64_t hash;
    int64_t ttl_us, stale_us;
    struct cb_panel_data *data;
    bool expired;
    struct asking *asking;   /* the question under way, or NULL */
    int64_t asked_us;        /* UTC */
    bool wanted;             /* somebody was shown the old one meanwhile: the answer is waited for, whoever leaves */
    struct cb_panel_wait *waiting;
    /* the last try, when it failed */
    enum cb_plugin_end end;
    struct cb_err err;
    int64_t tried_us, since_us, next_us; /* UTC */
    size_t bytes;
    struct cb_panel_entry *newer, *older; /* by use */
};

struct cb_panels {
    struct cb_plugins *plugins;
    struct cb_jobs *jobs;
    pthread_mutex_t lock;
    struct cb_map map;
    struct cb_panel_entry *newest, *oldest;
    struct cb_panels_stats stats;
};

/* A question under way. */
struct asking {
    struct cb_plugin_call call;
    struct cb_job job;
    struct cb_panels *p;
    struct cb_panel_entry *entry;
    uint64_t hash;
    struct cb_arena *arena;
    struct cb_panel_data *data;
};

/* ---- data */

void cb_panel_data_unref(struct cb_panel_data *d)
{
    if (d && atomic_fetch_sub(&d->ref_n, 1) == 1)
        cb_arena_free(d->arena);
}

static struct cb_panel_data *ref(struct cb_panel_data *d)
{
    if (d)
        atomic_fetch_add(&d->ref_n, 1);
    return d;
}

static struct cb_panel_data *new_data(int64_t age_s)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_panel_data *d = CB_NEW(a, struct cb_panel_data);

    atomic_init(&d->ref_n, 1);
    d->arena = a;
    d->aged = age_s > 0;
    d->fetched_us = cb_clock_now_us() - age_s * CB_S_US;
    return d;
}

static cb_str part(struct cb_arena *a, const struct cb_node *panel, const char *key)
{
    const struct cb_node *n = cb_node_get(panel, key);
    struct cb_buf out = CB_BUF_INIT;
    cb_str text;

    if (!n || n->type == CB_NULL)
        return CB_LIT("");
    cb_node_dump(&out, n);
    text = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return text;
}

/* The answer as data, or why it is none. */
static enum cb_code read_answer(struct cb_panel_data **out, cb_str json, int64_t age_s, struct cb_err *err)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_node *panel;
    struct cb_panel_data *d;
    enum cb_code rc;

    if ((rc = cb_node_parse(&panel, a, json, err)) == CB_OK && (rc = cb_shape_check(panel, err)) == CB_OK) {
        const struct cb_node *simulated = cb_node_get(cb_node_get(panel, "source"), "simulated");

        d = new_data(age_s);
        d->json = cb_arena_str(d->arena, json);
        d->source = part(d->arena, panel, "source");
        d->links = part(d->arena, panel, "links");
        d->actions = part(d->arena, panel, "actions");
        d->type = cb_arena_str(d->arena, cb_node_text(panel, "type"));
        d->summary = cb_arena_str(d->arena, cb_node_text(panel, "summary"));
        d->simulated = simulated && simulated->type == CB_BOOL && simulated->b;
        *out = d;
    }
    cb_arena_free(a);
    return rc;
}

/* ---- entries; with the lock */

static void unlink_entry(struct cb_panels *p, struct cb_panel_entry *e)
{
    if (e->newer)
        e->newer->older = e->older;
    else
        p->newest = e->older;
    if (e->older)
        e->older->newer = e->newer;
    else
        p->oldest = e->newer;
}

static void push_newest(struct cb_panels *p, struct cb_panel_entry *e)
{
    e->newer = NULL;
    e->older = p->newest;
    if (p->newest)
        p->newest->newer = e;
    else
        p->oldest = e;
    p->newest = e;
}

static void weigh(struct cb_panels *p, struct cb_panel_entry *e)
{
    size_t bytes = sizeof(*e) + e->key_n + (e->data ? cb_arena_used(e->data->arena) : 0);

    p->stats.bytes += (int64_t)bytes - (int64_t)e->bytes;
    e->bytes = bytes;
}

static void drop(struct cb_panels *p, struct cb_panel_entry *e)
{
    unlink_entry(p, e);
    cb_map_del(&p->map, cb_str_make(e->key, e->key_n));
    p->stats.bytes -= (int64_t)e->bytes;
    p->stats.entry_n--;
    cb_panel_data_unref(e->data);
    free(e->key);
    free(e);
}

static void make_room(struct cb_panels *p)
{
    struct cb_panel_entry *e = p->oldest, *newer;

    for (; e && (p->stats.bytes > CB_PANEL_CACHE_BYTES || p->stats.entry_n > CB_PANEL_CACHE_N); e = newer) {
        newer = e->newer;
        if (e->asking)
            continue;
        drop(p, e);
        p->stats.evict_n++;
    }
}

static struct cb_panel_entry *find(struct cb_panels *p, const struct cb_panel_want *want)
{
    struct cb_buf key = CB_BUF_INIT;
    union cb_map_value *slot;
    struct cb_panel_entry *e;
    bool made;

    cb_buf_put_str(&key, want->plugin);
    cb_buf_put_char(&key, '\0');
    cb_buf_put_str(&key, want->panel->name);
    cb_buf_put_char(&key, '\0');
    cb_buf_put_str(&key, want->ref);
    if ((slot = cb_map_get(&p->map, cb_buf_str(&key)))) {
        e = slot->p;
        unlink_entry(p, e);
    } else {
        if (!(e = calloc(1, sizeof(*e))))
            abort();
        e->key = cb_buf_take(&key, &e->key_n);
        e->hash = want->hash;
        cb_map_put(&p->map, cb_str_make(e->key, e->key_n), &made)->p = e;
        p->stats.entry_n++;
        weigh(p, e);
    }
    push_newest(p, e);
    cb_buf_fini(&key);
    return e;
}

/* ---- what there is to show; with the lock */

static void show(struct cb_panel_view *out, struct cb_panel_entry *e, int64_t now_us)
{
    *out = (struct cb_panel_view){.end = e->end, .err = e->err, .since_us = e->since_us, .next_us = e->next_us};
    if (!e->data)
        return;
    out->age_us = now_us - e->data->fetched_us;
    if (out->age_us < 0)
        out->age_us = 0;
    if (e->end <= CB_PLUGIN_ABSENT) {
        out->data = ref(e->data);
        out->stale = e->data->aged;
        if (e->data->aged)
            cb_fail(&out->err, CB_EUPSTREAM, "the upstream does not answer: this is its last answer");
        return;
    }
    if (e->data->absent || out->age_us > e->ttl_us + e->stale_us)
        return;
    out->data = ref(e->data);
    out->stale = true;
}

/* Is there an older answer that may stand in for one that takes long? */
static bool has_older(const struct cb_panel_entry *e, int64_t now_us)
{
    return e->data && !e->data->absent && now_us - e->data->fetched_us <= e->ttl_us + e->stale_us;
}

static void show_older(struct cb_panel_view *out, struct cb_panels *p, struct cb_panel_entry *e, int64_t now_us)
{
    show(out, e, now_us);
    if (!out->stale || e->data->aged)
        cb_fail(&out->err, CB_ETIMEOUT, "the plugin has not answered within %lld s, and is still being waited for: this is its last answer",
                (long long)(CB_PANEL_PATIENCE_US / CB_S_US));
    out->stale = true;
    e->wanted = true;
    p->stats.stale_n++;
}

static int64_t retry_us(const struct cb_panel_entry *e)
{
    return e->ttl_us < CB_PANEL_RETRY_US ? e->ttl_us : CB_PANEL_RETRY_US;
}

/* Need the plugin not be asked? */
static bool is_settled(const struct cb_panel_entry *e, const struct cb_panel_want *want, int64_t now_us)
{
    int64_t since_us = now_us - e->tried_us;

    if (e->hash != want->hash || e->tried_us == 0 || since_us < 0)
        return false;
    if (want->refresh || e->expired)
        return e->end <= CB_PLUGIN_ABSENT && !e->expired && since_us < CB_PANEL_REFRESH_US;
    if (e->end > CB_PLUGIN_ABSENT || (e->data && e->data->aged))
        return since_us < retry_us(e);
    return since_us < e->ttl_us;
}

/* ---- asking */

static void late(struct cb_plugin_call *call);

/* W does not wait any more: behind LAST on the list of those to be woken without the lock. */
static struct cb_panel_wait **let_go(struct cb_panel_wait **last, struct cb_panel_wait *w)
{
    w->entry = NULL;
    w->next = NULL;
    *last = w;
    return &w->next;
}

static void wake_all(struct cb_panel_wait *all)
{
    struct cb_panel_wait *w;

    while ((w = all)) {
        all = w->next;
        w->wake(w);
    }
}

/* What came of it; with the lock. */
static void note(struct asking *q, enum cb_plugin_end end, const struct cb_err *err, int64_t now_us)
{
    struct cb_panel_entry *e = q->entry;

    if (end <= CB_PLUGIN_ABSENT) {
        cb_panel_data_unref(e->data);
        e->data = q->data;
        e->since_us = e->next_us = 0;
        e->err = (struct cb_err){0};
    } else {
        if (e->end <= CB_PLUGIN_ABSENT || e->since_us == 0)
            e->since_us = q->call.since_us ? q->call.since_us : now_us;
        e->err = *err;
        e->next_us = q->call.next_us ? q->call.next_us : now_us + retry_us(e);
        q->p->stats.error_n++;
    }
    e->hash = q->hash;
    e->end = end;
    e->tried_us = now_us;
    e->expired = false;
    weigh(q->p, e);
}

/* It was cancelled, and that is no answer: when somebody came meanwhile it is asked again. With the lock. */
static bool is_wanted_again(struct asking *q, int64_t now_us)
{
    if (!q->entry->waiting && !q->entry->wanted)
        return false;
    atomic_store(&q->call.cancelled, false);
    q->call.late = late;
    q->entry->asked_us = now_us;
    return true;
}

static void settle(struct asking *q, enum cb_plugin_end end, const struct cb_err *err)
{
    struct cb_panels *p = q->p;
    struct cb_panel_entry *e = q->entry;
    struct cb_panel_wait *w, *all = NULL, **last = &all;
    int64_t now_us = cb_clock_now_us();
    bool given_up;

    pthread_mutex_lock(&p->lock);
    given_up = end == CB_PLUGIN_CANCELLED && atomic_load(&q->call.cancelled);
    if (given_up && is_wanted_again(q, now_us)) {
        pthread_mutex_unlock(&p->lock);
        cb_plugin_call(p->plugins, &q->call);
        return;
    }
    if (!given_up)
        note(q, end, err, now_us);
    e->asking = NULL;
    e->wanted = false;
    while ((w = e->waiting)) {
        e->waiting = w->next;
        show(&w->view, e, now_us);
        p->stats.stale_n += w->view.stale;
        last = let_go(last, w);
    }
    make_room(p);
    pthread_mutex_unlock(&p->lock);
    free(q->call.answer);
    cb_arena_free(q->arena);
    wake_all(all);
}

static void take_answer(struct asking *q)
{
    struct cb_err err = {0}, why = {0};

    if (read_answer(&q->data, cb_str_make(q->call.answer, q->call.answer_n), q->call.age_s, &err) == CB_OK) {
        settle(q, CB_PLUGIN_OK, &err);
        return;
    }
    cb_fail(&why, CB_EUPSTREAM, "the plugin %" CB_FMT " answered what is no panel: %.800s", CB_ARG(q->call.plugin), err.text);
    settle(q, CB_PLUGIN_SHAPE, &why);
}

static void run_take(struct cb_job *job)
{
    (void)job;
}

static void take_done(struct cb_job *job)
{
    take_answer((struct asking *)(void *)((char *)job - offsetof(struct asking, job)));
}

/* On the supervisor's thread, or on the asker's when the plugin was not asked at all. */
static void answered(struct cb_plugin_call *call)
{
    struct asking *q = (struct asking *)(void *)call;

    if (call->end == CB_PLUGIN_ABSENT) {
        q->data = new_data(0);
        q->data->absent = true;
    }
    if (call->end != CB_PLUGIN_OK) {
        settle(q, call->end, &call->err);
        return;
    }
    if (call->answer_n > CB_PANEL_LOOP_BYTES && q->p->jobs) {
        q->job = (struct cb_job){.run = run_take, .done = take_done};
        if (cb_jobs_push(q->p->jobs, &q->job, NULL) == CB_OK)
            return;
    }
    take_answer(q);
}

/* It takes long: who has an older answer need not wait. */
static void late(struct cb_plugin_call *call)
{
    struct asking *q = (struct asking *)(void *)call;
    struct cb_panel_entry *e = q->entry;
    struct cb_panel_wait **at = &e->waiting, *w, *all = NULL, **last = &all;
    int64_t now_us = cb_clock_now_us();

    pthread_mutex_lock(&q->p->lock);
    while ((w = *at)) {
        if (w->patient || !has_older(e, now_us)) {
            at = &w->next;
            continue;
        }
        *at = w->next;
        show_older(&w->view, q->p, e, now_us);
        last = let_go(last, w);
    }
    pthread_mutex_unlock(&q->p->lock);
    wake_all(all);
}

static struct asking *prepare(struct cb_panels *p, struct cb_panel_entry *e, const struct cb_panel_want *want)
{
    struct cb_arena *a = cb_arena_new();
    struct asking *q = CB_NEW(a, struct asking);

    *q = (struct asking){.p = p, .entry = e, .hash = want->hash, .arena = a};
    q->call = (struct cb_plugin_call){
        .what = CB_PLUGIN_PANEL,
        .plugin = cb_arena_str(a, want->plugin),
        .name = cb_arena_str(a, want->panel->name),
        .ref = cb_arena_str(a, want->ref),
        .entity = cb_arena_str(a, want->entity),
        .done = answered,
        .late = late,
        .late_us = CB_PANEL_PATIENCE_US,
    };
    return q;
}

enum cb_panel_found cb_panel_get(struct cb_panel_view *out, struct cb_panels *p, const struct cb_panel_want *want, struct cb_panel_wait *wait)
{
    struct asking *q = NULL;
    int64_t now_us = cb_clock_now_us();
    struct cb_panel_entry *e;

    pthread_mutex_lock(&p->lock);
    e = find(p, want);
    e->ttl_us = want->panel->ttl_us;
    e->stale_us = want->panel->stale_us;
    if (!e->asking && is_settled(e, want, now_us)) {
        show(out, e, now_us);
        p->stats.hit_n++;
        p->stats.stale_n += out->stale;
        pthread_mutex_unlock(&p->lock);
        return CB_PANEL_HERE;
    }
    if (e->asking && !want->refresh && !e->expired && now_us - e->asked_us >= CB_PANEL_PATIENCE_US && e->hash == want->hash && has_older(e, now_us)) {
        show_older(out, p, e, now_us);
        pthread_mutex_unlock(&p->lock);
        return CB_PANEL_HERE;
    }
    if (e->asking) {
        p->stats.join_n++;
    } else {
        if (e->hash != want->hash) { /* of the entity as it was: perhaps of another application */
            cb_panel_data_unref(e->data);
            e->data = NULL;
            e->hash = want->hash;
        }
        p->stats.miss_n++;
        e->asking = q = prepare(p, e, want);
        e->asked_us = now_us;
    }
    wait->entry = e;
    wait->patient = want->refresh || e->expired;
    wait->next = e->waiting;
    e->waiting = wait;
    pthread_mutex_unlock(&p->lock);
    if (q)
        cb_plugin_call(p->plugins, &q->call);
    return CB_PANEL_WAIT;
}

void cb_panel_leave(struct cb_panels *p, struct cb_panel_wait *wait)
{
    struct cb_panel_entry *e;
    struct cb_panel_wait **at;

    pthread_mutex_lock(&p->lock);
    if (!(e = wait->entry)) {
        pthread_mutex_unlock(&p->lock);
        return;
    }
    for (at = &e->waiting; *at != wait; at = &(*at)->next)
        ;
    *at = wait->next;
    wait->entry = NULL;
    wait->view = (struct cb_panel_view){.end = CB_PLUGIN_CANCELLED};
    cb_fail(&wait->view.err, CB_ECANCELLED, "nobody waits for it any more");
    if (!e->waiting && !e->wanted)
        cb_plugin_cancel(p->plugins, &e->asking->call); /* with the lock: it is not freed meanwhile */
    pthread_mutex_unlock(&p->lock);
    wait->wake(wait);
}

/* ---- all of it */

struct cb_panels *cb_panels_new(struct cb_plugins *plugins, struct cb_jobs *jobs)
{
    struct cb_panels *p = calloc(1, sizeof(*p));

    if (!p)
        abort();
    p->plugins = plugins;
    p->jobs = jobs;
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

void cb_panels_free(struct cb_panels *p)
{
    if (!p)
        return;
    while (p->oldest)
        drop(p, p->oldest);
    cb_map_fini(&p->map);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

void cb_panels_expire(struct cb_panels *p, cb_str plugin, cb_str ref_text)
{
    pthread_mutex_lock(&p->lock);
    for (struct cb_panel_entry *e = p->newest; e; e = e->older) {
        cb_str key = cb_str_make(e->key, e->key_n), name = cb_str_cstr(e->key);

        if (plugin.n && !cb_str_eq(name, plugin))
            continue;
        if (ref_text.n && (!cb_str_ends(key, ref_text) || key.p[key.n - ref_text.n - 1] != '\0'))
            continue;
        e->expired = true;
    }
    pthread_mutex_unlock(&p->lock);
}

void cb_panels_stats(struct cb_panels *p, struct cb_panels_stats *out)
{
    pthread_mutex_lock(&p->lock);
    *out = p->stats;
    pthread_mutex_unlock(&p->lock);
}
