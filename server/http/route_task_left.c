/* /api/tasks/{id}: what Backstage's API does not tell of a run: its steps with their times, and what it left behind, to be undone. */
#include <stdlib.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/persist/task_store.h"
#include "catalog/persist/token_store.h"
#include "server/http/router.h"
#include "server/http/task_right.h"
#include "server/scaffold/action.h"

/* ---- GET /api/tasks/{id} */

static void put_step(struct cb_buf *out, const struct cb_node *step, const struct cb_task_step_row *row)
{
    cb_buf_put_cstr(out, "{\"id\":");
    cb_buf_put_json(out, cb_node_text(step, "id"));
    cb_put_member(out, "name", cb_node_text(step, "name"));
    cb_put_member(out, "action", cb_node_text(step, "action"));
    cb_put_member(out, "status", row ? row->state : CB_LIT("open"));
    cb_put_member_time(out, "startedAt", row ? row->began_us : 0);
    cb_put_member_time(out, "endedAt", row ? row->ended_us : 0);
    if (row && row->ended_us)
        cb_put_member_int(out, "milliseconds", (row->ended_us - row->began_us) / CB_MS_US);
    if (row && row->output.n) {
        cb_buf_put_cstr(out, ",\"output\":");
        cb_buf_put_str(out, row->output);
    }
    cb_buf_put_char(out, '}');
}

static void put_left(struct cb_buf *out, const struct cb_task_left *l)
{
    cb_buf_printf(out, "{\"id\":\"%lld\"", (long long)l->id);
    cb_put_member(out, "step", l->step);
    cb_put_member(out, "action", l->action);
    cb_put_member_bool(out, "canUndo", l->can_undo);
    cb_buf_put_cstr(out, ",\"output\":");
    cb_buf_put_str(out, l->output);
    cb_put_member_time(out, "madeAt", l->made_us);
    cb_put_member_time(out, "undoneAt", l->undone_us);
    if (l->error.n)
        cb_put_member(out, "error", l->error);
    cb_buf_put_char(out, '}');
}

static void put_lefts(struct cb_buf *out, const struct cb_task_left *lefts, size_t n)
{
    cb_buf_put_cstr(out, "\"leftBehind\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            cb_buf_put_char(out, ',');
        put_left(out, &lefts[i]);
    }
    cb_buf_put_char(out, ']');
}

struct detail {
    struct cb_task_row row;
    struct cb_task_step_row *steps;
    struct cb_task_left *lefts;
    size_t step_n, left_n;
};

static enum cb_code read_detail(struct detail *d, struct cb_request *rq, struct cb_err *err)
{
    struct cb_conn *conn = NULL;
    enum cb_code rc;

    if ((rc = cb_request_conn(&conn, rq, err)) != CB_OK)
        return rc;
    if ((rc = cb_task_get(&d->row, rq->arena, conn, rq->args[0], err)) == CB_OK &&
        (rc = cb_task_steps(&d->steps, &d->step_n, rq->arena, conn, d->row.id, err)) == CB_OK)
        rc = cb_task_left_all(&d->lefts, &d->left_n, rq->arena, conn, d->row.id, err);
    cb_pool_give(rq->env->pool, conn);
    return rc;
}

static const struct cb_task_step_row *row_at(const struct detail *d, int64_t place)
{
    for (size_t i = 0; i < d->step_n; i++)
        if (d->steps[i].place == place)
            return &d->steps[i];
    return NULL;
}

static enum cb_code get_detail(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct cb_buf *out = &rp->body;
    struct detail d = {0};
    struct cb_node *spec;
    int64_t place = 0;
    enum cb_code rc;

    if ((rc = read_detail(&d, rq, err)) != CB_OK || (rc = cb_node_parse(&spec, rq->arena, d.row.spec, err)) != CB_OK)
        return rc;
    cb_buf_put_cstr(out, "{\"id\":");
    cb_buf_put_json(out, d.row.id);
    cb_put_member(out, "templateRef", d.row.template_ref);
    cb_put_member(out, "createdBy", d.row.created_by);
    cb_put_member(out, "status", d.row.state);
    cb_put_member_bool(out, "cancelling", d.row.cancelling);
    cb_put_member_int(out, "attempts", d.row.attempt);
    cb_put_member_time(out, "createdAt", d.row.created_us);
    cb_put_member_time(out, "startedAt", d.row.started_us);
    cb_put_member_time(out, "endedAt", d.row.ended_us);
    cb_buf_put_cstr(out, ",\"steps\":[");
    for (const struct cb_node *s = cb_node_get(spec, "steps") ? cb_node_get(spec, "steps")->first : NULL; s; s = s->next, place++) {
        if (place)
            cb_buf_put_char(out, ',');
        put_step(out, s, row_at(&d, place));
    }
    cb_buf_put_cstr(out, "],");
    put_lefts(out, d.lefts, d.left_n);
    cb_buf_put_char(out, '}');
    rp->no_store = true;
    return CB_OK;
}

/* ---- POST /api/tasks/{id}/undo: what the run left behind, the newest first, as far as its actions can */

struct undoing {
    struct cb_plugin_call call;
    struct cb_plugins *plugins;
    struct cb_outside *outside;
    struct cb_actions actions;
    struct detail d;
    size_t at;          /* of d.lefts */
    bool read, called;
};

static void forget(void *arg)
{
    struct undoing *q = arg;

    free(q->call.answer);
    cb_actions_fini(&q->actions);
}

