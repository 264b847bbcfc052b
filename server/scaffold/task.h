/*
 * task.h - one claimed task from here to its end: how far it was, its steps, what is kept of them. Private to server/scaffold.
 */
#ifndef CB_SCAFFOLD_TASK_H
#define CB_SCAFFOLD_TASK_H

#include "catalog/persist/task_store.h"
#include "server/scaffold/run.h"
#include "server/scaffold/secret.h"

#define CB_TASK_KEEP_US (INT64_C(60) * 1000000) /* how long a database that is away is waited for */

struct cb_task {
    const struct cb_config *config;
    struct cb_pool *pool;
    struct cb_plugins *plugins;
    const struct cb_secret_ring *ring;
    struct cb_arena *arena;
    struct cb_task_claim claim;
    struct cb_run run;   /* cb_run_init and _fini are the caller's: it may be stopped from elsewhere */
    cb_str path;         /* of its folder */
    bool begins_anew;
    /* out */
    const char *ended;   /* "completed", "failed", "cancelled"; NULL: it did not end here */
    bool recovered;
    char why[CB_ERR_TEXT_MAX]; /* of a failed one */
};

/* Returns when it has ended, or is no longer ours. */
void cb_task_run(struct cb_task *t);

#endif
