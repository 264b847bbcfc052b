#include "server/scaffold/task.h"

#include <stdio.h>
#include <time.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "server/scaffold/runner.h"
#include "server/scaffold/workspace.h"

#define CONN_US (INT64_C(5) * 1000000)
#define AGAIN_US (INT64_C(500) * 1000)

/* ---- what is kept: one transaction each, under the fence */

static enum cb_code seal(struct cb_buf *out, struct cb_task *t, cb_str plain, struct cb_err *err)
{
    char id[CB_SECRET_ID_TEXT + 1];

    return plain.n ? cb_secret_seal(out, id, t->ring, t->claim.row.id, plain, err) : CB_OK;
}

static enum cb_code keep_mark(struct cb_task *t, struct cb_conn *c, const struct cb_run_mark *m, struct cb_err *err)
{
    int64_t place = (int64_t)m->place, bytes, entry_n = 0;
    struct cb_buf sealed = CB_BUF_INIT;
    cb_str id = t->claim.row.id;
    enum cb_code rc;

    if (strcmp(m->state, "processing") == 0)
        return cb_task_step_begin(c, id, place, err);
    if ((rc = seal(&sealed, t, m->sealed, err)) == CB_OK)
        rc = cb_task_step_end(c, id, place, cb_str_cstr(m->state), m->output, cb_buf_str(&sealed), err);
    cb_buf_fini(&sealed);
    for (size_t i = 0; i < m->left_n && rc == CB_OK; i++)
        rc = cb_task_left_put(c, id, m->step, m->action, m->lefts[i].can_undo, m->lefts[i].input, m->lefts[i].output, err);
    if (rc != CB_OK)
        return rc;
    if (cb_workspace_measure(&bytes, &entry_n, t->path.p, 0, NULL) != CB_OK)
        entry_n = 1;
    return cb_task_files(c, id, entry_n > 0, err);
}

static enum cb_code keep_once(struct cb_task *t, cb_str events, const struct cb_run_mark *mark, const char *end, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    bool cancelling = false;
    enum cb_code rc;

    if ((rc = cb_pool_take(&c, t->pool, CONN_US, err)) != CB_OK)
        return rc;
    rc = cb_task_begin(&cancelling, c, t->claim.row.id, t->claim.fence, err);
    if (rc == CB_OK) {
        if (events.n)
            rc = cb_task_event_put(c, t->claim.row.id, events, err);
        if (rc == CB_OK && t->begins_anew)
            rc = cb_task_step_forget(c, t->claim.row.id, err);
        if (rc == CB_OK && mark)
            rc = keep_mark(t, c, mark, err);
        if (rc == CB_OK && end)
            rc = cb_task_end(c, t->claim.row.id, cb_str_cstr(end), err);
        if (rc == CB_OK)
            rc = cb_task_commit(c, err);
        if (rc != CB_OK)
            cb_task_rollback(c);
    }
    cb_pool_give(t->pool, c);
    if (rc == CB_OK)
        t->begins_anew = false;
    if (rc == CB_OK && cancelling && !end)
        cb_run_stop(&t->run, CB_RUN_CANCELLED);
    return rc;
}

/* A database that is away may come back; a task that is another's does not. */
static enum cb_code keep(struct cb_task *t, cb_str events, const struct cb_run_mark *mark, const char *end, struct cb_err *err)
{
    int64_t until_us = cb_clock_mono_us() + CB_TASK_KEEP_US;
    enum cb_code rc;

    while ((rc = keep_once(t, events, mark, end, err)) == CB_EUNAVAILABLE || rc == CB_ETIMEOUT || rc == CB_EUPSTREAM) {
        enum cb_run_stop stop = cb_run_stopped(&t->run);

        if (stop == CB_RUN_LET_GO || stop == CB_RUN_LOST || cb_clock_mono_us() > until_us)
            break;
        cb_log(CB_LOG_WARN, "task.keep", "task=%" CB_FMT " why=\"%s\"", CB_ARG(t->claim.row.id), err->text);
        nanosleep(&(struct timespec){.tv_nsec = AGAIN_US * 1000}, NULL);
    }
    if (rc == CB_ECONFLICT)
        cb_run_stop(&t->run, CB_RUN_LOST);
    return rc;
}

static enum cb_code sink(void *ctx, cb_str events, const struct cb_run_mark *mark, struct cb_err *err)
{
    return keep(ctx, events, mark, NULL, err);
}

/* ---- the end */

static void put_end(struct cb_buf *body, const char *state, const struct cb_run_result *result)
{
    cb_buf_printf(body, "{\"message\":\"Run completed with status: %s\"", state);
    if (result && result->end == CB_RUN_COMPLETED && result->output) {
        cb_buf_put_cstr(body, ",\"output\":");
        cb_node_dump(body, result->output);
    }
    if (result && result->end == CB_RUN_FAILED) {
        cb_buf_printf(body, ",\"error\":{\"name\":\"%s\",\"message\":", result->error_name ? result->error_name : "Error");
        cb_buf_put_json(body, cb_str_cstr(result->error));
        cb_buf_put_char(body, '}');
    }
    cb_buf_put_char(body, '}');
}

