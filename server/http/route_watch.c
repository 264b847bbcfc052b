#include <stdlib.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "server/http/feed.h"
#include "server/http/moment.h"
#include "server/http/router.h"

#define RETRY_MS 1000                             /* after which a client comes back */
#define LIFE_US (3600 * CB_S_US)                  /* then it has to come back: so that a token that was revoked ends it */
#define REPLAY_BYTES ((size_t)256 * 1024)         /* of events that one look into the database brings */
#define REPLAY_ROWS_BODY 400                      /* rows of such a look when entities are told whole */

/* One who watches. He stands behind a generation: from there it is either the feed that has what comes next, or the database. */
struct watch {
    struct cb_reply *rp;
    struct cb_channel *channel;
    struct cb_feed_writer writer;
    char epoch[37];
    uint64_t round;
    int64_t place;                 /* all up to this generation is told */
    int64_t told;                  /* the client knows: the last id he was sent */
    struct cb_change_place half;   /* of the generation behind: told so far, when half.ref is not empty */
    const char *reset;             /* the reason to say so, or NULL */
    bool greeted;
    struct cb_feed_event *event;   /* going out */
    size_t sent;                   /* of it */
    int64_t spoke_us, begin_us, heartbeat_us;
    struct cb_arena *scratch;
};

static void leave(void *arg)
{
    struct watch *w = arg;

    cb_feed_event_unref(w->event);
    cb_change_place_fini(&w->half);
    cb_arena_free(w->scratch);
    cb_feed_leave(w->channel);
}

/* ---- what is said beside the changes */

static void put_id(struct cb_buf *out, struct watch *w)
{
    char id[CB_MOMENT_TEXT_MAX];

    cb_moment_format(id, w->epoch, w->place);
    cb_buf_printf(out, "id: %s\n", id);
    w->told = w->place;
}

static void put_hello(struct cb_buf *out, struct watch *w)
{
    char epoch[37];
    uint64_t round;
    int64_t newest;

    cb_feed_now(cb_feed_of(w->channel), epoch, &round, &newest);
    cb_buf_printf(out, "retry: %d\nevent: hello\ndata: {\"epoch\":\"%s\",\"generation\":%lld,\"after\":%lld,\"heartbeatMs\":%lld}\n",
                  RETRY_MS, w->epoch, (long long)newest, (long long)w->place, (long long)(w->heartbeat_us / CB_MS_US));
    put_id(out, w);
    cb_buf_put_char(out, '\n');
    w->greeted = true;
}

/* Nothing can be told of what was before: read everything again, and go on from here. */
static void put_reset(struct cb_buf *out, struct watch *w)
{
    cb_buf_printf(out, "event: reset\ndata: {\"reason\":\"%s\",\"epoch\":\"%s\",\"generation\":%lld}\n", w->reset, w->epoch,
                  (long long)w->place);
    put_id(out, w);
    cb_buf_put_char(out, '\n');
    w->reset = NULL;
}

static void put_heartbeat(struct cb_buf *out, struct watch *w)
{
    cb_buf_put_cstr(out, ": alive\n");
    if (w->told != w->place)
        put_id(out, w);
    cb_buf_put_char(out, '\n');
}

/* ---- from the database, on a worker */

struct replay {
    struct watch *w;
    struct cb_buf *out;
    int64_t generation; /* at hand */
};

static int replay_row(const struct cb_change_row *row, void *ctx)
{
    struct replay *r = ctx;

    if (r->out->n > REPLAY_BYTES)
        return 1;
    if (r->generation != row->generation)
        cb_feed_event_end(&r->w->writer, r->w->epoch, false);
    r->generation = row->generation;
    cb_feed_event_row(&r->w->writer, row, r->w->scratch);
    cb_arena_reset(r->w->scratch);
    return 0;
}

static void start_over(struct watch *w, const char *reason)
{
    cb_feed_now(cb_feed_of(w->channel), w->epoch, &w->round, &w->place);
    cb_buf_clear(&w->half.ref);
    w->writer = (struct cb_feed_writer){.wish = w->writer.wish};
    w->reset = reason;
}

