/*
 * run.h - the steps of one run, from the first to the last: rendered, checked, carried out by plugins, told.
 *
 *   for each step: if? -> each? -> input rendered and checked -> action -> output    then: the template's output
 *
 * Failure   the first one ends what normally runs; later steps run only when their `if` is a text that calls always() or failure().
 *           A cancelled run begins no step any more
 * Sink      whoever keeps the run: what happens is handed over in order, on the run's own thread, and is kept before anything more happens.
 *           Not CB_OK: the run is another's or cannot be kept, and ends here without a word
 * Told      no secret is in anything a sink gets, but in `sealed`, which is never to be shown
 * Limits    CB_RUN_LINE_MAX bytes of a log line, CB_RUN_LINE_N_MAX lines a run, CB_RUN_EACH_MAX rounds of a step, CB_RUN_OUTPUT_MAX bytes of
 *           all outputs
 * Threads   cb_run_steps: one, which waits; cb_run_stop: any
 */
#ifndef CB_SCAFFOLD_RUN_H
#define CB_SCAFFOLD_RUN_H

#include <pthread.h>

#include "server/scaffold/action.h"
#include "server/scaffold/mask.h"

#define CB_RUN_LINE_MAX 8192
#define CB_RUN_LINE_FULL (CB_RUN_LINE_MAX - 200) /* one so long may be a piece of something: the next one goes on */
#define CB_RUN_LINE_N_MAX 20000
#define CB_RUN_QUEUE_MAX (1024 * 1024) /* bytes of lines that wait to be kept */
#define CB_RUN_EACH_MAX 1000
#define CB_RUN_OUTPUT_MAX (16 * 1024 * 1024)

/* Why a run is to end before its last step. A later one of these wins. */
enum cb_run_stop {
    CB_RUN_GOES_ON,
    CB_RUN_PAUSED,    /* callboard is stopping: begin no step any more */
    CB_RUN_TIMED_OUT,
    CB_RUN_TOO_LARGE, /* its folder is over the quota */
    CB_RUN_CANCELLED,
    CB_RUN_LET_GO,    /* callboard is stopping, and waits no longer */
    CB_RUN_LOST       /* another process has it */
};

/* What would be left behind if the run failed later. */
struct cb_run_left {
    bool can_undo;
    cb_str input, output; /* JSON, without what had a secret in it */
};

/* What a step did, for the sink. */
struct cb_run_mark {
    size_t place;        /* of the step, from 0 */
    cb_str step, action; /* ids */
    const char *state;   /* "processing": it begins; "completed", "skipped", "failed", "cancelled" */
    cb_str output;       /* JSON, masked; empty: none */
    cb_str sealed;       /* the same with its secrets; empty when there are none in it */
    const struct cb_run_left *lefts; /* what it made outside its folder */
    size_t left_n;
};

struct cb_run_sink {
    void *ctx;
    /* EVENTS: a JSON array [{"type","body","at"}], may be empty; MARK NULL: events alone. */
    enum cb_code (*keep)(void *ctx, cb_str events, const struct cb_run_mark *mark, struct cb_err *err);
};

struct cb_run_line {
    struct cb_run_line *next;
    int64_t at_us;
    char level[8];
    size_t n;
    char text[];
};

struct cb_run {
    /* set by whoever runs it */
    struct cb_plugins *plugins;
    const struct cb_config *config;
    struct cb_run_sink sink;
    struct cb_arena *arena;       /* lives as long as the run */
    const struct cb_node *spec, *secrets; /* of the task; secrets NULL: none */
    cb_str id, ref;               /* of the task, of its template */
    cb_str entity;                /* of the template, JSON: what actions see as the entity; may be empty */
    const char *workspace;
    bool dry;
    bool unlent;                  /* nothing of the operator's is lent to it: no credential of integrations:, no secret of the environment */
    int64_t until_us;             /* monotonic; 0: no deadline */
    const struct cb_node *outputs; /* of steps that ended before, {"id": {…}}; NULL: none */
    bool *done;                   /* by place: steps that ended before; NULL: none */

    /* its own */
    struct cb_mask mask;
    struct cb_node *steps;        /* {"id": {"output": {…}}} */
    struct cb_buf events, carry;  /* carry: what a full line ended in that may be the beginning of a secret; the next line begins with it */
    size_t event_n, line_n, output_bytes;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    enum cb_run_stop stop;        /* (lock) */
    struct cb_plugin_call *call;  /* (lock) in flight */
    struct cb_run_line *first, **last; /* (lock) lines that came */
    size_t queued_bytes, dropped_n; /* (lock) */
    cb_str at_step;               /* id of the step at hand */
    int64_t measured_us;
    char too_large[CB_ERR_TEXT_MAX];
};

enum cb_run_end { CB_RUN_COMPLETED, CB_RUN_FAILED, CB_RUN_WAS_CANCELLED, CB_RUN_UNFINISHED };

struct cb_run_result {
    enum cb_run_end end;         /* UNFINISHED: paused, let go, lost, or its sink failed */
    bool in_step;                /* of a cancelled one: a step was, and that was told */
    const struct cb_node *output; /* of a completed one, masked */
    const char *error_name;      /* of a failed one: "InputError", ... */
    enum cb_code code;           /* likewise: what an API answers for it */
    char error[CB_ERR_TEXT_MAX];
};

/* Ready to be stopped from elsewhere. What is its own is set, the rest is left as it is. */
void cb_run_init(struct cb_run *run);
void cb_run_fini(struct cb_run *run);
void cb_run_stop(struct cb_run *run, enum cb_run_stop why);
enum cb_run_stop cb_run_stopped(struct cb_run *run);
void cb_run_steps(struct cb_run_result *out, struct cb_run *run);
/* Into the events that the sink gets next. LEVEL and STATUS may be NULL, STEP empty. */
void cb_run_say(struct cb_run *run, const char *type, cb_str step, const char *status, const char *level, const char *fmt, ...) CB_PRINTF(6, 7);
/* A whole body, already masked. */
void cb_run_say_json(struct cb_run *run, const char *type, cb_str body);
/* Hand over what was said. */
enum cb_code cb_run_flush(struct cb_run *run, const struct cb_run_mark *mark, struct cb_err *err) CB_MUSTCHECK;

#endif
