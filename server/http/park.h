/*
 * park.h - exchanges that wait for something other than their client, without a thread: on lists of their loop.
 *
 *   REQUEST   for a generation (?wait=): asked again when it is served, or when that took too long
 *   STREAM    for news: its next slice is asked for when there are some, or when its time comes (a heartbeat)
 *   RETRY     for a moment: no worker was free, or no database
 *   OUTSIDE   for an answer from elsewhere, which wakes it itself: when it is due its client is looked for
 *   READY     woken; a batch at each turn of the loop, so that ten thousand do not hold up the others
 *
 * Cost      putting, taking and looking for the next due one: nothing that grows with their number, because all of one list
 *           wait equally long
 * Threads   the loop's own; cb_park_news any
 */
#ifndef CB_HTTP_PARK_H
#define CB_HTTP_PARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CB_PARK_BATCH 64                          /* exchanges that go on at one turn of a loop */
#define CB_PARK_RETRY_US (INT64_C(1) * 1000000)

enum cb_park { CB_PARK_NOT, CB_PARK_REQUEST, CB_PARK_STREAM, CB_PARK_RETRY, CB_PARK_READY, CB_PARK_OUTSIDE, CB_PARK_N };

struct cb_exchange;
struct cb_loop;
struct cb_server;

struct cb_parked {
    struct cb_exchange *first, *last;
};

/* DUE_US on the monotonic clock. */
void cb_park_put(struct cb_exchange *x, enum cb_park list, int64_t due_us);
/* Off its list, if it is on one. */
void cb_park_take(struct cb_exchange *x);
/* There are news: GENERATION is served, or streams have more. */
void cb_park_news(struct cb_server *srv);
/* On the loop: news came. */
void cb_park_wake(struct cb_loop *loop);
/* On the loop: everybody goes on, for callboard is stopping. */
void cb_park_end(struct cb_loop *loop);
/* On the loop, each turn: those that are due or ready. */
void cb_park_turn(struct cb_loop *loop, int64_t now_us);
/* When cb_park_turn has something to do: 0 at once, INT64_MAX never. */
int64_t cb_park_due(const struct cb_loop *loop);

#endif