static void end(struct cb_task *t, const struct cb_run_result *result)
{
    static const char *const states[] = {"completed", "failed", "cancelled"};
    const char *state = states[result->end];
    struct cb_buf body = CB_BUF_INIT;
    struct cb_err err;

    if (result->end == CB_RUN_WAS_CANCELLED && !result->in_step)
        cb_run_say(&t->run, "cancelled", CB_LIT(""), "cancelled", NULL, "The run has been cancelled.");
    put_end(&body, state, result);
    cb_run_say_json(&t->run, "completion", cb_buf_str(&body));
    cb_buf_fini(&body);
    cb_buf_put_char(&t->run.events, ']');
    if (keep(t, cb_buf_str(&t->run.events), NULL, state, &err) == CB_OK) {
        t->ended = state;
        if (result->end == CB_RUN_FAILED)
            memcpy(t->why, result->error, sizeof(t->why));
        cb_workspace_remove(t->path.p); /* behind the commit: until then it may be needed to go on */
    } else {
        cb_log(CB_LOG_WARN, "task.not_ended", "task=%" CB_FMT " why=\"%s\"", CB_ARG(t->claim.row.id), err.text);
    }
    cb_buf_clear(&t->run.events);
    t->run.event_n = 0;
}

static void fail(struct cb_task *t, const char *name, const char *fmt, ...) CB_PRINTF(3, 4);
static void fail(struct cb_task *t, const char *name, const char *fmt, ...)
{
    struct cb_run_result result = {.end = CB_RUN_FAILED, .error_name = name};
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(result.error, sizeof(result.error), fmt, ap);
    va_end(ap);
    cb_run_say(&t->run, "log", CB_LIT(""), NULL, "error", "%s", result.error);
    end(t, &result);
}

/* ---- how far it was */

static struct cb_node *step_at(const struct cb_node *spec, int64_t place)
{
    struct cb_node *s = cb_node_get(spec, "steps")->first;

    while (s && place-- > 0)
        s = s->next;
    return s;
}

static enum cb_code read_output(struct cb_node *outputs, struct cb_task *t, const struct cb_task_step_row *row, cb_str step, struct cb_err *err)
{
    cb_str json = row->output;
    struct cb_node *output;
    enum cb_code rc;

    if (row->sealed.n && (rc = cb_secret_open(&json, t->arena, t->ring, t->claim.row.id, row->sealed, err)) != CB_OK)
        return rc;
    if (!json.n)
        return CB_OK;
    if ((rc = cb_node_parse(&output, t->arena, json, err)) == CB_OK)
        cb_node_set(outputs, step, output);
    return rc;
}

struct past {
    struct cb_task_step_row *rows;
    size_t n;
    const struct cb_task_step_row *half, *failed; /* NULL: none */
};

static enum cb_code read_past(struct past *p, struct cb_task *t, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    enum cb_code rc = cb_pool_take(&c, t->pool, CONN_US, err);

    if (rc == CB_OK)
        rc = cb_task_steps(&p->rows, &p->n, t->arena, c, t->claim.row.id, err);
    cb_pool_give(t->pool, c);
    for (size_t i = 0; rc == CB_OK && i < p->n; i++) {
        if (cb_str_eq(p->rows[i].state, CB_LIT("processing")))
            p->half = &p->rows[i];
        if (cb_str_eq(p->rows[i].state, CB_LIT("failed")))
            p->failed = &p->rows[i];
    }
    return rc;
}

/* Steps that are done are not done again: their outputs are what they were. */
static enum cb_code take_up(struct cb_task *t, const struct past *p, struct cb_err *err)
{
    struct cb_node *outputs = cb_node_new(t->arena, CB_OBJECT), *step;
    enum cb_code rc = CB_OK;

    t->run.done = CB_NEW_N(t->arena, bool, cb_node_get(t->run.spec, "steps")->child_n + 1);
    for (size_t i = 0; i < p->n && rc == CB_OK; i++) {
        bool completed = cb_str_eq(p->rows[i].state, CB_LIT("completed"));

        if (!(step = step_at(t->run.spec, p->rows[i].place)) || (!completed && !cb_str_eq(p->rows[i].state, CB_LIT("skipped"))))
            continue;
        t->run.done[p->rows[i].place] = true;
        if (completed)
            rc = read_output(outputs, t, &p->rows[i], cb_node_text(step, "id"), err);
    }
    t->run.outputs = outputs;
    return rc;
}

static void say_recovered(struct cb_task *t)
{
    cb_run_say_json(&t->run, "recovered", CB_LIT("{\"recoverStrategy\":\"startOver\"}"));
    t->recovered = true;
}

static const char *name_of(struct cb_task *t, const struct cb_task_step_row *row)
{
    const struct cb_node *step = step_at(t->run.spec, row->place);

    return cb_arena_str(t->arena, cb_node_text(step, "id")).p;
}

