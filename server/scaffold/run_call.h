/*
 * run_call.h - how a run asks plugins and waits: for the language to render, for an action to be carried out. Private to server/scaffold.
 */
#ifndef CB_SCAFFOLD_RUN_CALL_H
#define CB_SCAFFOLD_RUN_CALL_H

#include "server/scaffold/run.h"

#define CB_RUN_TICK_US (INT64_C(200) * 1000)     /* how often lines are handed over while an action runs */
#define CB_RUN_MEASURE_US (INT64_C(2) * 1000000) /* and its folder is measured */
#define CB_RUN_TRY_N 5                           /* of what a plugin was not asked, and of a rendering whose process ended */

/* One expression, or a value with several. */
struct cb_run_template {
    cb_str at;                  /* "steps[0].input" */
    const struct cb_node *value;
    bool condition;
};

struct cb_run_rendered {
    const struct cb_node *value; /* NULL: absent */
    bool always, failure;        /* it called these */
};

/* N of them in one call. CONTEXT: what expressions see. CB_EINVAL with the place in the template. */
enum cb_code cb_run_render(struct cb_run_rendered *out, struct cb_run *run, struct cb_arena *a, const struct cb_run_template *templates, size_t n,
                           const struct cb_node *context, bool failed, struct cb_err *err) CB_MUSTCHECK;
/* Carry CALL out, after a while when its plugin is being started; what it logs becomes lines of the step at hand. CB_OK whatever came of it: call->end tells. Not: the sink failed. */
enum cb_code cb_run_call(struct cb_run *run, struct cb_plugin_call *call, struct cb_err *err) CB_MUSTCHECK;
/* What an expression sees. EACH NULL: outside of one. */
struct cb_node *cb_run_context(struct cb_run *run, struct cb_arena *a, const struct cb_node *each, bool secrets);

#endif
