/*
 * runner.h - the threads that run tasks, and what the rest of the process asks of them.
 *
 *   POST tasks -> row, notice -> some process claims it (lease, fence) -> steps -> end: completed, failed, cancelled
 *
 * Threads   scaffolder.concurrent_tasks of them, each with one task at a time from its claim to its end; they wait for plugins and for
 *           PostgreSQL, so that no loop and no worker has to. One keeper: renews the leases, looks for cancelled and lost tasks, sweeps
 *           folders whose run is over, deletes old runs. Dry runs have CB_RUNNER_DRY_N threads of their own
 * Recovery  a task whose owner fell silent goes on where it was when no step was under way and its folder is here; else it begins anew if
 *           its template's strategy is startOver (behind the steps that are done, when its folder is here), or fails with a reason
 * Notices   cb_runner_hear gets what processes tell each other about tasks (notify.h): a run is due, is to be cancelled, has events
 * Bells     whoever shows events waits without a thread: a task's bell has another number when there may be more of them
 * Lost      a task whose lease went to another process is let go at once: nothing of it is written any more
 * Stop      no step begins; those that run may end until the deadline, then they are cancelled; tasks are handed back for whoever is next
 */
#ifndef CB_SCAFFOLD_RUNNER_H
#define CB_SCAFFOLD_RUNNER_H

#include "catalog/persist/conn.h"
#include "server/plugin/supervise.h"
#include "server/scaffold/dry.h"
#include "server/scaffold/secret.h"

#define CB_RUNNER_DRY_N 2           /* dry runs at one time */
#define CB_RUNNER_DRY_QUEUE_MAX 20  /* that wait */
#define CB_RUNNER_ATTEMPT_MAX 25    /* times that one task is taken up; it may be what ends callboard */
#define CB_RUNNER_BELL_N 1024

struct cb_runner;

struct cb_runner_env {
    const struct cb_config *config; /* borrowed until stop */
    struct cb_pool *pool;
    struct cb_plugins *plugins;     /* NULL: every step fails for want of its action */
    void (*news)(void *ctx);        /* a bell was rung that somebody listens to; any thread; may be NULL */
    void *ctx;
};

/* CB_EINVAL: a key that is none. CB_EUNAVAILABLE: no thread, or the folder for workspaces cannot be made. */
enum cb_code cb_runner_start(struct cb_runner **out, const struct cb_runner_env *env, struct cb_err *err) CB_MUSTCHECK;
/* Before the plugins are closed. Accepts NULL. */
void cb_runner_stop(struct cb_runner *r, int64_t deadline_us);
void cb_runner_free(struct cb_runner *r); /* behind stop, when no request looks at it any more; accepts NULL */
const struct cb_secret_ring *cb_runner_ring(const struct cb_runner *r);
/* "open", "cancel <id>", "event <id>"; empty: any of these may have been missed. Any thread, without waiting. */
void cb_runner_hear(struct cb_runner *r, cb_str notice);

/* Somebody looks at ID's events: its bell, until unlisten. */
unsigned cb_runner_listen(struct cb_runner *r, cb_str id);
void cb_runner_unlisten(struct cb_runner *r, unsigned bell);
uint64_t cb_runner_bell(struct cb_runner *r, unsigned bell);

/* Q is DRY's until its done() is called, on a thread of the runner. CB_EUNAVAILABLE: too many wait, or it is stopping. */
enum cb_code cb_runner_dry(struct cb_runner *r, struct cb_dry *q, struct cb_err *err) CB_MUSTCHECK;

struct cb_runner_stats {
    int64_t running_n, completed_n, failed_n, cancelled_n, recovered_n, lost_n; /* of this process, since its start */
};
void cb_runner_stats(struct cb_runner *r, struct cb_runner_stats *out);

#endif
