#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "catalog/base/clock.h"
#include "server/http/loop.h"

#define SPARE_MAX 256            /* exchanges kept for the next request */
#define KEEP_BYTES (256 * 1024)  /* a bigger buffer is not kept */
#define IDLE_BYTES 4096          /* nor this, by a stream that waits for news */
#define HEAD_CHUNK 4             /* slices a worker makes before it looks at what came out */

/* Dies with h2o's pool of the request: tells that the connection is done with us. */
struct holder {
    struct cb_exchange *x;
};

static void go_on(struct cb_exchange *x);

/* ---- life */

static struct cb_exchange *take_exchange(struct cb_loop *loop)
{
    struct cb_exchange *x = loop->spare;

    if (x) {
        loop->spare = x->next;
        loop->spare_n--;
    } else {
        x = calloc(1, sizeof(*x));
        if (!x)
            abort();
        x->rq.arena = cb_arena_new();
    }
    x->loop = loop;
    loop->exchange_n++;
    return x;
}

static void tidy(struct cb_buf *b)
{
    if (b->cap > KEEP_BYTES)
        cb_buf_fini(b);
    else
        cb_buf_clear(b);
}

static void free_exchange(struct cb_exchange *x)
{
    cb_gzip_free(x->gzip);
    cb_buf_fini(&x->rp.body);
    cb_buf_fini(&x->slice);
    cb_buf_fini(&x->raw);
    cb_arena_free(x->rq.arena);
    free(x);
}

void cb_exchange_free_spare(struct cb_loop *loop)
{
    struct cb_exchange *x;

    while ((x = loop->spare)) {
        loop->spare = x->next;
        free_exchange(x);
    }
}

/* Nobody needs X any more: neither the connection nor a worker. */
static void release(struct cb_exchange *x)
{
    struct cb_loop *loop = x->loop;
    struct cb_exchange kept;

    cb_snapshot_unref(x->rq.snapshot);
    cb_past_unref(x->rq.past);
    loop->exchange_n--;
    if (loop->spare_n >= SPARE_MAX) {
        free_exchange(x);
        return;
    }
    tidy(&x->rp.body);
    tidy(&x->slice);
    tidy(&x->raw);
    cb_gzip_free(x->gzip);
    cb_arena_reset(x->rq.arena);
    kept = (struct cb_exchange){.slice = x->slice, .raw = x->raw, .next = loop->spare};
    kept.rq.arena = x->rq.arena;
    kept.rp.body = x->rp.body;
    *x = kept;
    loop->spare = x;
    loop->spare_n++;
}

static void count(struct cb_exchange *x)
{
    int64_t took_us = cb_clock_mono_us() - x->begin_us;

    if (!x->started) {
        cb_metrics_gone(x->loop->metrics);
        return;
    }
    cb_metrics_count(x->loop->metrics, x->rq.route, x->rp.status, took_us, x->sent_bytes);
    if (x->loop->access)
        cb_access_put(x->loop->access, &x->rq, x->rp.status, x->sent_bytes, took_us);
}

/* A stream of HTTP/2 went before its answer. Once is nothing; again and again it makes us work for nobody. */
static void count_reset(struct cb_exchange *x)
{
    if (x->http2 && ++x->link->reset_n > CB_H2_RESET_MAX && !x->link->closed)
        shutdown(h2o_socket_get_fd(x->link->sock), SHUT_RDWR);
}

static void on_dispose(void *arg)
{
    struct holder *holder = arg;
    struct cb_exchange *x = holder->x;
    struct cb_link *link = x->link;

    count(x);
    if (!x->started)
        count_reset(x);
    x->req = NULL;
    if (x->sending) {
        link->sending_n--;
        x->loop->sending_n--;
    }
    if (x->parked == CB_PARK_OUTSIDE)
        x->outside.leave(&x->outside);
    cb_park_take(x);
    cb_link_rest(link);
    x->link = NULL;
    if (x->in_job)
        cb_job_cancel(&x->job); /* its end releases X */
    else
        release(x);
}

/* ---- jobs */

