/*
 * schedule.h - which source is due: interval with jitter, a nudge, a changed ref on this machine, back-off after failure.
 *
 * One thread decides (and watches refs and files by inotify); a bounded set of threads reads (CB_SCHEDULE_READERS).
 * Sources that Locations lead to come and go with the rows of the database (lead.h), whichever process wrote them.
 * A source is read by one process at a time: its lease.
 */
#ifndef CB_SYNC_SCHEDULE_H
#define CB_SYNC_SCHEDULE_H

#include "catalog/persist/pass_store.h"
#include "catalog/persist/source_store.h"
#include "catalog/sync/source.h"

#define CB_SCHEDULE_READERS 2
#define CB_SCHEDULE_BACKOFF_MAX_US (INT64_C(900) * 1000000)

struct cb_schedule;

struct cb_schedule_hooks {
    void *ctx;
    /* After each pass; RESULT NULL when it failed, ERR says why. On a reader's thread. */
    void (*passed)(void *ctx, int64_t source_id, const struct cb_pass_result *result, int64_t took_us, const struct cb_err *err);
};

enum cb_code cb_schedule_start(struct cb_schedule **out, const struct cb_sync_conf *conf, struct cb_pool *pool,
                               const struct cb_schedule_hooks *hooks, struct cb_err *err) CB_MUSTCHECK;
/* Look at the rows again: a nudge came (any process). Any thread. */
void cb_schedule_wake(struct cb_schedule *s);
/* This source now. Any thread; false when it is not ours. */
bool cb_schedule_nudge(struct cb_schedule *s, int64_t source_id);
/*
 * The source of this KEY now, for strangers: those readings begin GAP_US after one another, and whoever asks in between has asked for the
 * next. Any thread; false when it is not ours.
 */
bool cb_schedule_ask(struct cb_schedule *s, cb_str key, int64_t gap_us);
/* Is this source one of ours? Any thread. */
bool cb_schedule_has(struct cb_schedule *s, int64_t source_id);
/* Swap the configuration (reload): sources come and go. */
enum cb_code cb_schedule_configure(struct cb_schedule *s, const struct cb_sync_conf *conf, struct cb_err *err) CB_MUSTCHECK;
/* The configuration it runs with now; lives as long as the schedule. Any thread. */
const struct cb_sync_conf *cb_schedule_conf(struct cb_schedule *s);
/* Has every configured source been tried once since the start? */
bool cb_schedule_settled(struct cb_schedule *s);
/* Cancels transfers, waits for readers. */
void cb_schedule_stop(struct cb_schedule *s);

struct cb_schedule_stats {
    int64_t pass_n, fail_n, changed_n; /* since the start */
    int64_t queue_n, reading_n;
    int64_t last_pass_us;
};
void cb_schedule_stats(struct cb_schedule *s, struct cb_schedule_stats *out);

#endif
