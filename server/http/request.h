/*
 * request.h - one request as a route sees it. No h2o in here.
 *
 * Lifetime  all texts live in the arena, until the reply is sent and no worker has the request any more: the stream may be
 *           reset while one has. raw_headers alone is the connection's
 * Snapshot  counted for the request: it sees one generation from first to last byte
 * Threads   one at a time: the loop, or a worker when the route asked for one (rq->worker)
 */
#ifndef CB_HTTP_REQUEST_H
#define CB_HTTP_REQUEST_H

#include "catalog/base/node.h"
#include "catalog/relate/past.h"
#include "server/auth/identity.h"
#include "server/http/params.h"
#include "server/http/server.h"

#define CB_REQUEST_TARGET_MAX 81920     /* bytes of path and query; one more is 414. A cursor of CB_CURSOR_MAX fits */
#define CB_REQUEST_HEADER_BYTES 16384   /* of all names and values; one more is 431 */
#define CB_REQUEST_HEADER_N 64          /* headers; one more is 431 */
#define CB_REQUEST_BODY_SLACK 131072    /* bytes over http.body_max that are still read, so that the answer is Backstage's 400;
                                           more is 413 and the end of the connection */
#define CB_REQUEST_ID_MAX 128           /* characters of an X-Request-Id that is taken over */
#define CB_REQUEST_ARG_MAX 6            /* variable parts of a pattern */

struct cb_route;
struct cb_assets;

enum cb_method { CB_GET, CB_HEAD, CB_POST, CB_PUT, CB_DELETE, CB_OPTIONS, CB_METHOD_OTHER };

/* The headers that anything of ours looks at. Empty: not sent. */
struct cb_request_headers {
    cb_str host, origin, content_type, accept_encoding, if_none_match, authorization, cookie, request_id, proxy_user, user_agent,
        last_event_id;
    size_t bytes, n; /* of all headers, for the limits */
};

struct cb_request {
    const struct cb_server_env *env;
    const struct cb_config *config; /* the same from first to last byte, also across a reload */
    struct cb_server *server; /* NULL: asked without a socket, by a test */
    const struct cb_assets *assets;
    const struct cb_route *route;
    struct cb_arena *arena;
    struct cb_snapshot *snapshot; /* set before the handler runs */
    int64_t at;                   /* generation that ?at= names; 0: the newest is asked for */
    struct cb_past_view *past;    /* that the snapshot belongs to when it is not the live one */
    enum cb_method method;
    cb_str method_text;
    cb_str target;                /* path and query as sent */
    cb_str path, query;
    cb_str url;                   /* target, relative to where Backstage mounts its plugin: what error bodies name */
    cb_str args[CB_REQUEST_ARG_MAX]; /* the pattern's variable parts, unescaped, case kept */
    size_t arg_n;
    struct cb_params params;
    struct cb_request_headers headers;
    const void *raw_headers;      /* h2o's: for cb_request_header alone; NULL without a socket */
    cb_str body;
    void *carry;                  /* what a handler's call on the loop leaves for the one on a worker; in the arena */
    struct cb_node *json;         /* of a POST or PUT */
    struct cb_caller caller;
    cb_str peer;                  /* numeric address */
    char id[CB_REQUEST_ID_MAX + 1];
    bool tls, http10;
    bool admitted;                /* the router's: all checks are behind it */
    bool inside;                  /* callboard itself asks (inside.h): nobody else is to be known */
    void *kept;                   /* the handler's own, between calls of it for this request; zeroed before the first */
    bool waited;                  /* it has waited for a generation as long as it may */
    bool worker;                  /* on a worker: may block */
    const struct cb_job *job;     /* then: look at cb_job_over */
    unsigned loop;                /* index of the loop, for numbers kept by loop */
};

/* "kind:namespace/name" in lower case, of the first three variable parts. */
cb_str cb_request_ref(struct cb_request *rq);
/*
 * The value of any header, NAME in lower case; empty when it was not sent. On the loop alone, and it is copied to the arena by who
 * goes on to a worker: the connection may end meanwhile.
 */
cb_str cb_request_header(const struct cb_request *rq, const char *name);
/* All of them as a JSON object, but for those that say who is asking: credentials are no plugin's. On the loop alone. */
void cb_request_put_headers(struct cb_buf *out, const struct cb_request *rq);
/* A connection of the pool for a worker; CB_EUNAVAILABLE with a sentence when there is no database now. */
enum cb_code cb_request_conn(struct cb_conn **out, struct cb_request *rq, struct cb_err *err) CB_MUSTCHECK;

/* ---- bodies. Messages are those of Backstage's validator: "request/body/limit must be integer" */

/* OUT NULL when it is missing and not REQUIRED. PATH of the object as in messages: "request/body". */
enum cb_code cb_body_text(cb_str *out, const struct cb_node *object, const char *path, const char *key, bool required,
                          struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_body_int(int64_t *out, const struct cb_node *object, const char *path, const char *key, int64_t min, int64_t otherwise,
                         struct cb_err *err) CB_MUSTCHECK;
/* An array of texts; *N 0 and *OUT NULL when it is missing. */
enum cb_code cb_body_texts(const cb_str **out, size_t *n, struct cb_arena *a, const struct cb_node *object, const char *path,
                           const char *key, bool required, struct cb_err *err) CB_MUSTCHECK;
/* No other keys than those of the comma list KEYS: "must NOT have additional properties". */
enum cb_code cb_body_only(const struct cb_node *object, const char *path, const char *keys, struct cb_err *err) CB_MUSTCHECK;

#endif