static int64_t served(struct cb_request *rq)
{
    struct cb_snapshot *s = cb_catalog_snapshot(rq->env->catalog);
    int64_t generation = cb_snapshot_generation(s);

    cb_snapshot_unref(s);
    return generation;
}

static enum cb_code replay(struct watch *w, struct cb_request *rq, struct cb_buf *out, struct cb_err *err)
{
    struct replay r = {.w = w, .out = out, .generation = w->place + 1};
    int32_t row_n = w->writer.wish->body ? REPLAY_ROWS_BODY : CB_CHANGE_ROWS_MAX;
    struct cb_change_page page;
    struct cb_conn *conn;
    enum cb_code rc;

    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    w->half.generation = w->place + 1;
    w->writer.out = out;
    rc = cb_change_read(&page, conn, &w->half, served(rq), row_n, replay_row, &r, err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    if (strcmp(page.epoch, w->epoch) != 0) {
        w->rp->pause = CB_PAUSE_RETRY; /* the feed will notice, too */
    } else if (w->place + 1 < page.oldest) {
        start_over(w, "pruned");
    } else {
        cb_feed_event_end(&w->writer, w->epoch, w->half.ref.n > 0);
        w->place = w->half.generation - 1;
    }
    return CB_OK;
}

/* An event that is half written would be told again: the generation begins anew. */
static void replay_failed(struct watch *w, struct cb_buf *out, const struct cb_err *err)
{
    cb_log(CB_LOG_WARN, "watch.trouble", "why=\"%s\"", err->text);
    cb_buf_clear(out);
    w->writer.open = false;
    w->rp->pause = CB_PAUSE_RETRY;
}

/* ---- the stream */

static void put_event(struct cb_buf *out, struct watch *w)
{
    size_t n = w->event->n - w->sent;

    if (n > CB_REPLY_SLICE_BYTES)
        n = CB_REPLY_SLICE_BYTES;
    cb_buf_put(out, w->event->bytes + w->sent, n);
    w->sent += n;
    if (w->sent < w->event->n)
        return;
    w->told = w->event->generation;
    cb_feed_event_unref(w->event);
    w->event = NULL;
}

static void look(struct watch *w, struct cb_buf *out, int64_t now_us)
{
    enum cb_feed_next next = CB_FEED_BEHIND;

    if (!w->half.ref.n)
        next = cb_feed_take(&w->event, w->channel, w->epoch, &w->round, &w->place);
    switch (next) {
    case CB_FEED_EVENT:
        w->sent = 0;
        put_event(out, w);
        break;
    case CB_FEED_RESET:
        start_over(w, "another-database");
        put_reset(out, w);
        break;
    case CB_FEED_BEHIND:
        w->rp->pause = CB_PAUSE_WORKER;
        break;
    case CB_FEED_NOTHING:
        w->rp->pause = CB_PAUSE_NEWS;
        break;
    }
    if (out->n || w->rp->pause == CB_PAUSE_WORKER)
        return;
    if (now_us - w->spoke_us >= w->heartbeat_us)
        put_heartbeat(out, w);
    else
        w->rp->pause_until_us = w->spoke_us + w->heartbeat_us;
}

static bool next_event(void *ctx, struct cb_request *rq, struct cb_buf *out)
{
    struct watch *w = ctx;
    int64_t now_us = cb_clock_mono_us();
    struct cb_err err = {0};

    if (cb_server_stopping(rq->server) || (now_us - w->begin_us > LIFE_US && !w->event && !w->half.ref.n)) {
        cb_buf_printf(out, "retry: %d\n\n", RETRY_MS);
        return false;
    }
    if (rq->worker) {
        w->rp->pause = CB_PAUSE_LOOP;
        if (replay(w, rq, out, &err) != CB_OK)
            replay_failed(w, out, &err);
    } else if (!w->greeted) {
        put_hello(out, w);
        if (w->reset)
            put_reset(out, w);
    } else if (w->event) {
        put_event(out, w);
    } else if (w->reset) {
        put_reset(out, w);
    } else {
        look(w, out, now_us);
    }
    if (out->n)
        w->spoke_us = now_us;
    return true;
}

/* ---- the request */

static enum cb_code read_wish(struct cb_change_wish *wish, struct cb_request *rq, struct cb_err *err)
{
    const cb_str *filters, *kinds, *refs;
    size_t filter_n = cb_params_all(&filters, rq->arena, &rq->params, "filter");
    size_t kind_n = cb_params_all(&kinds, rq->arena, &rq->params, "kind");
    size_t ref_n = cb_params_all(&refs, rq->arena, &rq->params, "ref");
    enum cb_code rc = cb_change_wish_parse(wish, rq->arena, filters, filter_n, kinds, kind_n, refs, ref_n, err);

