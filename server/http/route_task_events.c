/* /api/scaffolder/v2/tasks/{id}/events, …/eventstream: what a run says, as it says it. Nobody holds a thread while it says nothing. */
#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/persist/task_store.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/scaffold/runner.h"

#define POLL_US (30 * CB_S_US)         /* how long an empty answer waits */
#define LIFE_US (4 * 3600 * CB_S_US)   /* of a stream: its client comes back */
#define RETRY_MS 2000

struct stream {
    struct cb_runner *runner;
    struct cb_reply *rp;
    cb_str id;
    int64_t after;
    bool poll;          /* one JSON array, else server-sent events */
    bool begun;         /* the database was asked */
    bool told_end;      /* the completion was among what was sent */
    bool over;
    unsigned bell;
    uint64_t heard;     /* of the bell, before the database was asked */
    size_t sent_n;
    int64_t begin_us, spoke_us, heartbeat_us;
};

static void leave(void *arg)
{
    struct stream *s = arg;

    cb_runner_unlisten(s->runner, s->bell);
}

static void put_event(struct cb_buf *out, struct stream *s, const struct cb_task_event *e, bool recoverable)
{
    char at[32];

    cb_clock_format(at, e->at_us);
    if (s->poll)
        cb_buf_put_char(out, s->sent_n ? ',' : '[');
    else
        cb_buf_printf(out, "id: %lld\nevent: %" CB_FMT "\ndata: ", (long long)e->id, CB_ARG(e->type));
    cb_buf_printf(out, "{\"id\":%lld,\"isTaskRecoverable\":%s,\"taskId\":", (long long)e->id, recoverable ? "true" : "false");
    cb_buf_put_json(out, s->id);
    cb_buf_put_cstr(out, ",\"body\":");
    cb_buf_put_str(out, e->body);
    cb_put_member(out, "type", e->type);
    cb_put_member(out, "createdAt", cb_str_cstr(at));
    cb_buf_put_cstr(out, s->poll ? "}" : "}\n\n");
    s->sent_n++;
    s->told_end |= cb_str_eq(e->type, CB_LIT("completion"));
    if (e->id > s->after)
        s->after = e->id;
}

static bool is_final(cb_str state)
{
    return !cb_str_eq(state, CB_LIT("open")) && !cb_str_eq(state, CB_LIT("processing"));
}

/* On a worker: what is there behind the last one. */
static enum cb_code look(struct stream *s, struct cb_request *rq, struct cb_buf *out, struct cb_err *err)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_task_events events;
    struct cb_task_event end;
    struct cb_conn *conn = NULL;
    bool found = false;
    enum cb_code rc;

    s->heard = cb_runner_bell(s->runner, s->bell);
    if ((rc = cb_request_conn(&conn, rq, err)) == CB_OK && (rc = cb_task_event_read(&events, a, conn, s->id, s->after, err)) == CB_OK) {
        s->begun = true;
        for (size_t i = 0; i < events.n; i++)
            put_event(out, s, &events.v[i], events.start_over);
        if (events.n == CB_TASK_EVENT_PAGE)
            s->heard = UINT64_MAX; /* there may be more at once */
        else if (is_final(events.state)) {
            if (!s->told_end)
                rc = cb_task_event_end(&end, &found, a, conn, s->id, err);
            if (rc == CB_OK && found)
                put_event(out, s, &end, events.start_over);
            s->over = true;
        }
    }
    cb_pool_give(rq->env->pool, conn);
    cb_arena_free(a);
    return rc;
}

static void close_list(struct cb_buf *out, struct stream *s)
{
    cb_buf_put_cstr(out, s->sent_n ? "]" : "[]");
}

static bool next_poll(struct stream *s, struct cb_request *rq, struct cb_buf *out, int64_t now_us)
{
    struct cb_err err;

    if (rq->worker) {
        s->rp->pause = CB_PAUSE_LOOP;
        if (look(s, rq, out, &err) != CB_OK)
            s->over = true;
    }
    if ((s->begun && s->sent_n && s->heard != UINT64_MAX) || s->over || now_us - s->begin_us >= POLL_US || cb_server_stopping(rq->server)) {
        close_list(out, s);
        return false;
    }
    if (rq->worker)
        return true;
    s->rp->pause = s->begun && cb_runner_bell(s->runner, s->bell) == s->heard ? CB_PAUSE_NEWS : CB_PAUSE_WORKER;
    s->rp->pause_until_us = s->begin_us + POLL_US;
    return true;
}

