/*
 * reply.h - what a route answers: a status, a few headers, and a body in one piece or as a stream of slices. No h2o in here.
 *
 * Body      put into rp->body; or cb_reply_stream, for what may be long: the next slice is asked for when the last one
 *           has gone out, so that a slow reader holds one slice and no more
 * Later     a handler that finds its work too long for a loop returns cb_reply_later(): it is called again on a worker
 * Outside   a handler that needs an answer from elsewhere (a plugin) returns cb_reply_outside(): it holds no thread meanwhile,
 *           and is called again when the answer is there
 * Parked    a request that waits for a generation (?wait=) has `park` set and is asked again when that is served; it holds
 *           no thread meanwhile
 * Writes    an answer to a write that made a generation names it: cb_reply_made()
 * Defaults  200, application/json; charset=utf-8
 * Threads   as the request
 */
#ifndef CB_HTTP_REPLY_H
#define CB_HTTP_REPLY_H

#include "catalog/base/buf.h"
#include "server/http/request.h"

#define CB_REPLY_HEADER_N 8
#define CB_REPLY_SLICE_BYTES 65536 /* about what one slice of a stream has */
#define CB_REPLY_SLICE_US 500      /* and how long a loop may work on one */
#define CB_REPLY_ETAG_MAX 80

struct cb_reply_header {
    const char *name; /* lower case, process-long */
    cb_str value;     /* in the arena, or process-long */
};

/* Why a stream has nothing for now. */
enum cb_pause {
    CB_PAUSE_NOT,
    CB_PAUSE_NEWS,   /* until a generation is published, or pause_until_us */
    CB_PAUSE_WORKER, /* ask on a worker: it blocks (rq->worker is set then) */
    CB_PAUSE_LOOP,   /* and on the loop again */
    CB_PAUSE_RETRY,  /* in a moment */
};

/* Append the next slice to OUT; true while there is more. With nothing appended and rp->pause set: not now. */
typedef bool cb_reply_next_fn(void *ctx, struct cb_request *rq, struct cb_buf *out);

/*
 * Something outside that a request waits for without a thread: a plugin's answer. WAKE is called once, from any thread.
 *
 * LEAVE may be set by whoever begins to wait: on the loop, at most once, when the client has gone, perhaps just after WAKE; WAKE comes all
 * the same, soon. Over HTTP/1 that is looked at every CB_OUTSIDE_LOOK_US, and a client that has closed its half counts as gone.
 */
#define CB_OUTSIDE_LOOK_US (INT64_C(1) * 1000000)

struct cb_outside {
    void (*wake)(struct cb_outside *o);
    void (*leave)(struct cb_outside *o);
    void *ctx; /* of whoever set LEAVE */
};

/* On the loop: begin to wait for it. o->wake may be called before this returns. */
typedef void cb_reply_begin_fn(void *ctx, struct cb_outside *o);

struct cb_reply {
    int status;
    const char *type;      /* process-long; NULL: no content type */
    struct cb_buf body;
    cb_str fixed;          /* instead of body: bytes that live as long as the process or the request's arena */
    bool compress;         /* gzip when the client takes it and it is worth it */
    const char *coding;    /* the bytes already are: "gzip", "br" */
    bool etag;             /* say the catalog's ETag and generation */
    bool no_store;
    bool close;            /* close the connection behind it */
    bool later;            /* call the handler again on a worker */
    bool await;            /* ask again on a worker when the load of a moment of the past that is under way has ended */
    cb_reply_begin_fn *begin; /* wait outside, then call the handler again */
    void *begin_ctx;
    int64_t park;          /* ask again when this generation is served; 0: no */
    int64_t made;          /* the generation that a write made, or 0 */
    struct cb_reply_header headers[CB_REPLY_HEADER_N];
    size_t header_n;
    cb_reply_next_fn *next;
    void *next_ctx;
    enum cb_pause pause;     /* set by NEXT */
    int64_t pause_until_us;  /* monotonic */
};

/* NAME process-long; VALUE as in cb_reply_header. At most CB_REPLY_HEADER_N. */
void cb_reply_header(struct cb_reply *rp, const char *name, cb_str value);
/* A status without a body or a content type. */
enum cb_code cb_reply_empty(struct cb_reply *rp, int status);
/* The body is what NEXT brings, slice by slice. */
enum cb_code cb_reply_stream(struct cb_reply *rp, cb_reply_next_fn *next, void *ctx);
/* Not on a loop: call me again on a worker. */
enum cb_code cb_reply_later(struct cb_reply *rp);
/* Not yet: BEGIN sees to it that what is missing comes, and wakes; then call me again, on the loop. What must be kept: rq->kept. */
enum cb_code cb_reply_outside(struct cb_reply *rp, cb_reply_begin_fn *begin, void *ctx);
/* GENERATION is what this write made: said in the header callboard-generation. */
void cb_reply_made(struct cb_reply *rp, int64_t generation);
/* Backstage's error body for ERR; whatever was put before is dropped. */
void cb_reply_error(struct cb_reply *rp, const struct cb_request *rq, enum cb_code code, const char *text);
/* The same with a status of its own, for what has no code: 414, 421, 431. */
void cb_reply_refuse(struct cb_reply *rp, const struct cb_request *rq, int status, const char *name, const char *text);
/* Weak: the database's epoch and the generation that is answered from, the same for every path. */
void cb_reply_etag(char out[CB_REPLY_ETAG_MAX], const struct cb_request *rq);
/* "Not Found" */
const char *cb_reply_reason(int status);

/* ---- pieces of JSON that routes share */
void cb_put_member(struct cb_buf *out, const char *key, cb_str text);       /* ,"key":"text" */
void cb_put_member_int(struct cb_buf *out, const char *key, int64_t i);     /* ,"key":1 */
void cb_put_member_bool(struct cb_buf *out, const char *key, bool b);
void cb_put_member_time(struct cb_buf *out, const char *key, int64_t at_us); /* ,"key":"2026-…Z", or null when 0 */

#endif
