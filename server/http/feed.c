#include "server/http/feed.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/base/thread.h"
#include "catalog/base/vec.h"
#include "server/http/moment.h"

#define TAKE_WAIT_US (10 * CB_S_US)
#define AGAIN_FIRST_MS 100
#define AGAIN_MAX_MS 5000
#define WORK_MAX 4000000 /* rows times channels of one generation; over it nobody's event is held */

struct cb_channel {
    struct cb_feed *feed;
    struct cb_channel *next;
    struct cb_arena *arena;
    cb_str key;
    struct cb_change_wish wish;
    size_t refs;
    int64_t from; /* everything from this generation on is in here */
    CB_VEC(struct cb_feed_event *) events;
    size_t bytes;
    struct cb_feed_writer writer; /* the feed's thread's */
    struct cb_buf text;
    bool big;
};

struct cb_feed {
    struct cb_pool *pool;
    void (*news)(void *ctx);
    void *news_ctx;
    pthread_t thread;
    bool runs;
    pthread_mutex_t lock; /* of all below, and of channels but for their writer */
    pthread_cond_t work;
    bool stop, published;
    struct cb_channel *channels;
    size_t channel_n, bytes;
    char epoch[37];
    int64_t watcher_n;
    uint64_t round; /* counts databases */
    int64_t served; /* the last that was published */
    int64_t done;   /* the channels know all up to this generation */
    int64_t busy;   /* and are learning up to this one; new channels begin behind it */
};

/* ---- writing */

static void open_event(struct cb_feed_writer *w)
{
    w->open = true;
    w->n = 0;
    cb_buf_put_cstr(w->out, "event: generation\ndata: ");
}

static void open_changes(struct cb_feed_writer *w)
{
    if (w->part)
        cb_buf_printf(w->out, ",\"part\":%u", w->part + 1);
    cb_buf_put_cstr(w->out, ",\"changes\":[");
}

static bool sees_all(const struct cb_change_wish *w)
{
    return !w->filter && !w->kind_n && !w->ref_n;
}

void cb_feed_event_row(struct cb_feed_writer *w, const struct cb_change_row *row, struct cb_arena *scratch)
{
    enum cb_change change = cb_change_of(w->wish, row, scratch);
    bool empty = !row->id.n && !w->part && sees_all(w->wish); /* of a pass that changed no entity: a number is left out nowhere */

    if (change == CB_CHANGE_NONE && !empty)
        return;
    if (!w->open) {
        w->generation = row->generation;
        open_event(w);
        cb_change_put_head(w->out, row);
        open_changes(w);
    }
    if (change == CB_CHANGE_NONE)
        return;
    if (w->n++)
        cb_buf_put_char(w->out, ',');
    cb_change_put(w->out, w->wish, row, change);
}

void cb_feed_event_end(struct cb_feed_writer *w, const char *epoch, bool more)
{
    char id[CB_MOMENT_TEXT_MAX];

    if (!w->open && w->part && !more) { /* what was left of it the wish does not see: the end is told all the same */
        open_event(w);
        cb_buf_printf(w->out, "{\"generation\":%lld", (long long)w->generation);
        open_changes(w);
    }
    if (w->open && more) {
        cb_buf_put_cstr(w->out, w->part ? "],\"more\":true}\n\n" : "],\"part\":1,\"more\":true}\n\n");
        w->part++;
    } else if (w->open) {
        cb_moment_format(id, epoch, w->generation);
        cb_buf_printf(w->out, "]}\nid: %s\n\n", id);
    }
    w->open = false;
    if (!more)
        w->part = 0;
}

/* ---- channels */

void cb_feed_event_unref(struct cb_feed_event *e)
{
    if (e && atomic_fetch_sub_explicit(&e->refs, 1, memory_order_acq_rel) == 1)
        free(e);
}

static void drop_first(struct cb_channel *c)
{
    struct cb_feed_event *e = c->events.v[0];

    memmove(c->events.v, c->events.v + 1, --c->events.n * sizeof(*c->events.v));
    c->from = e->generation + 1;
    c->bytes -= e->n;
    c->feed->bytes -= e->n;
    cb_feed_event_unref(e);
}