static bool next_stream(struct stream *s, struct cb_request *rq, struct cb_buf *out, int64_t now_us)
{
    struct cb_err err;

    if (cb_server_stopping(rq->server) || (!rq->worker && now_us - s->begin_us > LIFE_US)) {
        cb_buf_printf(out, "retry: %d\n\n", RETRY_MS);
        return false;
    }
    if (rq->worker) {
        s->rp->pause = CB_PAUSE_LOOP;
        if (look(s, rq, out, &err) != CB_OK) {
            cb_log(CB_LOG_WARN, "events.trouble", "task=%" CB_FMT " why=\"%s\"", CB_ARG(s->id), err.text);
            s->rp->pause = CB_PAUSE_RETRY;
            s->over = err.code == CB_ENOTFOUND;
        }
    } else if (!s->begun || cb_runner_bell(s->runner, s->bell) != s->heard) {
        s->rp->pause = CB_PAUSE_WORKER;
    } else if (now_us - s->spoke_us >= s->heartbeat_us) {
        cb_buf_put_cstr(out, ": alive\n\n");
    } else {
        s->rp->pause = CB_PAUSE_NEWS;
        s->rp->pause_until_us = s->spoke_us + s->heartbeat_us;
    }
    if (out->n)
        s->spoke_us = now_us;
    return !s->over;
}

static bool next(void *ctx, struct cb_request *rq, struct cb_buf *out)
{
    struct stream *s = ctx;

    return s->poll ? next_poll(s, rq, out, cb_clock_mono_us()) : next_stream(s, rq, out, cb_clock_mono_us());
}

static enum cb_code begin(struct cb_request *rq, struct cb_reply *rp, bool poll, struct cb_err *err)
{
    struct stream *s = CB_NEW(rq->arena, struct stream);
    struct cb_task_row row;
    struct cb_conn *conn;
    enum cb_code rc;

    if (!rq->env->runner || !rq->server)
        return cb_fail(err, CB_EUNAVAILABLE, "this callboard runs no templates");
    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    rc = cb_task_get(&row, rq->arena, conn, rq->args[0], err);
    cb_pool_give(rq->env->pool, conn);
    if (rc != CB_OK)
        return rc;
    s->runner = rq->env->runner;
    s->rp = rp;
    s->id = row.id;
    s->poll = poll;
    s->after = cb_params_int(&rq->params, "after", 0);
    if (!poll && rq->headers.last_event_id.n && !cb_str_to_int(&s->after, rq->headers.last_event_id, 0, INT64_MAX))
        return cb_fail(err, CB_EINVAL, "'%" CB_FMT "' is no id of an event", CB_ARG(cb_str_cut(rq->headers.last_event_id, 80)));
    s->begin_us = s->spoke_us = cb_clock_mono_us();
    s->heartbeat_us = rq->config->heartbeat_us;
    s->bell = cb_runner_listen(s->runner, s->id);
    cb_arena_defer(rq->arena, leave, s);
    cb_snapshot_unref(rq->snapshot); /* not for hours */
    rq->snapshot = NULL;
    rp->compress = false;
    rp->no_store = true;
    if (!poll) {
        rp->type = "text/event-stream; charset=utf-8";
        cb_reply_header(rp, "x-accel-buffering", CB_LIT("no"));
    }
    return cb_reply_stream(rp, next, s);
}

/* GET …/tasks/{id}/events?after= */
static enum cb_code get_events(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    return begin(rq, rp, true, err);
}

/* GET …/tasks/{id}/eventstream?after= */
static enum cb_code get_stream(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    return begin(rq, rp, false, err);
}

static const struct cb_param_rule params[] = {{"after", CB_PARAM_INT, false, 0, 0, NULL}, {0}};

const struct cb_route cb_routes_task_events[] = {
    {CB_GET, "/api/scaffolder/v2/tasks/{id}/events", CB_RIGHT_READ, CB_ROUTE_WORKER, get_events, "StreamLogsPolling",
     "What a run has said behind an event; waits while it says nothing", params},
    {CB_GET, "/api/scaffolder/v2/tasks/{id}/eventstream", CB_RIGHT_READ, CB_ROUTE_WORKER, get_stream, "StreamLogsEventStream",
     "What a run says, as server-sent events", params},
    {0},
};