static cb_str body_of(const struct cb_reply *rp)
{
    return rp->body.n ? cb_buf_str(&rp->body) : rp->fixed;
}

static bool wants_gzip(const struct cb_exchange *x)
{
    const struct cb_reply *rp = &x->rp;

    return rp->compress && !rp->coding && (rp->next || body_of(rp).n >= CB_GZIP_MIN) &&
           x->rq.headers.accept_encoding.n && cb_accepts_coding(x->rq.headers.accept_encoding, CB_LIT("gzip"));
}

static void compress_body(struct cb_exchange *x, struct cb_gzip *z)
{
    struct cb_buf plain = x->rp.body;

    cb_buf_clear(&x->slice);
    cb_gzip_put(z, &x->slice, body_of(&x->rp), true);
    x->rp.body = x->slice;
    x->slice = plain;
    x->rp.coding = "gzip";
}

static void compress_on_worker(struct cb_exchange *x)
{
    struct cb_gzip *z = cb_gzip_new();

    compress_body(x, z);
    cb_gzip_free(z);
}

/* The next piece of a stream into x->slice, compressed when it has a gzip; x->more tells whether it was the last. */
static void make_slice(struct cb_exchange *x)
{
    cb_buf_clear(&x->slice);
    do {
        x->rp.pause = CB_PAUSE_NOT;
        if (!x->gzip) {
            x->more = x->rp.next(x->rp.next_ctx, &x->rq, &x->slice);
        } else {
            cb_buf_clear(&x->raw);
            x->more = x->rp.next(x->rp.next_ctx, &x->rq, &x->raw);
            cb_gzip_put(x->gzip, &x->slice, cb_buf_str(&x->raw), !x->more);
        }
    } while (x->more && x->slice.n == 0 && !x->rp.pause);
}

static void run_job(struct cb_job *job)
{
    struct cb_exchange *x = H2O_STRUCT_FROM_MEMBER(struct cb_exchange, job, job);

    switch (x->step) {
    case CB_STEP_ANSWER:
        x->rq.worker = true;
        x->rq.job = job;
        cb_router_answer(&x->rq, &x->rp);
        if (!x->rp.next && wants_gzip(x))
            compress_on_worker(x);
        break;
    case CB_STEP_GZIP:
        compress_on_worker(x);
        break;
    case CB_STEP_SLICE:
        x->rq.worker = true;
        x->rq.job = job;
        make_slice(x);
        break;
    }
}

static void job_done(struct cb_job *job)
{
    struct cb_exchange *x = H2O_STRUCT_FROM_MEMBER(struct cb_exchange, job, job);

    cb_loop_post(x->loop, &x->done);
}

/* False when there is no room: the caller goes on without a worker. */
static bool push(struct cb_exchange *x, enum cb_step step, struct cb_err *err)
{
    x->step = step;
    x->job.run = run_job;
    x->job.done = job_done;
    x->job.deadline_us = cb_clock_mono_us() + CB_JOB_US;
    x->done = (struct cb_message){.type = CB_MESSAGE_DONE, .exchange = x};
    atomic_store(&x->job.cancelled, false);
    x->in_job = true;
    if (cb_jobs_push(x->loop->srv->env.jobs, &x->job, err) == CB_OK)
        return true;
    x->in_job = false;
    return false;
}

/* ---- sending */

static void say(struct cb_exchange *x, const h2o_token_t *token, const char *value, size_t n)
{
    h2o_add_header(&x->req->pool, &x->req->res.headers, token, NULL, value, n);
}

static void say_name(struct cb_exchange *x, const char *name, const char *value, size_t n)
{
    h2o_add_header_by_str(&x->req->pool, &x->req->res.headers, name, strlen(name), 0, NULL, value, n);
}

static void say_catalog(struct cb_exchange *x)
{
    char *etag = cb_arena_alloc(x->rq.arena, CB_REPLY_ETAG_MAX);
    size_t n;
    const char *dash;

    cb_reply_etag(etag, &x->rq);
    n = strlen(etag);
    say(x, H2O_TOKEN_ETAG, etag, n);
    dash = memchr(etag, '-', n); /* the generation stands behind it */
    say_name(x, "callboard-generation", dash + 1, n - (size_t)(dash + 1 - etag) - 1);
    say(x, H2O_TOKEN_CACHE_CONTROL, H2O_STRLIT("private, no-cache"));
}

