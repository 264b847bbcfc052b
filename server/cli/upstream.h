/*
 * upstream.h - ask a Backstage, or another callboard, over HTTP: what import and compare need of a client.
 *
 * Limits    CB_UPSTREAM_ANSWER_MAX bytes an answer, CB_UPSTREAM_REQUEST_US a request; all requests of one upstream within the
 *           number and the time that it was opened with
 * Trust     certificates are checked; no redirect is followed, so the token goes to its own host alone; answers are a stranger's
 * Busy      429 and 503 are asked again, CB_UPSTREAM_TRY_N times in all, after what Retry-After says (at most CB_UPSTREAM_WAIT_MAX_S)
 * Threads   one at a time
 */
#ifndef CB_CLI_UPSTREAM_H
#define CB_CLI_UPSTREAM_H

#include "catalog/base/node.h"

#define CB_UPSTREAM_ANSWER_MAX (64 << 20)
#define CB_UPSTREAM_REQUEST_US (60 * INT64_C(1000000))
#define CB_UPSTREAM_TRY_N 3
#define CB_UPSTREAM_WAIT_MAX_S 10

struct cb_upstream;

struct cb_upstream_limits {
    int64_t request_n;
    int64_t time_us;
};

/* URL is that of the back end, with or without "/api/catalog" behind it; TOKEN may be empty. CB_EINVAL. */
enum cb_code cb_upstream_open(struct cb_upstream **out, cb_str url, cb_str token, const struct cb_upstream_limits *limits,
                              struct cb_err *err) CB_MUSTCHECK;
/* Accepts NULL. */
void cb_upstream_close(struct cb_upstream *u);
/* The URL, for people. */
const char *cb_upstream_name(const struct cb_upstream *u);
/*
 * GET PATH ("/api/catalog/locations"), or POST when BODY is not empty. The answer's JSON, in A, whatever its STATUS; NULL when it is
 * none. CB_EUPSTREAM: nobody answers, or too much; CB_ELIMIT: over the requests or the time.
 */
enum cb_code cb_upstream_ask(struct cb_node **json, int *status, struct cb_upstream *u, struct cb_arena *a, cb_str path, cb_str body,
                             struct cb_err *err) CB_MUSTCHECK;
/* The same, and anything but 200 or 201 is CB_EUPSTREAM (401, 403: CB_EAUTH) with what the other end said. */
enum cb_code cb_upstream_get(struct cb_node **json, struct cb_upstream *u, struct cb_arena *a, cb_str path, struct cb_err *err) CB_MUSTCHECK;
/* What an error body says, or "status 502". */
cb_str cb_upstream_why(struct cb_arena *a, const struct cb_node *json, int status);
int64_t cb_upstream_asked(const struct cb_upstream *u);

#endif
