/*
 * follow.h - apply generations in order to the served catalog; begin from the database.
 *
 * One thread: loads all entities, publishes the first snapshot, then waits for notices (and polls each
 * CB_FOLLOW_POLL_US), applies each generation as a new small segment, merges small segments in the background,
 * and wakes those who wait for a generation.
 * Errors    a lost database is a log line and a try with back-off; the last snapshot goes on being served
 */
#ifndef CB_RELATE_FOLLOW_H
#define CB_RELATE_FOLLOW_H

#include "catalog/persist/conn.h"
#include "catalog/relate/snapshot.h"

#define CB_FOLLOW_POLL_US (INT64_C(1) * 1000000)

struct cb_follow;

struct cb_follow_hooks {
    void *ctx;
    void (*published)(
        void *ctx, int64_t generation); /* on the follower's thread, after each swap; may be NULL */
    void (*nudged)(void *ctx);          /* a source was nudged somewhere (notify.h); may be NULL */
    void (*access_changed)(void *ctx);  /* tokens changed somewhere; may be NULL */
    void (*task)(void *ctx, cb_str notice); /* what is told of tasks (notify.h); may be NULL */
};

enum cb_code cb_follow_start(struct cb_follow **out, struct cb_catalog *c, struct cb_pool *pool,
                             const char *url, const struct cb_follow_hooks *hooks,
                             struct cb_err *err) CB_MUSTCHECK;
/* Look now: called after a pass of this process, so that nobody waits for the notice. Any thread. */
void cb_follow_wake(struct cb_follow *f);
/* Wait until GENERATION is served: worker threads and tests only, never a loop. CB_ETIMEOUT. */
enum cb_code cb_follow_wait(struct cb_follow *f, int64_t generation, int64_t wait_us,
                            struct cb_err *err) CB_MUSTCHECK;
/* Why the catalog may be behind, or the empty text. */
void cb_follow_trouble(struct cb_follow *f, char *text, size_t n);
void cb_follow_stop(struct cb_follow *f);

#endif