/* Forget everything below GENERATION. */
static void forget(struct cb_channel *c, int64_t generation)
{
    while (c->events.n)
        drop_first(c);
    c->from = generation;
}

static void free_channel(struct cb_channel *c)
{
    forget(c, 0);
    cb_vec_fini(&c->events);
    cb_buf_fini(&c->text);
    cb_arena_free(c->arena);
    free(c);
}

struct cb_feed *cb_feed_of(const struct cb_channel *c)
{
    return c->feed;
}

const struct cb_change_wish *cb_feed_wish(const struct cb_channel *c)
{
    return &c->wish;
}

static void copy_texts(const cb_str **texts, size_t n, struct cb_arena *a)
{
    cb_str *copy = CB_NEW_N(a, cb_str, n + 1);

    for (size_t i = 0; i < n; i++)
        copy[i] = cb_arena_str(a, (*texts)[i]);
    *texts = copy;
}

static struct cb_filter *copy_filter(struct cb_arena *a, const struct cb_filter *f)
{
    struct cb_filter *copy;
    const cb_str *values;

    if (!f)
        return NULL;
    copy = CB_NEW(a, struct cb_filter);
    *copy = *f;
    copy->key = cb_arena_str(a, f->key);
    values = f->values;
    copy_texts(&values, f->value_n, a);
    copy->values = (cb_str *)values;
    copy->kids = CB_NEW_N(a, struct cb_filter *, f->kid_n + 1);
    for (size_t i = 0; i < f->kid_n; i++)
        copy->kids[i] = copy_filter(a, f->kids[i]);
    return copy;
}

static struct cb_channel *new_channel(struct cb_feed *f, const struct cb_change_wish *w, cb_str key)
{
    struct cb_channel *c = calloc(1, sizeof(*c));

    if (!c)
        abort();
    c->feed = f;
    c->arena = cb_arena_new();
    c->key = cb_arena_str(c->arena, key);
    c->wish = *w;
    copy_texts(&c->wish.kinds, w->kind_n, c->arena);
    copy_texts(&c->wish.refs, w->ref_n, c->arena);
    c->wish.filter = copy_filter(c->arena, w->filter);
    c->writer = (struct cb_feed_writer){.wish = &c->wish, .out = &c->text};
    return c;
}

enum cb_code cb_feed_join(struct cb_channel **out, struct cb_feed *f, const struct cb_change_wish *w, const struct cb_snapshot *s,
                          int64_t most, struct cb_err *err)
{
    struct cb_buf text = CB_BUF_INIT;
    struct cb_channel *c;
    enum cb_code rc = CB_OK;

    cb_change_wish_put(&text, w);
    pthread_mutex_lock(&f->lock);
    for (c = f->channels; c && !cb_str_eq(c->key, cb_buf_str(&text)); c = c->next)
        ;
    if (f->watcher_n >= most) {
        c = NULL;
        rc = cb_fail(err, CB_EUNAVAILABLE, "%lld watch already, as many as http.watchers_max allows: try again later", (long long)most);
    } else if (!c && f->channel_n >= CB_FEED_CHANNEL_MAX) {
        rc = cb_fail(err, CB_EUNAVAILABLE, "%d different filters are watched already, as many as there may be: try again later, or watch with "
                                           "a filter that others use", CB_FEED_CHANNEL_MAX);
    } else if (!c) {
        if (!f->channels && !f->busy) { /* the thread slept: it begins from what is served */
            if (strcmp(f->epoch, cb_snapshot_epoch(s)) != 0)
                f->round++;
            memcpy(f->epoch, cb_snapshot_epoch(s), sizeof(f->epoch));
            f->done = cb_snapshot_generation(s);
        }
        c = new_channel(f, w, cb_buf_str(&text));
        c->from = (f->busy > f->done ? f->busy : f->done) + 1;
        c->next = f->channels;
        f->channels = c;
        f->channel_n++;
        f->published = true; /* what came since S was taken */
        pthread_cond_signal(&f->work);
    }
    if (c) {
        c->refs++;
        f->watcher_n++;
    }
    pthread_mutex_unlock(&f->lock);
    cb_buf_fini(&text);
    *out = c;
    return rc;
}

