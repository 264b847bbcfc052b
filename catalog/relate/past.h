/*
 * past.h - snapshots of moments gone by, shared by all who ask for the same moment, bounded together.
 *
 * View      one generation, counted: loaded from the database by the builder that makes the live snapshot, in a catalog of
 *           its own, so that nothing of it touches the live one. Kept for the next who asks, least recently used first out
 * Memory    all views together stay within bytes_max, also those that are held while newer ones pushed them out. The one
 *           being built counts as it grows; its builder needs about as much again for as long as it runs
 * Loading   one at a time in the process, in the thread that asks (a worker). Whoever finds one under way waits without a
 *           thread (cb_past_await) and asks again
 * Idle      a view that nobody asked for in idle_us is let go
 * Lifetime  the pool's; every view is given back before cb_past_free
 * Threads   any; load on one that may block
 */
#ifndef CB_RELATE_PAST_H
#define CB_RELATE_PAST_H

#include "catalog/persist/conn.h"
#include "catalog/relate/snapshot.h"

#define CB_PAST_FAILED_US (INT64_C(1) * 1000000) /* a failed load is not tried again before */

struct cb_past;
struct cb_past_view;

/* Part of a bigger struct of the waiter's; lives until wake() is called. */
struct cb_past_wait {
    void (*wake)(struct cb_past_wait *w); /* on the thread that loaded */
    struct cb_past_wait *next;
};

struct cb_past_stats {
    int64_t view_n, bytes, bytes_max;
    int64_t load_n, fail_n, evict_n, hit_n; /* since the start */
};

enum cb_code cb_past_new(struct cb_past **out, struct cb_pool *pool, int64_t bytes_max,
                         int64_t idle_us, struct cb_err *err) CB_MUSTCHECK;
void cb_past_free(struct cb_past *p); /* accepts NULL */
/* The view when it is in memory, counted; else NULL. Never waits. */
struct cb_past_view *cb_past_find(struct cb_past *p, const char *epoch, int64_t generation);
/*
 * The view, counted; loaded when it must be, until DEADLINE_US (monotonic; 0: none).
 * *OUT NULL with CB_OK: a load is under way; wait for its end and ask again.
 * CB_ENOTFOUND: no such generation is kept. CB_ELIMIT: it alone is over bytes_max. CB_EUNAVAILABLE: the views that are being
 * read leave no room for it. CB_ETIMEOUT.
 */
enum cb_code cb_past_load(struct cb_past_view **out, struct cb_past *p, const char *epoch,
                          int64_t generation, int64_t deadline_us, struct cb_err *err) CB_MUSTCHECK;
/* Have W woken, once, when the load under way ends. False when none is: ask again now. */
bool cb_past_await(struct cb_past *p, struct cb_past_wait *w);
/* As long as the view is held. */
struct cb_snapshot *cb_past_snapshot(const struct cb_past_view *v);
void cb_past_unref(struct cb_past_view *v); /* accepts NULL */
void cb_past_stats(struct cb_past *p, struct cb_past_stats *out);

#endif
