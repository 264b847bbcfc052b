/*
 * call.h - one call of a plugin: who asks, for what, and what came of it.
 *
 *   cb_plugin_call -> waits (the plugin is loading, or has its hands full) -> runs in its process -> done()
 *                \--> done() at once: no such plugin, refused, broken, too many wait
 *
 * Result    done() is called exactly once, on any thread, perhaps before cb_plugin_call has returned; afterwards the call is its
 *           asker's again, whatever the process still does with it
 * Deadline  counted from cb_plugin_call. The plugin is told a little less, so that it can say itself what came in its way. Behind it the
 *           asker hears of it at once; the process is told to cancel, and is killed when it has not
 *           come back within CB_PLUGIN_GRACE_US more
 * Rows      are named, not numbered: a reload in between may have moved them
 * Limits    CB_PLUGIN_QUEUE_MAX calls of one plugin wait or run
 * Threads   cb_plugin_call, cb_plugin_cancel: any, without waiting: fit for a loop
 */
#ifndef CB_PLUGIN_CALL_H
#define CB_PLUGIN_CALL_H

#include <stdatomic.h>

#include "catalog/base/err.h"

#define CB_PLUGIN_QUEUE_MAX 256
#define CB_PLUGIN_GRACE_US (INT64_C(1) * 1000000)

struct cb_plugins;

enum cb_plugin_what { CB_PLUGIN_PANEL, CB_PLUGIN_PANEL_ACTION, CB_PLUGIN_ACTION, CB_PLUGIN_UNDO, CB_PLUGIN_SOURCE, CB_PLUGIN_ROUTE, CB_PLUGIN_WHAT_N };

/* How a call ended; the names are what APIs and metrics say (cb_plugin_end_name). */
enum cb_plugin_end {
    CB_PLUGIN_OK,
    CB_PLUGIN_ABSENT,      /* nothing to show; no error */
    /* the plugin said so */
    CB_PLUGIN_FAILED,
    CB_PLUGIN_INVALID,
    CB_PLUGIN_NOT_FOUND,
    CB_PLUGIN_DENIED,
    CB_PLUGIN_CONFLICT,
    CB_PLUGIN_LIMIT,
    CB_PLUGIN_TIMEOUT,     /* or its deadline passed */
    CB_PLUGIN_UPSTREAM,
    CB_PLUGIN_CANCELLED,   /* or nobody waits any more */
    CB_PLUGIN_UNSUPPORTED,
    /* its process */
    CB_PLUGIN_CRASHED,
    CB_PLUGIN_HUNG,
    CB_PLUGIN_GARBAGE,
    CB_PLUGIN_SHAPE,       /* the answer is none that can be shown */
    /* it was not asked */
    CB_PLUGIN_BUSY,
    CB_PLUGIN_LOADING,     /* not ready in time */
    CB_PLUGIN_FAILING,
    CB_PLUGIN_BROKEN,
    CB_PLUGIN_REFUSED,
    CB_PLUGIN_DISABLED,
    CB_PLUGIN_UNKNOWN,     /* no such plugin, or it has no such row any more */
    CB_PLUGIN_STOPPING,
    CB_PLUGIN_END_N
};

struct cb_plugin_call {
    /* set by the asker, borrowed until done() */
    enum cb_plugin_what what;
    cb_str plugin;
    cb_str name;         /* of the panel, panel action, action, source; of a route its path */
    cb_str owner;        /* of a panel action: its panel; of a route: its method */
    cb_str ref, user;    /* what it is about, who asks; empty: nothing, callboard itself */
    cb_str input, entity; /* JSON; may be empty */
    cb_str workspace;    /* of an action or undo: its task's folder, below cb_plugins_env.workspaces; NUL-terminated */
    cb_str task;         /* likewise, JSON: {"id","step","dryRun","baseUrl"}; what host->task gives */
    int64_t deadline_us; /* from now; 0: what its row or the configuration says */
    void (*done)(struct cb_plugin_call *call);
    /* May be NULL; on the supervisor's thread, once: it has not ended within LATE_US. It goes on. */
    void (*late)(struct cb_plugin_call *call);
    int64_t late_us;
    /* May be NULL; on the supervisor's thread. What a source emits: KIND "entity" or "location"; false: no more, with a sentence. */
    bool (*emit)(struct cb_plugin_call *call, cb_str kind, cb_str text, struct cb_err *err);
    /* Likewise: a line it logs; without one it goes to callboard's log. LEVEL "debug", "info", "warn", "error". */
    void (*line)(struct cb_plugin_call *call, cb_str level, cb_str text);

    /* set before done() */
    enum cb_plugin_end end;
    struct cb_err err;   /* its sentence, unless CB_PLUGIN_OK or CB_PLUGIN_ABSENT */
    char *answer;        /* JSON, NUL-terminated, free() it; NULL unless CB_PLUGIN_OK */
    size_t answer_n;
    int64_t age_s;       /* of the oldest upstream answer it used because the upstream was down */
    int64_t since_us, next_us; /* CB_PLUGIN_FAILING, _BROKEN: since when, and when it is tried again; 0: nobody knows */
    int64_t took_us;     /* from cb_plugin_call to done() */

    /* the supervisor's */
    struct cb_plugin_call *next;
    int64_t begun_us, due_us;
    bool counted;
    atomic_bool cancelled;
};

void cb_plugin_call(struct cb_plugins *p, struct cb_plugin_call *call);
/* Nobody waits for it: done() comes soon, with CB_PLUGIN_CANCELLED unless it had ended already; the plugin sees host->cancelled. Perhaps before
 * cb_plugin_call. CALL must still be there: whoever cancels sees to it that nobody frees it meanwhile. */
void cb_plugin_cancel(struct cb_plugins *p, struct cb_plugin_call *call);
/* "ok", "absent", "failed", "timeout", "crashed", ... */
const char *cb_plugin_end_name(enum cb_plugin_end end);
const char *cb_plugin_what_name(enum cb_plugin_what what); /* "panel", "panel_action", ... */
/* The code that has the HTTP status which a client that wants data should see: CB_EUPSTREAM, CB_ETIMEOUT, CB_EUNAVAILABLE, ... */
enum cb_code cb_plugin_end_code(enum cb_plugin_end end);

#endif
