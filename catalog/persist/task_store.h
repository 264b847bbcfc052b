/*
 * task_store.h - runs of software templates: tasks, their steps, events, and what they left behind.
 *
 *   put -> open -> claim -> processing -> end: completed, failed, cancelled
 *                    ^------- its owner is silent, or hands it back
 *
 * Owner     one process at a time, for the length of a lease that it renews (cb_task_renew). Each claim has a fence of its own; a write
 *           of who runs it begins with cb_task_hold, which takes the row's lock and refuses another fence with CB_ECONFLICT
 * Writes    those that are "under the lock" belong between cb_task_begin (or cb_task_begin_any) and cb_task_commit: all or nothing, and
 *           told to every process then ("task open", "task cancel <id>", "task event <id>": notify.h)
 * Ids       36 characters, lower case; a text that is no UUID is CB_ENOTFOUND
 * Lifetime  texts live in the arena
 */
#ifndef CB_PERSIST_TASK_STORE_H
#define CB_PERSIST_TASK_STORE_H

#include "catalog/persist/conn.h"

#define CB_TASK_EVENT_PAGE 1000 /* events of one reading */

struct cb_task_row {
    cb_str id, template_ref, created_by;
    cb_str state; /* "open", "processing", "completed", "failed", "cancelled" */
    cb_str spec;  /* JSON */
    bool start_over; /* its template's strategy of recovery; else none */
    bool cancelling;
    int64_t attempt;
    int64_t created_us, started_us, ended_us, heartbeat_us; /* 0: not yet */
};

