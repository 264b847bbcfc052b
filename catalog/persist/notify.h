/*
 * notify.h - hear of other processes' generations and nudges: LISTEN on a connection of its own, and a poll in case a
 * notice is lost. The caller's thread waits here; cb_notify_wake ends the wait from another thread.
 */
#ifndef CB_PERSIST_NOTIFY_H
#define CB_PERSIST_NOTIFY_H

#include "catalog/persist/conn.h"

struct cb_notify;

enum cb_notify_what {
    CB_NOTIFY_NOTHING = 0,
    CB_NOTIFY_GENERATION = 1,
    CB_NOTIFY_NUDGE = 2,
    CB_NOTIFY_ACCESS = 4
};

enum cb_code cb_notify_open(struct cb_notify **out, const char *url,
                            struct cb_err *err) CB_MUSTCHECK;
/* Bits of what came within WAIT_US; reconnects by itself (then all bits: look at everything). */
unsigned cb_notify_wait(struct cb_notify *n, int64_t wait_us);
void cb_notify_wake(struct cb_notify *n);
/* HEAR gets what is told of tasks ("open", "cancel <id>", "event <id>"), on the thread that waits; empty: some may have been missed. */
void cb_notify_hear(struct cb_notify *n, void (*hear)(void *ctx, cb_str notice), void *ctx);
void cb_notify_close(struct cb_notify *n);

#endif
