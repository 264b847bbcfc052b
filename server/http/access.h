/*
 * access.h - the access log: one line an answered request.
 *
 *   2026-11-22T10:00:00.123Z info http.request method=GET path=/api/… status=200 bytes=3102 us=41 user=user:default/jane id=…
 *
 * Loops append to a buffer of their own; one thread writes them out each CB_ACCESS_EVERY_US, so that a slow disk or a full pipe
 * never holds a loop. Over CB_ACCESS_BYTES_MAX waiting, lines are dropped and their number is said.
 */
#ifndef CB_HTTP_ACCESS_H
#define CB_HTTP_ACCESS_H

#include "server/http/reply.h"

#define CB_ACCESS_EVERY_US (INT64_C(200) * 1000)
#define CB_ACCESS_BYTES_MAX (1024 * 1024) /* of one loop */
#define CB_ACCESS_PATH_MAX 1024           /* bytes of a path that is written */

struct cb_access;

/* One for LOOP_N loops; writes to the log's descriptor. */
struct cb_access *cb_access_new(unsigned loop_n);
void cb_access_put(struct cb_access *log, const struct cb_request *rq, int status, uint64_t bytes, int64_t took_us);
/* Writes what is left. Accepts NULL. */
void cb_access_free(struct cb_access *log);

#endif