/* A new one, open. SECRETS sealed, or empty. */
enum cb_code cb_task_put(struct cb_conn *c, const struct cb_task_row *row, cb_str secrets, cb_str key_id, struct cb_err *err) CB_MUSTCHECK;
/* How many are open; counts to MOST. */
enum cb_code cb_task_waiting(int64_t *n, struct cb_conn *c, int64_t most, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_task_get(struct cb_task_row *out, struct cb_arena *a, struct cb_conn *c, cb_str id, struct cb_err *err) CB_MUSTCHECK;

/* Lists are texts with a line's end between; empty: any. */
struct cb_task_wish {
    cb_str created_by, states, templates;
    cb_str order; /* "created_at desc", "status asc", ...: created_at, status, created_by, template */
    int64_t limit, offset;
};

enum cb_code cb_task_list(struct cb_task_row **out, size_t *n, int64_t *total, struct cb_arena *a, struct cb_conn *c,
                          const struct cb_task_wish *w, struct cb_err *err) CB_MUSTCHECK;

/* ---- who runs it */

struct cb_task_claim {
    struct cb_task_row row; /* as it is now: processing */
    int64_t fence;
    cb_str secrets;    /* sealed, or empty */
    bool interrupted;  /* somebody had it before */
    bool left_files;   /* its folder had files when the last step ended */
    int64_t under_way_us; /* since it was first begun */
};

/* *FOUND false: nothing is due. KEYS: ids of the keys at hand, with commas. */
enum cb_code cb_task_claim(struct cb_task_claim *out, bool *found, struct cb_arena *a, struct cb_conn *c, cb_str owner, int64_t lease_us,
                           cb_str keys, struct cb_err *err) CB_MUSTCHECK;
/* EACH for all that are still OWNER's. */
enum cb_code cb_task_renew(struct cb_conn *c, cb_str owner, int64_t lease_us,
                           void (*each)(cb_str id, int64_t fence, bool cancelling, void *ctx), void *ctx, struct cb_err *err) CB_MUSTCHECK;
/* How many wait for a key that is not among KEYS. */
enum cb_code cb_task_locked(int64_t *n, struct cb_conn *c, cb_str keys, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_task_hand_back(struct cb_conn *c, cb_str id, int64_t fence, struct cb_err *err) CB_MUSTCHECK;
/* Is it open or processing? */
enum cb_code cb_task_alive(bool *out, struct cb_conn *c, cb_str id, struct cb_err *err) CB_MUSTCHECK;

/* ---- transactions */

/* CB_ECONFLICT: it is another's now. The transaction is rolled back then. CANCELLING may be NULL. */
enum cb_code cb_task_begin(bool *cancelling, struct cb_conn *c, cb_str id, int64_t fence, struct cb_err *err) CB_MUSTCHECK;
/* Whoever has it. CB_ENOTFOUND. Fills id, state, created_by and cancelling of OUT. */
enum cb_code cb_task_begin_any(struct cb_task_row *out, struct cb_arena *a, struct cb_conn *c, cb_str id, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_task_commit(struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;
void cb_task_rollback(struct cb_conn *c);

/* ---- under the lock */

/* EVENTS: JSON, [{"type","body","at"}]; valid UTF-8 without NUL. */
enum cb_code cb_task_event_put(struct cb_conn *c, cb_str id, cb_str events, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_task_step_begin(struct cb_conn *c, cb_str id, int64_t place, struct cb_err *err) CB_MUSTCHECK;
/* OUTPUT and SEALED may be empty. */
enum cb_code cb_task_step_end(struct cb_conn *c, cb_str id, int64_t place, cb_str state, cb_str output, cb_str sealed,
                              struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_task_step_forget(struct cb_conn *c, cb_str id, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_task_files(struct cb_conn *c, cb_str id, bool files, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_task_left_put(struct cb_conn *c, cb_str id, cb_str step, cb_str action, bool can_undo, cb_str input, cb_str output,
                              struct cb_err *err) CB_MUSTCHECK;
/* STATE "completed", "failed", "cancelled". Secrets go; of a completed one also what it would have left behind. */
enum cb_code cb_task_end(struct cb_conn *c, cb_str id, cb_str state, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_task_cancel(struct cb_conn *c, cb_str id, struct cb_err *err) CB_MUSTCHECK;
/* Open again, without steps and without the events that told its end. */
enum cb_code cb_task_retry(struct cb_conn *c, cb_str id, cb_str secrets, cb_str key_id, struct cb_err *err) CB_MUSTCHECK;

/* ---- reading */

struct cb_task_step_row {
    int64_t place; /* from 0 */
    cb_str state;  /* "processing", "completed", "skipped", "failed", "cancelled" */
    int64_t began_us, ended_us;
    cb_str output, sealed;
};

enum cb_code cb_task_steps(struct cb_task_step_row **out, size_t *n, struct cb_arena *a, struct cb_conn *c, cb_str id,
                           struct cb_err *err) CB_MUSTCHECK;

struct cb_task_event {
    int64_t id, at_us;
    cb_str type, body;
};

struct cb_task_events {
    struct cb_task_event *v;
    size_t n;
    cb_str state;
    bool start_over;
};

/* Those behind AFTER, at most CB_TASK_EVENT_PAGE. CB_ENOTFOUND: no such task. */
enum cb_code cb_task_event_read(struct cb_task_events *out, struct cb_arena *a, struct cb_conn *c, cb_str id, int64_t after,
                                struct cb_err *err) CB_MUSTCHECK;
/* The one that told its end; *FOUND false: none did. */
enum cb_code cb_task_event_end(struct cb_task_event *out, bool *found, struct cb_arena *a, struct cb_conn *c, cb_str id,
                               struct cb_err *err) CB_MUSTCHECK;

struct cb_task_left {
    int64_t id;
    cb_str step, action;
    bool can_undo;
    cb_str input, output; /* JSON */
    int64_t made_us, undone_us;
    cb_str error; /* of the last try to undo it */
};

/* The newest first: the order to undo them in. */
enum cb_code cb_task_left_all(struct cb_task_left **out, size_t *n, struct cb_arena *a, struct cb_conn *c, cb_str id,
                              struct cb_err *err) CB_MUSTCHECK;
/* ERROR empty: it is undone. */
enum cb_code cb_task_left_set(struct cb_conn *c, int64_t id, cb_str error, struct cb_err *err) CB_MUSTCHECK;
/* Those that ended longer ago than KEEP_US go, some of them; *GONE_N how many. */
enum cb_code cb_task_prune(int64_t *gone_n, struct cb_conn *c, int64_t keep_us, struct cb_err *err) CB_MUSTCHECK;

#endif
