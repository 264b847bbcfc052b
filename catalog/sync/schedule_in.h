/*
 * schedule_in.h - the schedule from inside: what schedule.c, which decides, and schedule_read.c, which reads, share.
 */
#ifndef CB_SYNC_SCHEDULE_IN_H
#define CB_SYNC_SCHEDULE_IN_H

#include <pthread.h>

#include "catalog/base/vec.h"
#include "catalog/sync/pass.h"
#include "catalog/sync/schedule.h"
#include "catalog/sync/watch.h"

#define CB_SCHEDULE_POOL_US (INT64_C(10) * 1000000) /* how long a connection is waited for */

/* One source. Everything but the fields of its reader is under the schedule's lock. */
struct cb_schedule_entry {
    struct cb_pass_source src;   /* reader's */
    struct cb_arena *arena;      /* holds src.key, and own's texts */
    struct cb_source_conf own;   /* what src.conf is, of a source that the configuration does not name */
    int64_t due_us;              /* monotonic */
    int64_t again_us;            /* when it is due again, if it was asked for while it is read */
    int64_t asked_us;            /* when the reading begins or began that cb_schedule_ask asked for last */
    int64_t row_due_us;          /* as we wrote it: another value in the row is a nudge */
    int64_t fence;               /* while we hold the lease, else 0 */
    char commit[2 * CB_TREE_ID_MAX + 1]; /* last one that is in the database */
    int failures;
    bool known;                  /* commit is to be trusted: read by us, with these settings */
    bool queued, reading, again, nudged, tried;
};

struct cb_schedule {
    struct cb_pool *pool;
    struct cb_schedule_hooks hooks;
    const struct cb_sync_conf *conf;
    char owner[64];
    pthread_mutex_t lock;
    pthread_cond_t work, idle;
    CB_VEC(struct cb_schedule_entry *) entries;
    CB_VEC(struct cb_schedule_entry *) ready; /* in order of becoming due */
    struct cb_watch *watch;
    pthread_t scheduler, readers[CB_SCHEDULE_READERS];
    int wake_fd;
    bool stopping, look_at_rows, drop_pending, pausing;
    bool replan; /* a source that is being read is to change: look at the rows when it has been */
    int reading_n;
    struct cb_schedule_stats stats;
};

/* The whole of one reading, on a reader's thread; the entry is marked as being read. */
void cb_schedule_read(struct cb_schedule *s, struct cb_schedule_entry *e, bool nudged);
/* A list of one, in A. */
const cb_str *cb_schedule_path(struct cb_arena *a, cb_str path);

#endif
