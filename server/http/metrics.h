/*
 * metrics.h - our own numbers, in the text exposition format.
 *
 * Each loop counts for itself (relaxed atomics, no line shared between loops); a scrape adds up.
 */
#ifndef CB_HTTP_METRICS_H
#define CB_HTTP_METRICS_H

#include "catalog/base/buf.h"
#include "server/auth/webhook.h"
#include "server/http/request.h"

struct cb_metrics;

struct cb_metrics *cb_metrics_new(void);
void cb_metrics_free(struct cb_metrics *m);
/* One answered request; ROUTE NULL: the portal's files and unknown paths. */
void cb_metrics_count(struct cb_metrics *m, const struct cb_route *route, int status, int64_t took_us, uint64_t bytes);
/* A connection was cut off because its reader stalled. */
void cb_metrics_stalled(struct cb_metrics *m);
/* Requests whose client went before the answer was out. */
void cb_metrics_gone(struct cb_metrics *m);
/* What became of a webhook; counted for the process. */
enum cb_webhook_result {
    CB_HOOK_NUDGED,
    CB_HOOK_NOTHING, /* signed well, and no source reads that */
    CB_HOOK_PING,
    CB_HOOK_IGNORED, /* an event that moves nothing */
    CB_HOOK_UNCONFIGURED,
    CB_HOOK_UNSIGNED,
    CB_HOOK_FORGED,
    CB_HOOK_STALE,
    CB_HOOK_REPLAY,
    CB_HOOK_OVERSIZED,
    CB_HOOK_INVALID,
    CB_HOOK_FAILED, /* ours: no database, no room */
    CB_HOOK_RESULT_N
};
void cb_metrics_webhook(enum cb_webhook_forge forge, enum cb_webhook_result result);
/* "nudged", "forged" ... */
const char *cb_webhook_result_name(enum cb_webhook_result result);
/* All of it: ALL of N loops. */
void cb_metrics_put_http(struct cb_buf *out, struct cb_metrics *const *all, size_t n);

struct cb_server;
/* The whole exposition: process, http, catalog, jobs, database, sources. Blocks on nothing. */
void cb_metrics_put(struct cb_buf *out, struct cb_server *srv, const struct cb_snapshot *s);

#endif