/* False: it ended here, or could not be looked at. */
static bool recover(struct cb_task *t)
{
    bool here = !t->claim.left_files || cb_workspace_there(t->path.p);
    struct past p = {0};
    struct cb_err err;

    if (read_past(&p, t, &err) != CB_OK) {
        cb_log(CB_LOG_WARN, "task.recover", "task=%" CB_FMT " why=\"%s\"", CB_ARG(t->claim.row.id), err.text);
        return false;
    }
    if (t->claim.row.attempt > CB_RUNNER_ATTEMPT_MAX) {
        fail(t, "Error", "callboard ended %lld times while it ran this: it is given up", (long long)t->claim.row.attempt - 1);
    } else if (p.failed) {
        fail(t, "Error", "the step %s had failed, and callboard ended before the steps behind it", name_of(t, p.failed));
    } else if ((p.half || !here) && !t->claim.row.start_over) {
        if (p.half)
            fail(t, "Error", "callboard ended while the step %s ran, and the template does not say that it may be started over "
                             "(spec.EXPERIMENTAL_recovery)", name_of(t, p.half));
        else
            fail(t, "Error", "callboard ended, and the files of the run are not on this machine");
    } else if (!here) {
        say_recovered(t);
        t->begins_anew = true;
        return true;
    } else if (take_up(t, &p, &err) != CB_OK) {
        fail(t, "Error", "what steps had answered cannot be read: %s", err.text);
    } else {
        if (p.half)
            say_recovered(t);
        return true;
    }
    return false;
}

/* ---- from its claim */

static enum cb_code read_secrets(struct cb_task *t, struct cb_err *err)
{
    struct cb_node *secrets;
    enum cb_code rc;
    cb_str json;

    if (!t->claim.secrets.n)
        return CB_OK;
    if ((rc = cb_secret_open(&json, t->arena, t->ring, t->claim.row.id, t->claim.secrets, err)) != CB_OK)
        return rc;
    if ((rc = cb_node_parse(&secrets, t->arena, json, err)) == CB_OK)
        t->run.secrets = secrets;
    return rc;
}

/* The template as actions see it: what the task kept of it. */
static cb_str entity_of(struct cb_task *t)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str text;

    cb_buf_put_cstr(&out, "{\"apiVersion\":");
    cb_buf_put_json(&out, cb_node_text(t->run.spec, "apiVersion"));
    cb_buf_put_cstr(&out, ",\"kind\":\"Template\",\"metadata\":");
    cb_node_dump(&out, cb_node_path(t->run.spec, "templateInfo.entity.metadata"));
    cb_buf_put_char(&out, '}');
    text = cb_arena_str(t->arena, cb_buf_str(&out));
    cb_buf_fini(&out);
    return text;
}

static bool prepare(struct cb_task *t)
{
    struct cb_run *run = &t->run;
    struct cb_node *spec;
    struct cb_err err;
    bool made;

    run->plugins = t->plugins;
    run->config = t->config;
    run->sink = (struct cb_run_sink){t, sink};
    run->arena = t->arena;
    run->id = t->claim.row.id;
    run->ref = t->claim.row.template_ref;
    run->until_us = cb_clock_mono_us() + t->config->task_timeout_us - t->claim.under_way_us;
    t->path = cb_workspace_path(t->arena, t->config->workspaces, run->id);
    run->workspace = t->path.p;
    if (cb_node_parse(&spec, t->arena, t->claim.row.spec, &err) != CB_OK || !cb_node_get(spec, "steps")) {
        fail(t, "Error", "the task cannot be read");
        return false;
    }
    run->spec = spec;
    run->entity = entity_of(t);
    if (t->claim.row.cancelling) {
        end(t, &(struct cb_run_result){.end = CB_RUN_WAS_CANCELLED});
        return false;
    }
    if (read_secrets(t, &err) != CB_OK) {
        fail(t, "Error", "%s", err.text);
        return false;
    }
    if (t->claim.interrupted && !recover(t))
        return false;
    if (!run->outputs)
        cb_workspace_remove(t->path.p);
    if (cb_workspace_make(&made, t->path.p, &err) != CB_OK) {
        fail(t, "Error", "%s", err.text);
        return false;
    }
    return true;
}

static void hand_back(struct cb_task *t)
{
    struct cb_conn *c = NULL;
    struct cb_err err;
    enum cb_code rc;

    if (cb_run_stopped(&t->run) == CB_RUN_LOST)
        return;
    if ((rc = cb_pool_take(&c, t->pool, CONN_US, &err)) == CB_OK)
        rc = cb_task_hand_back(c, t->claim.row.id, t->claim.fence, &err);
    cb_pool_give(t->pool, c);
    if (rc != CB_OK) /* its lease runs out by itself */
        cb_log(CB_LOG_WARN, "task.hand_back", "task=%" CB_FMT " why=\"%s\"", CB_ARG(t->claim.row.id), err.text);
}

void cb_task_run(struct cb_task *t)
{
    struct cb_run_result result;

    if (!prepare(t)) {
        if (!t->ended)
            hand_back(t);
        return;
    }
    cb_run_steps(&result, &t->run);
    if (result.end != CB_RUN_UNFINISHED)
        end(t, &result);
    if (!t->ended)
        hand_back(t);
}