/* Lock held. */
static void leave(struct cb_channel *c)
{
    struct cb_feed *f = c->feed;
    struct cb_channel **at = &f->channels;

    if (--c->refs)
        return;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    f->channel_n--;
    free_channel(c);
}

void cb_feed_leave(struct cb_channel *c)
{
    struct cb_feed *f = c->feed;

    pthread_mutex_lock(&f->lock);
    f->watcher_n--;
    leave(c);
    pthread_mutex_unlock(&f->lock);
}

int64_t cb_feed_watcher_n(struct cb_feed *f)
{
    int64_t n;

    pthread_mutex_lock(&f->lock);
    n = f->watcher_n;
    pthread_mutex_unlock(&f->lock);
    return n;
}

/* ---- taking */

void cb_feed_now(struct cb_feed *f, char epoch[37], uint64_t *round, int64_t *generation)
{
    pthread_mutex_lock(&f->lock);
    memcpy(epoch, f->epoch, sizeof(f->epoch));
    *round = f->round;
    *generation = f->done;
    pthread_mutex_unlock(&f->lock);
}

/* The first event behind PLACE, or NULL. */
static struct cb_feed_event *find_event(const struct cb_channel *c, int64_t place)
{
    size_t low = 0, high = c->events.n;

    while (low < high) {
        size_t mid = (low + high) / 2;

        if (c->events.v[mid]->generation <= place)
            low = mid + 1;
        else
            high = mid;
    }
    return low < c->events.n ? c->events.v[low] : NULL;
}

enum cb_feed_next cb_feed_take(struct cb_feed_event **out, struct cb_channel *c, char epoch[37], uint64_t *round, int64_t *place)
{
    struct cb_feed *f = c->feed;
    enum cb_feed_next found = CB_FEED_NOTHING;
    struct cb_feed_event *e;

    pthread_mutex_lock(&f->lock);
    if (*round != f->round) {
        memcpy(epoch, f->epoch, sizeof(f->epoch));
        *round = f->round;
        *place = f->done;
        found = CB_FEED_RESET;
    } else if (*place < c->from - 1) {
        found = CB_FEED_BEHIND;
    } else if ((e = find_event(c, *place))) {
        atomic_fetch_add_explicit(&e->refs, 1, memory_order_relaxed);
        *out = e;
        *place = e->generation;
        found = CB_FEED_EVENT;
    } else if (*place < f->done) {
        *place = f->done;
    }
    pthread_mutex_unlock(&f->lock);
    return found;
}

/* ---- the thread: what is new */

struct batch {
    struct cb_feed *feed;
    struct cb_channel **channels;
    size_t n;
    struct cb_arena *scratch;
    char epoch[37];
    int64_t from, to, reached;
    int64_t generation; /* at hand */
    int64_t row_n;
    bool told;
};

/* Over the process's bound: everybody's oldest events go first. Lock held. */
static void keep_bounds(struct cb_feed *f)
{
    while (f->bytes > CB_FEED_BYTES_MAX) {
        struct cb_channel *oldest = NULL;

        for (struct cb_channel *c = f->channels; c; c = c->next)
            if (c->events.n && (!oldest || c->events.v[0]->generation < oldest->events.v[0]->generation))
                oldest = c;
        drop_first(oldest);
    }
}