static void say_made(struct cb_exchange *x)
{
    cb_str text = cb_arena_printf(x->rq.arena, "%lld", (long long)x->rp.made);

    say_name(x, "callboard-generation", text.p, text.n);
}

static void say_headers(struct cb_exchange *x)
{
    const struct cb_reply *rp = &x->rp;

    x->req->res.status = rp->status;
    x->req->res.reason = cb_reply_reason(rp->status);
    if (rp->type)
        say(x, H2O_TOKEN_CONTENT_TYPE, rp->type, strlen(rp->type));
    if (rp->made)
        say_made(x);
    if (rp->etag)
        say_catalog(x);
    else if (rp->no_store)
        say(x, H2O_TOKEN_CACHE_CONTROL, H2O_STRLIT("no-store"));
    if (rp->coding)
        say(x, H2O_TOKEN_CONTENT_ENCODING, rp->coding, strlen(rp->coding));
    if (rp->compress || rp->coding)
        say(x, H2O_TOKEN_VARY, H2O_STRLIT("accept-encoding"));
    say_name(x, "x-content-type-options", H2O_STRLIT("nosniff"));
    say_name(x, "x-request-id", x->rq.id, strlen(x->rq.id));
    for (size_t i = 0; i < rp->header_n; i++)
        say_name(x, rp->headers[i].name, rp->headers[i].value.p, rp->headers[i].value.n);
    if (rp->close || x->loop->stop_us)
        x->req->http1_is_persistent = 0;
}

static void send_bytes(struct cb_exchange *x, cb_str bytes, bool last)
{
    h2o_iovec_t buf = h2o_iovec_init(bytes.p, bytes.n);

    x->sent_bytes += bytes.n;
    if (!x->sending) {
        x->sending = true;
        x->link->sending_n++;
        x->loop->sending_n++;
        x->link->moved_us = x->begin_us;
    }
    h2o_send(x->req, &buf, bytes.n ? 1 : 0, last ? H2O_SEND_STATE_FINAL : H2O_SEND_STATE_IN_PROGRESS);
}

/* Nothing is on its way to the client: nobody is to look whether he takes it. */
static void rest_sending(struct cb_exchange *x)
{
    if (!x->sending)
        return;
    x->sending = false;
    x->link->sending_n--;
    x->loop->sending_n--;
}

/* A stream with nothing to say for now. NEWS_N: how many news there had been when it was asked. */
static void pause_stream(struct cb_exchange *x, uint64_t news_n)
{
    int64_t retry_us = cb_clock_mono_us() + CB_PARK_RETRY_US;

    rest_sending(x);
    if (x->slice.cap > IDLE_BYTES)
        cb_buf_fini(&x->slice);
    if (x->rp.pause == CB_PAUSE_LOOP) {
        cb_park_put(x, CB_PARK_READY, 0);
    } else if (x->rp.pause == CB_PAUSE_NEWS) {
        cb_park_put(x, CB_PARK_STREAM, x->rp.pause_until_us);
        if (atomic_load(&x->loop->srv->news_n) != news_n || x->loop->stop_us) {
            cb_park_take(x);
            cb_park_put(x, CB_PARK_READY, 0);
        }
    } else if (x->rp.pause == CB_PAUSE_RETRY || !push(x, CB_STEP_SLICE, NULL)) {
        cb_park_put(x, CB_PARK_RETRY, x->loop->stop_us ? 0 : retry_us);
    }
}

static void give_slice(struct cb_exchange *x, uint64_t news_n)
{
    if (x->more && x->slice.n == 0)
        pause_stream(x, news_n);
    else
        send_bytes(x, cb_buf_str(&x->slice), !x->more);
}

static void next_slice(struct cb_exchange *x)
{
    uint64_t news_n = atomic_load(&x->loop->srv->news_n);

    if (x->gzip && push(x, CB_STEP_SLICE, NULL))
        return;
    make_slice(x);
    give_slice(x, news_n);
}