static void undone(struct cb_plugin_call *call)
{
    struct undoing *q = (struct undoing *)(void *)call;

    q->outside->wake(q->outside);
}

static void begin(void *ctx, struct cb_outside *o)
{
    struct undoing *q = ctx;

    q->outside = o;
    cb_plugin_call(q->plugins, &q->call);
}

static enum cb_code note(struct undoing *q, struct cb_request *rq, struct cb_task_left *l, cb_str error, struct cb_err *err)
{
    struct cb_conn *conn = NULL;
    enum cb_code rc = cb_request_conn(&conn, rq, err);

    if (rc == CB_OK)
        rc = cb_task_left_set(conn, l->id, error, err);
    if (rc == CB_OK)
        rc = cb_audit_put(conn, cb_str_cstr(rq->caller.user), CB_LIT("task.undo"), l->action,
                          cb_arena_printf(rq->arena, "{\"task\":\"%" CB_FMT "\",\"step\":\"%lld\",\"result\":\"%s\"}", CB_ARG(q->d.row.id), (long long)l->id,
                                          error.n ? "failed" : "ok"),
                          err);
    cb_pool_give(rq->env->pool, conn);
    l->error = error;
    if (!error.n)
        l->undone_us = cb_clock_now_us();
    cb_log(error.n ? CB_LOG_WARN : CB_LOG_INFO, "task.undo", "task=%" CB_FMT " action=%" CB_FMT " user=%s%s", CB_ARG(q->d.row.id), CB_ARG(l->action),
           rq->caller.user, error.n ? " result=failed" : "");
    return rc;
}

/* The call for the next one that can be undone; false: there is none. */
static bool next_call(struct undoing *q, struct cb_request *rq)
{
    for (; q->at < q->d.left_n; q->at++) {
        struct cb_task_left *l = &q->d.lefts[q->at];
        const struct cb_action *action;

        if (!l->can_undo || l->undone_us)
            continue;
        if (!(action = cb_actions_find(&q->actions, l->action)) || !action->row->undo) {
            l->error = CB_LIT("no plugin can undo this now");
            continue;
        }
        free(q->call.answer);
        q->call = (struct cb_plugin_call){
            .what = CB_PLUGIN_UNDO,
            .plugin = action->plugin,
            .name = action->row->name,
            .ref = q->d.row.template_ref,
            .user = cb_str_cstr(rq->caller.user),
            .input = cb_arena_printf(rq->arena, "{\"input\":%" CB_FMT ",\"output\":%" CB_FMT "}", CB_ARG(l->input), CB_ARG(l->output)),
            .task = cb_arena_printf(rq->arena, "{\"id\":\"%" CB_FMT "\",\"step\":\"\",\"dryRun\":false}", CB_ARG(q->d.row.id)),
            .done = undone,
        };
        return true;
    }
    return false;
}

static enum cb_code start(struct undoing *q, struct cb_request *rq, struct cb_err *err)
{
    enum cb_code rc;

    if (!rq->env->plugins)
        return cb_fail(err, CB_EUNAVAILABLE, "this callboard runs no plugins");
    if ((rc = read_detail(&q->d, rq, err)) != CB_OK || (rc = cb_task_right(rq, q->d.row.created_by, err)) != CB_OK)
        return rc;
    if (cb_str_eq(q->d.row.state, CB_LIT("open")) || cb_str_eq(q->d.row.state, CB_LIT("processing")))
        return cb_fail(err, CB_ECONFLICT, "the run has not ended: what it made is not left behind yet");
    q->plugins = rq->env->plugins;
    cb_actions_load(&q->actions, rq->arena, q->plugins);
    q->read = true;
    return CB_OK;
}

static enum cb_code post_undo(struct cb_request *rq, struct cb_reply *rp, struct cb_err *err)
{
    struct undoing *q = rq->kept;
    enum cb_code rc;
    cb_str error;

    if (!q) {
        rq->kept = q = CB_NEW(rq->arena, struct undoing);
        cb_arena_defer(rq->arena, forget, q);
    }
    if (!rq->worker)
        return cb_reply_later(rp);
    if (!q->read && (rc = start(q, rq, err)) != CB_OK)
        return rc;
    if (q->called) {
        error = q->call.end <= CB_PLUGIN_ABSENT ? CB_LIT("")
                                                : cb_arena_str(rq->arena, cb_str_cstr(q->call.err.text[0] ? q->call.err.text : "it failed"));
        if ((rc = note(q, rq, &q->d.lefts[q->at++], error, err)) != CB_OK)
            return rc;
    }
    if ((q->called = next_call(q, rq)))
        return cb_reply_outside(rp, begin, q);
    cb_buf_put_char(&rp->body, '{');
    put_lefts(&rp->body, q->d.lefts, q->d.left_n);
    cb_buf_put_char(&rp->body, '}');
    rp->no_store = true;
    return CB_OK;
}

const struct cb_route cb_routes_task_left[] = {
    {CB_GET, "/api/tasks/{id}", CB_RIGHT_READ, CB_ROUTE_WORKER, get_detail, "GetTaskDetail",
     "The steps of a run with their times, and what it left behind", NULL},
    {CB_POST, "/api/tasks/{id}/undo", CB_RIGHT_TEMPLATES, CB_ROUTE_WORKER, post_undo, "UndoTask", "Undo what a failed run left behind", NULL},
    {0},
};
