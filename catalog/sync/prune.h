/*
 * prune.h - the thread that forgets: moves the horizon of history, and deletes what lies behind it a little at a time.
 *
 * Beside    passes and readers: it takes no lock of theirs (history_store.h). Several callboards over one database may all
 *           do it
 * Pace      CB_HISTORY_PRUNE_N rows, a pause of CB_PRUNE_REST_US, and again, until nothing is left there
 */
#ifndef CB_SYNC_PRUNE_H
#define CB_SYNC_PRUNE_H

#include "catalog/persist/conn.h"

#define CB_PRUNE_REST_US (INT64_C(50) * 1000)
#define CB_PRUNE_EVERY_MAX_US (INT64_C(600) * 1000000) /* between two looks: a tenth of what is kept, at most this */
#define CB_PRUNE_EVERY_MIN_US (INT64_C(1) * 1000000)

struct cb_prune;

/* Keep what was served in the last KEEP_US. */
enum cb_code cb_prune_start(struct cb_prune **out, struct cb_pool *pool, int64_t keep_us, struct cb_err *err) CB_MUSTCHECK;
void cb_prune_stop(struct cb_prune *p); /* accepts NULL */

#endif