/* The last slice has gone out. */
static void on_proceed(h2o_generator_t *generator, h2o_req_t *req)
{
    (void)req;
    next_slice(H2O_STRUCT_FROM_MEMBER(struct cb_exchange, generator, generator));
}

/* The connection or the stream went before the end. What is left is done when the request's pool goes. */
static void on_stop(h2o_generator_t *generator, h2o_req_t *req)
{
    struct cb_exchange *x = H2O_STRUCT_FROM_MEMBER(struct cb_exchange, generator, generator);

    if (x->in_job)
        cb_job_cancel(&x->job);
    (void)req;
    if (!x->rp.pause) /* a watch has no other end */
        count_reset(x);
}

static void start(struct cb_exchange *x)
{
    say_headers(x);
    x->generator = (h2o_generator_t){on_proceed, on_stop};
    x->started = true;
    if (!x->rp.next) {
        cb_str body = body_of(&x->rp);

        x->req->res.content_length = body.n;
        if (x->rp.status == 304)
            x->req->res.content_length = SIZE_MAX;
        h2o_start_response(x->req, &x->generator);
        send_bytes(x, x->rq.method == CB_HEAD ? CB_LIT("") : body, true);
        return;
    }
    h2o_start_response(x->req, &x->generator);
    if (x->rq.method == CB_HEAD)
        send_bytes(x, CB_LIT(""), true);
    else
        next_slice(x);
}

/* The reply is there: compress it if that is worth it, and send. */
static void reply(struct cb_exchange *x)
{
    if (wants_gzip(x)) {
        if (x->rp.next) {
            x->gzip = cb_gzip_new();
            x->rp.coding = "gzip";
        } else if (body_of(&x->rp).n <= CB_GZIP_LOOP_MAX) {
            cb_gzip_reset(x->loop->gzip);
            compress_body(x, x->loop->gzip);
        } else if (push(x, CB_STEP_GZIP, NULL)) {
            return;
        }
    }
    start(x);
}

/* Wait for the generation it wants; false when it is refused: the reply says why. */
static bool park_request(struct cb_exchange *x)
{
    struct cb_loop *loop = x->loop;
    struct cb_server *srv = loop->srv;
    char why[160];

    if (loop->stop_us) {
        cb_reply_error(&x->rp, &x->rq, CB_EUNAVAILABLE, "callboard is stopping: ask again in a moment");
        return false;
    }
    if ((int64_t)atomic_load(&srv->waiting_n) >= x->rq.config->waiting_max) {
        snprintf(why, sizeof(why), "%lld requests wait for a generation already, as many as http.waiting_max allows: try again in a moment",
                 (long long)x->rq.config->waiting_max);
        cb_reply_error(&x->rp, &x->rq, CB_EUNAVAILABLE, why);
        return false;
    }
    x->rq.worker = false;
    cb_park_put(x, CB_PARK_REQUEST, cb_clock_mono_us() + x->rq.config->wait_timeout_us);
    if (atomic_load(&srv->generation) >= x->rp.park) { /* it came between the look and now */
        cb_park_take(x);
        cb_park_put(x, CB_PARK_READY, 0);
    }
    return true;
}

void cb_exchange_wake(struct cb_exchange *x)
{
    if (x->started) {
        next_slice(x);
        return;
    }
    if (x->loop->stop_us)
        cb_reply_error(&x->rp, &x->rq, CB_EUNAVAILABLE, "callboard is stopping: ask again in a moment");
    else
        cb_router_answer(&x->rq, &x->rp);
    go_on(x);
}

/* On whatever thread it is there. */
static void outside_woke(struct cb_outside *o)
{
    struct cb_exchange *x = H2O_STRUCT_FROM_MEMBER(struct cb_exchange, outside, o);

    x->done = (struct cb_message){.type = CB_MESSAGE_WOKEN, .exchange = x};
    cb_loop_post(x->loop, &x->done);
}

