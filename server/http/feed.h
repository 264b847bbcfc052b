/*
 * feed.h - each new generation as the events that watchers are sent: made once for all who watch for the same.
 *
 *   follower --published--> feed's thread: reads what changed, writes an event a channel --news--> loops: watchers take it
 *
 * Channel   a wish (search/change.h) and the events of the last generations in which it saw something; counted, shared by all
 *           watchers with that wish
 * Place     a watcher stands behind a generation. What a channel does not hold (any more) the watcher reads from the database by
 *           itself, on a worker, and comes back: by its place alone, so that nothing is missed and nothing is told twice
 * Limits    an event over CB_FEED_EVENT_MAX is not held; a channel holds CB_FEED_HELD_MAX bytes, all channels CB_FEED_BYTES_MAX
 * Nobody    without channels the thread sleeps
 * Threads   any, but for the writer (cb_feed_event_*), which is its owner's
 */
#ifndef CB_HTTP_FEED_H
#define CB_HTTP_FEED_H

#include <stdatomic.h>

#include "catalog/relate/snapshot.h"
#include "catalog/search/change.h"

#define CB_FEED_EVENT_MAX ((size_t)1024 * 1024)
#define CB_FEED_HELD_MAX ((size_t)2 * 1024 * 1024)
#define CB_FEED_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define CB_FEED_CHANNEL_MAX 1000 /* different wishes at one time */

struct cb_feed;
struct cb_channel;

/* An event, ready to be sent. */
struct cb_feed_event {
    atomic_size_t refs;
    int64_t generation;
    size_t n;
    char bytes[];
};

void cb_feed_event_unref(struct cb_feed_event *e); /* accepts NULL */

/* NEWS is called on the feed's thread when channels have more. POOL may be NULL: then there is never anything. */
enum cb_code cb_feed_start(struct cb_feed **out, struct cb_pool *pool, void (*news)(void *ctx), void *ctx, struct cb_err *err) CB_MUSTCHECK;
/* Accepts NULL. Channels that are still held stay good to be left, until cb_feed_free. */
void cb_feed_stop(struct cb_feed *f);
void cb_feed_free(struct cb_feed *f);
/* GENERATION is served: nothing is told before. */
void cb_feed_published(struct cb_feed *f, int64_t generation);

/*
 * A watcher of W, which is copied; it leaves once. S: the snapshot that is served. CB_EUNAVAILABLE: MOST watch already, or
 * CB_FEED_CHANNEL_MAX channels are in use.
 */
enum cb_code cb_feed_join(struct cb_channel **out, struct cb_feed *f, const struct cb_change_wish *w, const struct cb_snapshot *s,
                          int64_t most, struct cb_err *err) CB_MUSTCHECK;
void cb_feed_leave(struct cb_channel *c);
int64_t cb_feed_watcher_n(struct cb_feed *f);
struct cb_feed *cb_feed_of(const struct cb_channel *c);
const struct cb_change_wish *cb_feed_wish(const struct cb_channel *c);

enum cb_feed_next {
    CB_FEED_NOTHING, /* *PLACE moved to the last generation that is known to have nothing for the channel */
    CB_FEED_EVENT,   /* *OUT, counted; *PLACE is its generation */
    CB_FEED_BEHIND,  /* the database has to be asked */
    CB_FEED_RESET,   /* another database: EPOCH and *PLACE are its own now, and where it stands */
};

/* What comes behind *PLACE. EPOCH and *ROUND as given the last time (or by cb_feed_now). Never waits for the database. */
enum cb_feed_next cb_feed_take(struct cb_feed_event **out, struct cb_channel *c, char epoch[37], uint64_t *round, int64_t *place);
/* Where the feed stands. */
void cb_feed_now(struct cb_feed *f, char epoch[37], uint64_t *round, int64_t *generation);

/* ---- writing events: rows of a generation in order */

struct cb_feed_writer {
    const struct cb_change_wish *wish;
    struct cb_buf *out;
    bool open;          /* an event is */
    int64_t generation; /* its own, or that of the parts before */
    size_t n;           /* changes in it */
    unsigned part;      /* of a generation in several events: how many there were */
};

/* ROW belongs to the generation at hand: begin an event when it is the first that the wish sees. */
void cb_feed_event_row(struct cb_feed_writer *w, const struct cb_change_row *row, struct cb_arena *scratch);
/* The generation ends here: with the id that a watcher comes back with; MORE: it goes on in another event, without an id. */
void cb_feed_event_end(struct cb_feed_writer *w, const char *epoch, bool more);

#endif