static void hold_event(struct cb_channel *c, int64_t generation)
{
    struct cb_feed_event *e;

    if (generation < c->from) { /* it came while this was being read */
        c->big = false;
        cb_buf_clear(&c->text);
        return;
    }
    if (c->big) {
        forget(c, generation + 1);
    } else if (c->text.n) {
        e = malloc(sizeof(*e) + c->text.n);
        if (!e)
            abort();
        atomic_init(&e->refs, 1);
        e->generation = generation;
        e->n = c->text.n;
        memcpy(e->bytes, c->text.p, e->n);
        cb_vec_push(&c->events, e);
        c->bytes += e->n;
        c->feed->bytes += e->n;
        while (c->bytes > CB_FEED_HELD_MAX)
            drop_first(c);
    }
    c->big = false;
    if (c->text.cap > CB_FEED_EVENT_MAX / 4)
        cb_buf_fini(&c->text);
    else
        cb_buf_clear(&c->text);
}

/* The generation at hand is whole: its events go up. */
static void end_generation(struct batch *b)
{
    struct cb_feed *f = b->feed;

    if (!b->generation)
        return;
    for (size_t i = 0; i < b->n; i++)
        cb_feed_event_end(&b->channels[i]->writer, b->epoch, false);
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < b->n; i++)
        hold_event(b->channels[i], b->generation);
    keep_bounds(f);
    f->done = b->generation;
    pthread_mutex_unlock(&f->lock);
    b->generation = b->row_n = 0;
    b->told = true;
}

static void give_up(struct cb_channel *c)
{
    c->big = true;
    c->writer.open = false;
    c->writer.part = 0;
    cb_buf_clear(&c->text);
}

static int take_row(const struct cb_change_row *row, void *ctx)
{
    struct batch *b = ctx;
    bool much;

    if (b->generation != row->generation) {
        end_generation(b);
        b->generation = row->generation;
    }
    much = ++b->row_n * (int64_t)b->n > WORK_MAX;
    for (size_t i = 0; i < b->n; i++) {
        struct cb_channel *c = b->channels[i];

        if (c->big || row->generation < c->from)
            continue;
        cb_feed_event_row(&c->writer, row, b->scratch);
        if (much || c->text.n > CB_FEED_EVENT_MAX)
            give_up(c);
    }
    cb_arena_reset(b->scratch);
    return 0;
}

/* Another database, or this one as it was earlier: nothing that is held counts. */
static void begin_anew(struct cb_feed *f, const struct cb_change_page *page)
{
    pthread_mutex_lock(&f->lock);
    memcpy(f->epoch, page->epoch, sizeof(f->epoch));
    f->round++;
    f->done = page->newest < f->served ? page->newest : f->served;
    for (struct cb_channel *c = f->channels; c; c = c->next)
        forget(c, f->done + 1);
    pthread_mutex_unlock(&f->lock);
    cb_log(CB_LOG_INFO, "feed.reset", "generation=%lld", (long long)page->newest);
}

/* Generations b->from to b->to, page by page, for the channels of B. */
static enum cb_code read_news(struct batch *b, struct cb_conn *conn, struct cb_err *err)
{
    struct cb_feed *f = b->feed;
    struct cb_change_place place = {.generation = b->from};
    struct cb_change_page page;
    enum cb_code rc;

    do {
        rc = cb_change_read(&page, conn, &place, b->to, CB_CHANGE_ROWS_MAX, take_row, b, err);
        if (rc != CB_OK)
            break;
        if (strcmp(page.epoch, b->epoch) != 0 || page.newest < b->from - 1 || place.generation < page.oldest) {
            begin_anew(f, &page);
            b->reached = 0;
            break;
        }
        if (!page.more) {
            end_generation(b);
            b->reached = place.generation - 1;
        }
        if (b->told)
            f->news(f->news_ctx);
        b->told = false;
    } while (page.more || place.generation <= (b->to < page.newest ? b->to : page.newest));
    for (size_t i = 0; i < b->n; i++) {
        give_up(b->channels[i]); /* what a failure left half written */
        b->channels[i]->big = false;
    }
    cb_change_place_fini(&place);
    return rc;
}

static enum cb_code bring_up(struct cb_feed *f, struct cb_err *err)
{
    struct batch b = {.feed = f, .scratch = cb_arena_new()};
    struct cb_conn *conn = NULL;
    enum cb_code rc;