/* X waits without a worker, but as one whose job is under way: it is kept until it is woken. */
static void wait_outside(struct cb_exchange *x)
{
    cb_reply_begin_fn *begin = x->rp.begin;

    x->rp.begin = NULL;
    x->in_job = true;
    x->outside = (struct cb_outside){.wake = outside_woke};
    begin(x->rp.begin_ctx, &x->outside);
    if (x->outside.leave) /* even if it was woken already: we hear of that later */
        cb_park_put(x, CB_PARK_OUTSIDE, cb_clock_mono_us() + CB_OUTSIDE_LOOK_US);
}

/* h2o does not read a connection of HTTP/1 while its request is being answered. */
static bool has_gone(const struct cb_exchange *x)
{
    struct pollfd p = {.fd = h2o_socket_get_fd(x->link->sock), .events = POLLRDHUP};

    return !x->http2 && poll(&p, 1, 0) > 0;
}

void cb_exchange_look(struct cb_exchange *x, int64_t now_us)
{
    if (has_gone(x))
        x->outside.leave(&x->outside);
    else
        cb_park_put(x, CB_PARK_OUTSIDE, now_us + CB_OUTSIDE_LOOK_US);
}

void cb_exchange_woken(struct cb_exchange *x)
{
    x->in_job = false;
    if (!x->req) {
        release(x);
        return;
    }
    cb_park_take(x);
    x->rq.worker = false;
    cb_router_answer(&x->rq, &x->rp);
    go_on(x);
}

static void go_on(struct cb_exchange *x)
{
    struct cb_err err = {0};

    if (x->rp.begin) {
        wait_outside(x);
        return;
    }

    if (x->rp.park && park_request(x))
        return;
    if (x->rp.later && !push(x, CB_STEP_ANSWER, &err))
        cb_reply_error(&x->rp, &x->rq, CB_EUNAVAILABLE, err.text);
    if (!x->in_job)
        reply(x);
}

/* The load that X waits for has ended, on the thread that did it. The deadline stays that of the first job. */
static void ask_again(struct cb_past_wait *w)
{
    struct cb_exchange *x = H2O_STRUCT_FROM_MEMBER(struct cb_exchange, past_wait, w);

    if (cb_jobs_push(x->loop->srv->env.jobs, &x->job, NULL) == CB_OK)
        return;
    x->job.dropped = CB_EUNAVAILABLE;
    job_done(&x->job);
}

/* Another moment is being loaded: X waits without a worker, as one whose job is under way. */
static void await_past(struct cb_exchange *x)
{
    x->rp.await = false;
    x->in_job = true;
    x->past_wait.wake = ask_again;
    if (!cb_past_await(x->loop->srv->env.past, &x->past_wait))
        ask_again(&x->past_wait);
}

/* On the loop again: a worker is through with X. */
void cb_exchange_job_done(struct cb_exchange *x)
{
    x->in_job = false;
    x->rq.job = NULL;
    x->rq.worker = false; /* what comes now, the slices of a stream too, is the loop's */
    if (!x->req) {
        release(x);
        return;
    }
    if (x->rp.await && x->job.dropped == CB_OK) {
        await_past(x);
        return;
    }
    if (x->step == CB_STEP_SLICE) {
        if (x->job.dropped != CB_OK)
            h2o_send(x->req, NULL, 0, H2O_SEND_STATE_ERROR);
        else
            give_slice(x, UINT64_MAX);
        return;
    }
    if (x->step == CB_STEP_ANSWER && x->job.dropped != CB_OK)
        cb_reply_error(&x->rp, &x->rq, x->job.dropped,
                       x->job.dropped == CB_ETIMEOUT ? "callboard did not get to it in time: try again"
                                                     : "callboard is stopping: try again in a moment");
    if (x->rp.park || x->rp.begin)
        go_on(x);
    else if (x->rp.coding || x->step == CB_STEP_GZIP)
        start(x);
    else
        reply(x);
}

/* ---- the request */

static cb_str slice(h2o_iovec_t v)
{
    return cb_str_make(v.base, v.len);
}

/*
 * Into the request's own arena: h2o's pool and its body go with the stream, which the other end may reset at any moment,
 * while a worker still reads the target, the headers or the JSON. A few hundred bytes of most requests.
 */