    wish->body = cb_str_eq(cb_params_get(&rq->params, "body"), CB_LIT("true"));
    return rc;
}

/* Last-Event-ID is newer than ?after=, which stays in the URL that an EventSource asks again. */
static enum cb_code read_after(struct cb_moment *after, bool *given, struct cb_request *rq, struct cb_err *err)
{
    cb_str text = rq->headers.last_event_id;

    if (!text.n)
        text = cb_params_get(&rq->params, "after");
    *given = text.n > 0;
    if (*given && !cb_moment_parse(after, text))
        return cb_fail(err, CB_EINVAL, "'%" CB_FMT "' is no place to go on from: it is a generation such as 42, or <epoch>:42 as the ids of events are",
                       CB_ARG(cb_str_sub(text, 0, 80)));
    return CB_OK;
}

/* GET /api/watch?filter=&kind=&ref=&body=true&after= */
static enum cb_code get_watch(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct watch *w = CB_NEW(rq->arena, struct watch);
    struct cb_moment after = {0};
    struct cb_change_wish wish;
    enum cb_code rc;
    bool given;

    if (!rq->server || !rq->env->pool)
        return cb_fail(err, CB_EUNAVAILABLE, "there is no database to follow");
    if (!cb_snapshot_loaded(rq->snapshot))
        return cb_fail(err, CB_EUNAVAILABLE, "the catalog is being loaded: try again in a moment");
    if ((rc = read_wish(&wish, rq, err)) != CB_OK || (rc = read_after(&after, &given, rq, err)) != CB_OK ||
        (rc = cb_feed_join(&w->channel, cb_server_feed(rq->server), &wish, rq->snapshot, rq->config->watchers_max, err)) != CB_OK)
        return rc;
    w->scratch = cb_arena_new();
    cb_arena_defer(rq->arena, leave, w);
    w->rp = rp;
    w->writer.wish = cb_feed_wish(w->channel);
    w->heartbeat_us = rq->config->heartbeat_us;
    w->begin_us = w->spoke_us = cb_clock_mono_us();
    cb_feed_now(cb_feed_of(w->channel), w->epoch, &w->round, &w->place);
    if (given && cb_moment_is_of(&after, w->epoch))
        w->place = after.generation;
    else if (given)
        w->reset = "another-database";
    cb_snapshot_unref(rq->snapshot); /* not for hours */
    rq->snapshot = NULL;
    rp->type = "text/event-stream; charset=utf-8";
    rp->compress = false;
    rp->no_store = true;
    cb_reply_header(rp, "x-accel-buffering", CB_LIT("no")); /* proxies that would collect it */
    return cb_reply_stream(rp, next_event, w);
}

static const struct cb_param_rule watch_params[] = {
    {"filter", CB_PARAM_LIST, false, 0, 0, NULL},
    {"kind", CB_PARAM_LIST, false, 0, 0, NULL},
    {"ref", CB_PARAM_LIST, false, 0, 0, NULL},
    {"body", CB_PARAM_WORD, false, 0, 0, "true, false"},
    {"after", CB_PARAM_TEXT, false, 0, 0, NULL},
    {0},
};

const struct cb_route cb_routes_watch[] = {
    {CB_GET, "/api/watch", CB_RIGHT_READ, 0, get_watch, "Watch", "Each change as it comes, as server-sent events", watch_params},
    {0},
};