    if ((rc = cb_pool_take(&conn, f->pool, TAKE_WAIT_US, err)) != CB_OK)
        goto out;
    pthread_mutex_lock(&f->lock);
    f->busy = b.to = f->served;
    b.from = f->done + 1;
    memcpy(b.epoch, f->epoch, sizeof(b.epoch));
    b.channels = calloc(f->channel_n + 1, sizeof(*b.channels));
    if (!b.channels)
        abort();
    for (struct cb_channel *c = f->channels; c; c = c->next)
        if (c->from <= b.to) {
            c->refs++;
            b.channels[b.n++] = c;
        }
    pthread_mutex_unlock(&f->lock);
    if (b.n)
        rc = read_news(&b, conn, err);
    else
        b.reached = b.to;
    pthread_mutex_lock(&f->lock);
    if (b.reached > f->done)
        f->done = b.reached; /* the last generations had nothing */
    f->busy = 0;
    for (size_t i = 0; i < b.n; i++)
        leave(b.channels[i]);
    pthread_mutex_unlock(&f->lock);
    f->news(f->news_ctx);

out:
    cb_pool_give(f->pool, conn);
    free(b.channels);
    cb_arena_free(b.scratch);
    return rc;
}

/* Until something is published and somebody watches; false: stop. AGAIN_MS: look again then in any case. */
static bool await_work(struct cb_feed *f, int again_ms)
{
    struct timespec until;
    bool go;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += again_ms / 1000;
    until.tv_nsec += (long)(again_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&f->lock);
    while (!f->stop && !(f->published && f->channels))
        if (!again_ms)
            pthread_cond_wait(&f->work, &f->lock);
        else if (pthread_cond_timedwait(&f->work, &f->lock, &until) == ETIMEDOUT)
            break;
    f->published = false;
    go = !f->stop;
    pthread_mutex_unlock(&f->lock);
    return go;
}

static void *feed_run(void *arg)
{
    struct cb_feed *f = arg;
    int again_ms = 0;

    cb_thread_begin(CB_THREAD_DUTY, "cb-feed");
    while (await_work(f, again_ms)) {
        struct cb_err err = {0};

        if (bring_up(f, &err) == CB_OK) {
            again_ms = 0;
            continue;
        }
        if (!again_ms)
            cb_log(CB_LOG_WARN, "feed.trouble", "why=\"%s\"", err.text);
        again_ms = again_ms ? again_ms * 2 : AGAIN_FIRST_MS;
        if (again_ms > AGAIN_MAX_MS)
            again_ms = AGAIN_MAX_MS;
    }
    return NULL;
}

enum cb_code cb_feed_start(struct cb_feed **out, struct cb_pool *pool, void (*news)(void *ctx), void *ctx, struct cb_err *err)
{
    struct cb_feed *f = calloc(1, sizeof(*f));

    if (!f)
        abort();
    f->pool = pool;
    f->news = news;
    f->news_ctx = ctx;
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->work, NULL);
    if (pool && pthread_create(&f->thread, NULL, feed_run, f) != 0) {
        cb_feed_free(f);
        return cb_fail(err, CB_EUNAVAILABLE, "no thread for the watch: the system's limit of threads is reached");
    }
    f->runs = pool != NULL;
    *out = f;
    return CB_OK;
}

void cb_feed_published(struct cb_feed *f, int64_t generation)
{
    pthread_mutex_lock(&f->lock);
    f->served = generation;
    f->published = true;
    pthread_cond_signal(&f->work);
    pthread_mutex_unlock(&f->lock);
}

void cb_feed_stop(struct cb_feed *f)
{
    if (!f || !f->runs)
        return;
    pthread_mutex_lock(&f->lock);
    f->stop = true;
    pthread_cond_signal(&f->work);
    pthread_mutex_unlock(&f->lock);
    pthread_join(f->thread, NULL);
    f->runs = false;
}

void cb_feed_free(struct cb_feed *f)
{
    if (!f)
        return;
    pthread_cond_destroy(&f->work);
    pthread_mutex_destroy(&f->lock);
    free(f);
}