static cb_str own(struct cb_exchange *x, h2o_iovec_t v)
{
    return v.len ? cb_arena_str(x->rq.arena, slice(v)) : CB_LIT("");
}

static enum cb_method method_of(cb_str text)
{
    static const struct {
        const char *name;
        enum cb_method method;
    } methods[] = {
        {"GET", CB_GET}, {"HEAD", CB_HEAD}, {"POST", CB_POST}, {"PUT", CB_PUT}, {"DELETE", CB_DELETE}, {"OPTIONS", CB_OPTIONS},
    };

    for (size_t i = 0; i < CB_COUNT(methods); i++)
        if (cb_str_eq(text, cb_str_cstr(methods[i].name)))
            return methods[i].method;
    return CB_METHOD_OTHER;
}

/* Where the value of a header is kept that something of ours looks at; NULL: nothing does. */
static cb_str *place_of_header(struct cb_request *rq, const h2o_header_t *h)
{
    struct cb_request_headers *to = &rq->headers;
    cb_str proxy = rq->config->proxy_user_header;

    if (h->name == &H2O_TOKEN_ACCEPT_ENCODING->buf)
        return &to->accept_encoding;
    if (h->name == &H2O_TOKEN_IF_NONE_MATCH->buf)
        return &to->if_none_match;
    if (h->name == &H2O_TOKEN_AUTHORIZATION->buf)
        return &to->authorization;
    if (h->name == &H2O_TOKEN_COOKIE->buf)
        return &to->cookie;
    if (h->name == &H2O_TOKEN_CONTENT_TYPE->buf)
        return &to->content_type;
    if (h->name == &H2O_TOKEN_USER_AGENT->buf)
        return &to->user_agent;
    if (h2o_memis(h->name->base, h->name->len, H2O_STRLIT("origin")))
        return &to->origin;
    if (h2o_memis(h->name->base, h->name->len, H2O_STRLIT("x-request-id")))
        return &to->request_id;
    if (h2o_memis(h->name->base, h->name->len, H2O_STRLIT("last-event-id")))
        return &to->last_event_id;
    if (proxy.n && cb_str_eq_nocase(slice(*h->name), proxy))
        return &to->proxy_user;
    return NULL;
}

static void read_headers(struct cb_exchange *x, const h2o_headers_t *headers)
{
    struct cb_request_headers *to = &x->rq.headers;

    for (size_t i = 0; i < headers->size; i++) {
        const h2o_header_t *h = &headers->entries[i];
        cb_str *place = place_of_header(&x->rq, h);

        to->bytes += h->name->len + h->value.len;
        if (place)
            *place = own(x, h->value);
    }
    to->n = headers->size;
}

cb_str cb_request_header(const struct cb_request *rq, const char *name)
{
    const h2o_headers_t *headers = rq->raw_headers;

    for (size_t i = 0; headers && i < headers->size; i++)
        if (cb_str_eq(slice(*headers->entries[i].name), cb_str_cstr(name)))
            return slice(headers->entries[i].value);
    return CB_LIT("");
}

void cb_request_put_headers(struct cb_buf *out, const struct cb_request *rq)
{
    static const char *const secret[] = {"authorization", "proxy-authorization", "cookie"};
    const h2o_headers_t *headers = rq->raw_headers;
    size_t put_n = 0;

    cb_buf_put_char(out, '{');
    for (size_t i = 0; headers && i < headers->size; i++) {
        cb_str name = slice(*headers->entries[i].name);
        bool told = !cb_str_eq_nocase(name, rq->config->proxy_user_header);

        for (size_t j = 0; j < CB_COUNT(secret); j++)
            told &= !cb_str_eq_nocase(name, cb_str_cstr(secret[j]));
        for (size_t j = 0; j < i && told; j++) /* of those that are sent twice the first */
            told = !cb_str_eq(name, slice(*headers->entries[j].name));
        if (!told)
            continue;
        if (put_n++)
            cb_buf_put_char(out, ',');
        cb_buf_put_json(out, name);
        cb_buf_put_char(out, ':');
        cb_buf_put_json(out, slice(headers->entries[i].value));
    }
    cb_buf_put_char(out, '}');
}

/* What error bodies call the url: Backstage's plugins leave out where they are mounted. */
static cb_str relative_url(cb_str target)
{
    static const char *const mounts[] = {"/api/catalog", "/api/scaffolder", "/api/search"};

    for (size_t i = 0; i < CB_COUNT(mounts); i++) {
        size_t n = strlen(mounts[i]);

        if (target.n > n && (target.p[n] == '/' || target.p[n] == '?') &&
            cb_str_eq_nocase(cb_str_sub(target, 0, n), cb_str_cstr(mounts[i])))
            return cb_str_sub(target, n, target.n);
    }
    return target;
}

/* "GET http://host/path": what a client says to a proxy, and may say to us. */
static void read_absolute(struct cb_request *rq)
{
    size_t at = cb_str_find(cb_str_sub(rq->target, 0, 8), CB_LIT("://"));
    size_t slash;

    if (at == SIZE_MAX || rq->target.p[0] == '/')
        return;
    slash = cb_str_find_char(rq->target, '/', at + 3);
    rq->headers.host = cb_str_sub(rq->target, at + 3, slash);
    rq->target = slash == SIZE_MAX ? CB_LIT("/") : cb_str_sub(rq->target, slash, rq->target.n);
}

static bool is_request_id(cb_str id)
{
    if (id.n == 0 || id.n > CB_REQUEST_ID_MAX)
        return false;
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'))
            return false;
    }
    return true;
}

static void name_request(struct cb_exchange *x)
{
    static const char digits[] = "0123456789abcdef";
    cb_str given = x->rq.headers.request_id;
    uint64_t n = ++x->loop->request_n;

    if (is_request_id(given)) {
        memcpy(x->rq.id, given.p, given.n);
        return;
    }
    memcpy(x->rq.id, x->loop->id_prefix, 8);
    for (int i = 15; i >= 8; i--, n >>= 4)
        x->rq.id[i] = digits[n & 15];
}

static void read_request(struct cb_exchange *x)
{
    struct cb_server *srv = x->loop->srv;
    struct cb_request *rq = &x->rq;
    h2o_req_t *req = x->req;
    size_t question;

    rq->env = &srv->env;
    rq->config = atomic_load_explicit(&srv->config, memory_order_acquire);
    rq->server = srv;
    rq->assets = srv->assets;
    rq->loop = x->loop->index;
    rq->method_text = own(x, req->input.method);
    rq->method = method_of(rq->method_text);
    rq->target = own(x, req->input.path);
    if (req->input.authority.base != srv->host->authority.hostport.base) /* what h2o puts there when none was sent */
        rq->headers.host = own(x, req->input.authority);
    read_absolute(rq);
    question = cb_str_find_char(rq->target, '?', 0);
    rq->path = cb_str_sub(rq->target, 0, question);
    if (question != SIZE_MAX)
        rq->query = cb_str_sub(rq->target, question + 1, rq->target.n);
    rq->url = relative_url(rq->target);
    rq->body = own(x, req->entity);
    rq->tls = x->link->sock->ssl != NULL;
    rq->http10 = req->version < 0x101;
    x->http2 = req->version >= 0x200;
    rq->raw_headers = &req->headers;
    read_headers(x, &req->headers);
    rq->peer = cb_arena_str(rq->arena, cb_str_cstr(cb_link_peer(x->link)));
    name_request(x);
}

int cb_exchange_on_req(h2o_handler_t *self, h2o_req_t *req)
{
    struct cb_loop *loop = H2O_STRUCT_FROM_MEMBER(struct cb_loop, ctx, req->conn->ctx);
    struct cb_exchange *x = take_exchange(loop);
    struct holder *holder = h2o_mem_alloc_shared(&req->pool, sizeof(*holder), on_dispose);

    (void)self;
    holder->x = x;
    x->req = req;
    x->link = req->conn->callbacks->get_socket(req->conn)->on_close.data;
    x->link->busy_n++;
    x->begin_us = cb_clock_mono_us();
    read_request(x);
    cb_router_answer(&x->rq, &x->rp);
    go_on(x);
    return 0;
}
