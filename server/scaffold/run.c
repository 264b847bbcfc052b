#include "server/scaffold/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "catalog/base/clock.h"
#include "catalog/base/vec.h"
#include "server/scaffold/run_call.h"
#include "server/scaffold/template.h"
#include "server/scaffold/workspace.h"

#define SAID_MAX 500 /* a longer sentence may have been cut on its way */
#define DOCS "https://backstage.io/docs/features/software-templates/builtin-actions/"

/* ---- life */

void cb_run_init(struct cb_run *run)
{
    pthread_condattr_t attr;

    pthread_mutex_init(&run->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&run->wake, &attr);
    pthread_condattr_destroy(&attr);
    run->last = &run->first;
}

void cb_run_fini(struct cb_run *run)
{
    for (struct cb_run_line *l = run->first, *next; l; l = next) {
        next = l->next;
        free(l);
    }
    cb_buf_fini(&run->events);
    cb_buf_fini(&run->carry);
    pthread_cond_destroy(&run->wake);
    pthread_mutex_destroy(&run->lock);
}

void cb_run_stop(struct cb_run *run, enum cb_run_stop why)
{
    pthread_mutex_lock(&run->lock);
    if (why > run->stop)
        run->stop = why;
    pthread_cond_broadcast(&run->wake);
    pthread_mutex_unlock(&run->lock);
}

enum cb_run_stop cb_run_stopped(struct cb_run *run)
{
    enum cb_run_stop stop;

    pthread_mutex_lock(&run->lock);
    stop = run->stop;
    pthread_mutex_unlock(&run->lock);
    return stop;
}

/* ---- what is told */

void cb_run_say_json(struct cb_run *run, const char *type, cb_str body)
{
    char at[32];

    cb_clock_format(at, cb_clock_now_us());
    cb_buf_printf(&run->events, "%s{\"type\":\"%s\",\"at\":\"%s\",\"body\":", run->event_n++ ? "," : "[", type, at);
    cb_buf_put_str(&run->events, body);
    cb_buf_put_char(&run->events, '}');
}

void cb_run_say(struct cb_run *run, const char *type, cb_str step, const char *status, const char *level, const char *fmt, ...)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_buf body = CB_BUF_INIT;
    va_list ap;
    cb_str text;

    va_start(ap, fmt);
    text = cb_mask_text(a, &run->mask, cb_arena_vprintf(a, fmt, ap));
    va_end(ap);
    cb_buf_put_cstr(&body, "{\"message\":");
    cb_buf_put_json(&body, text);
    if (step.n) {
        cb_buf_put_cstr(&body, ",\"stepId\":");
        cb_buf_put_json(&body, step);
    }
    if (status)
        cb_buf_printf(&body, ",\"status\":\"%s\"", status);
    if (level)
        cb_buf_printf(&body, ",\"level\":\"%s\"", level);
    cb_buf_put_char(&body, '}');
    cb_run_say_json(run, type, cb_buf_str(&body));
    cb_buf_fini(&body);
    cb_arena_free(a);
}

enum cb_code cb_run_flush(struct cb_run *run, const struct cb_run_mark *mark, struct cb_err *err)
{
    enum cb_code rc;

    if (!run->event_n && !mark)
        return CB_OK;
    if (run->event_n)
        cb_buf_put_char(&run->events, ']');
    rc = run->sink.keep(run->sink.ctx, cb_buf_str(&run->events), mark, err);
    cb_buf_clear(&run->events);
    run->event_n = 0;
    return rc;
}

/* ---- one step */

struct step {
    struct cb_run *run;
    struct cb_arena *a;           /* of the step */
    const struct cb_node *node;
    size_t place;
    cb_str id, name;
    struct cb_actions actions;
    const struct cb_action *action;
    bool failed;                  /* an earlier one has */
    bool begun;                   /* its action was called: it is not known any more what it did */
    bool skipped;                 /* in a dry run: its output is a sample */
    struct cb_node *output;
    CB_VEC(struct cb_run_left) lefts;
    const char *error_name;
    struct cb_err err;
};

enum outcome { STEP_DONE, STEP_SKIPPED, STEP_FAILED, STEP_STOPPED, STEP_LOST };

static enum outcome fail(struct step *s, const char *name, enum cb_code code, const char *fmt, ...) CB_PRINTF(4, 5);
static enum outcome fail(struct step *s, const char *name, enum cb_code code, const char *fmt, ...)
{
    va_list ap;
    cb_str text;

    va_start(ap, fmt);
    text = cb_arena_vprintf(s->a, fmt, ap);
    va_end(ap);
    s->error_name = name;
    cb_fail(&s->err, code, "%" CB_FMT, CB_ARG(cb_mask_text(s->a, &s->run->mask, text)));
    return STEP_FAILED;
}

/* A rendering did not come: because of the template, or because the run is to end. */
static enum outcome not_rendered(struct step *s, const struct cb_err *err)
{
    enum cb_run_stop stop = cb_run_stopped(s->run);

    if (stop > CB_RUN_PAUSED || err->code == CB_ECONFLICT)
        return STEP_STOPPED;
    return fail(s, err->code == CB_EINVAL ? "InputError" : "ServiceUnavailableError", err->code, "%s", err->text);
}

static cb_str place_of(struct step *s, const char *what)
{
    return cb_arena_printf(s->a, "steps[%zu].%s", s->place, what);
}

/* Should it run, and with what? INPUT NULL: it should not. */
static enum outcome render(const struct cb_node **input, struct step *s, const struct cb_node *each)
{
    const struct cb_node *when = cb_node_get(s->node, "if"), *given = cb_node_get(s->node, "input");
    struct cb_run_template t[2];
    struct cb_run_rendered r[2];
    struct cb_node *context;
    struct cb_err err = {0};
    bool asks = when && when->type == CB_STRING;
    size_t n = 0;

    *input = NULL;
    if ((when && when->type == CB_BOOL && !when->b) || (s->failed && !asks))
        return STEP_SKIPPED;
    context = cb_run_context(s->run, s->a, each, true);
    if (asks)
        t[n++] = (struct cb_run_template){place_of(s, "if"), when, true};
    t[n++] = (struct cb_run_template){place_of(s, "input"), given ? given : cb_node_new(s->a, CB_OBJECT), false};
    if (cb_run_render(r, s->run, s->a, t, n, context, s->failed, &err) != CB_OK) {
        /* What is wrong may be the input of a step that is not to run. */
        if (!asks || err.code != CB_EINVAL || cb_run_render(r, s->run, s->a, t, 1, context, s->failed, &(struct cb_err){0}) != CB_OK)
            return not_rendered(s, &err);
        if (r[0].value && r[0].value->type == CB_BOOL && r[0].value->b && (!s->failed || r[0].always || r[0].failure))
            return not_rendered(s, &err);
        return STEP_SKIPPED;
    }
    if (asks && (!r[0].value || r[0].value->type != CB_BOOL || !r[0].value->b || (s->failed && !r[0].always && !r[0].failure)))
        return STEP_SKIPPED;
    *input = r[n - 1].value && r[n - 1].value->type == CB_OBJECT ? r[n - 1].value : cb_node_new(s->a, CB_OBJECT);
    return STEP_DONE;
}

static enum outcome check_input(struct step *s, const struct cb_node *input, const struct cb_node *each)
{
    struct cb_schema_errors *errors = CB_NEW(s->a, struct cb_schema_errors);
    cb_str key = each ? cb_arena_printf(s->a, "[%" CB_FMT "]", CB_ARG(cb_node_text(each, "key"))) : CB_LIT("");
    struct cb_buf text = CB_BUF_INIT;
    enum outcome out = STEP_DONE;
    struct cb_err err;

    if (!s->action->row->input)
        return STEP_DONE;
    if (cb_schema_check(errors, s->a, s->action->row->input, input, &err) != CB_OK)
        return fail(s, "InputError", CB_EINVAL, "the input of %" CB_FMT " cannot be checked: %s", CB_ARG(s->action->row->name), err.text);
    for (size_t i = 0; i < errors->n; i++) {
        cb_buf_put_cstr(&text, ", ");
        cb_template_put_error_text(&text, &errors->v[i]);
    }
    if (errors->n)
        out = fail(s, "InputError", CB_EINVAL, "Invalid input passed to action %" CB_FMT "%" CB_FMT "%" CB_FMT, CB_ARG(s->action->row->name), CB_ARG(key),
                   CB_ARG(cb_buf_str(&text)));
    cb_buf_fini(&text);
    return out;
}

/* ---- the action */

static cb_str task_of(struct step *s)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str text, base = cb_node_text(cb_node_get(s->run->spec, "templateInfo"), "baseUrl");

    cb_buf_put_cstr(&out, "{\"id\":");
    cb_buf_put_json(&out, s->run->id);
    cb_buf_put_cstr(&out, ",\"step\":");
    cb_buf_put_json(&out, s->id);
    cb_buf_printf(&out, ",\"dryRun\":%s", s->run->dry ? "true" : "false");
    if (s->run->unlent)
        cb_buf_put_cstr(&out, ",\"unlent\":true");
    if (base.n) {
        cb_buf_put_cstr(&out, ",\"baseUrl\":");
        cb_buf_put_json(&out, base);
    }
    cb_buf_put_char(&out, '}');
    text = cb_arena_str(s->a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return text;
}

static cb_str dump(struct cb_arena *a, const struct cb_node *node)
{
    struct cb_buf out = CB_BUF_INIT;
    cb_str text;

    cb_node_dump(&out, node);
    text = cb_arena_str(a, cb_buf_str(&out));
    cb_buf_fini(&out);
    return text;
}

static enum outcome ended_badly(struct step *s, const struct cb_plugin_call *call)
{
    static const struct {
        enum cb_plugin_end end;
        const char *name;
        enum cb_code code;
    } names[] = {
        {CB_PLUGIN_INVALID, "InputError", CB_EINVAL},       {CB_PLUGIN_LIMIT, "InputError", CB_EINVAL},         {CB_PLUGIN_NOT_FOUND, "NotFoundError", CB_ENOTFOUND},
        {CB_PLUGIN_DENIED, "NotAllowedError", CB_EDENIED},  {CB_PLUGIN_CONFLICT, "ConflictError", CB_ECONFLICT},
        {CB_PLUGIN_TIMEOUT, "TimeoutError", CB_ETIMEOUT},   {CB_PLUGIN_UNSUPPORTED, "NotImplementedError", CB_EUNSUPPORTED},
    };
    cb_str said = cb_str_cstr(call->err.text[0] ? call->err.text : cb_plugin_end_name(call->end));
    const char *text = cb_arena_str(s->a, said.n < SAID_MAX ? said : cb_mask_cut(&s->run->mask, said)).p;

    switch (cb_run_stopped(s->run)) {
    case CB_RUN_GOES_ON:
    case CB_RUN_PAUSED:
        break;
    case CB_RUN_TIMED_OUT:
        return fail(s, "TimeoutError", CB_ETIMEOUT, "the run took longer than scaffolder.task_timeout");
    case CB_RUN_TOO_LARGE:
        return fail(s, "PayloadTooLargeError", CB_ELIMIT, "%s", s->run->too_large);
    default:
        return STEP_STOPPED;
    }
    if (call->end == CB_PLUGIN_STOPPING)
        return STEP_STOPPED;
    for (size_t i = 0; i < CB_COUNT(names); i++)
        if (names[i].end == call->end)
            return fail(s, names[i].name, names[i].code, "%s", text);
    return fail(s, "Error", cb_plugin_end_code(call->end), "%s", text);
}

static void note_left(struct step *s, const struct cb_node *input, const struct cb_node *output)
{
    const struct cb_plugin_action *row = s->action->row;
    const struct cb_node *in, *out;

    if (s->run->dry || !(row->undo || (!row->dry_run && output->first)))
        return;
    in = cb_mask_prune(s->a, &s->run->mask, input);
    out = cb_mask_prune(s->a, &s->run->mask, output);
    cb_vec_push(&s->lefts, (struct cb_run_left){row->undo, dump(s->a, in), dump(s->a, out)});
}

/* Output over its bound is as good as none. */
static enum outcome read_output(struct cb_node **out, struct step *s, const struct cb_plugin_call *call)
{
    struct cb_err err;

    *out = cb_node_new(s->a, CB_OBJECT);
    if (call->end != CB_PLUGIN_OK || !call->answer_n)
        return STEP_DONE;
    if ((s->run->output_bytes += call->answer_n) > CB_RUN_OUTPUT_MAX)
        return fail(s, "PayloadTooLargeError", CB_ELIMIT, "the outputs of the steps have more than %d bytes together", CB_RUN_OUTPUT_MAX);
    if (cb_node_parse(out, s->a, cb_arena_str(s->a, cb_str_make(call->answer, call->answer_n)), &err) != CB_OK || (*out)->type != CB_OBJECT)
        return fail(s, "Error", CB_EUPSTREAM, "the plugin %" CB_FMT " answered nonsense", CB_ARG(s->action->plugin));
    return STEP_DONE;
}

static bool over_quota(struct cb_run *run)
{
    int64_t bytes, entry_n;
    struct cb_err err;

    if (!run->workspace)
        return false;
    if (cb_workspace_measure(&bytes, &entry_n, run->workspace, run->config->workspace_quota_bytes, &err) != CB_OK)
        memcpy(run->too_large, err.text, sizeof(run->too_large));
    else if (bytes > run->config->workspace_quota_bytes)
        snprintf(run->too_large, sizeof(run->too_large), "the run's folder is over scaffolder.workspace_quota (%lld bytes)",
                 (long long)run->config->workspace_quota_bytes);
    return run->too_large[0];
}

static enum outcome act(struct cb_node **out, struct step *s, const struct cb_node *input)
{
    struct cb_run *run = s->run;
    cb_str user = cb_node_text(cb_node_get(run->spec, "user"), "ref");
    struct cb_plugin_call call = {.what = CB_PLUGIN_ACTION,
                                  .plugin = s->action->plugin,
                                  .name = s->action->row->name,
                                  .ref = run->ref,
                                  .user = user,
                                  .input = dump(s->a, input),
                                  .entity = run->entity,
                                  .workspace = cb_str_cstr(run->workspace),
                                  .task = task_of(s)};
    enum outcome o;
    struct cb_err err;

    if (run->dry) {
        cb_run_say(run, "log", s->id, NULL, "info", "Running %" CB_FMT " in dry-run mode with inputs (secrets redacted): %" CB_FMT,
                   CB_ARG(s->action->row->name), CB_ARG(dump(s->a, cb_mask_node(s->a, &run->mask, input))));
        if (!s->action->row->dry_run) {
            cb_run_say(run, "log", s->id, "skipped", "info", "Skipping because %" CB_FMT " does not support dry-run", CB_ARG(s->action->row->name));
            *out = cb_action_sample(s->a, s->action->row->output);
            s->skipped = true;
            return STEP_DONE;
        }
    }
    if (cb_run_call(run, &call, &err) != CB_OK)
        o = STEP_LOST;
    else if (call.end > CB_PLUGIN_ABSENT)
        o = ended_badly(s, &call);
    else if ((o = read_output(out, s, &call)) == STEP_DONE) {
        note_left(s, input, *out);
        if (over_quota(run))
            o = fail(s, "PayloadTooLargeError", CB_ELIMIT, "%s", run->too_large);
    }
    if (call.answer)
        explicit_bzero(call.answer, call.answer_n);
    free(call.answer);
    return o;
}

/* It is kept that it begins, before anything is done. */
static enum outcome begin(struct step *s)
{
    struct cb_run_mark mark = {.place = s->place, .step = s->id, .action = s->action->row->name, .state = "processing"};
    struct cb_err err;

    if (s->begun)
        return STEP_DONE;
    s->begun = true;
    return cb_run_flush(s->run, &mark, &err) == CB_OK ? STEP_DONE : STEP_LOST;
}

static enum outcome find_action(struct step *s)
{
    cb_str id = cb_node_text(s->node, "action");

    cb_actions_load(&s->actions, s->a, s->run->plugins);
    s->action = cb_actions_find(&s->actions, id);
    return s->action ? STEP_DONE
                     : fail(s, "NotFoundError", CB_ENOTFOUND,
                            "Template action with ID '%" CB_FMT "' is not registered. See " DOCS " for a list of available actions.",
                            CB_ARG(cb_str_cut(id, 100)));
}

static enum outcome once(struct step *s)
{
    const struct cb_node *input;
    enum outcome o;

    if ((o = render(&input, s, NULL)) != STEP_DONE || (o = find_action(s)) != STEP_DONE || (o = check_input(s, input, NULL)) != STEP_DONE ||
        (o = begin(s)) != STEP_DONE)
        return o;
    return act(&s->output, s, input);
}

/* ---- each */

struct round {
    struct cb_node *each; /* {"key", "value"} */
    const struct cb_node *input; /* NULL: it is skipped */
};

static enum outcome read_each(struct round **out, size_t *n, struct step *s)
{
    const struct cb_node *given = cb_node_get(s->node, "each"), *list;
    struct cb_run_template t = {place_of(s, "each"), given, false};
    struct cb_run_rendered r;
    struct cb_err err;
    size_t i = 0;

    if (cb_run_render(&r, s->run, s->a, &t, 1, cb_run_context(s->run, s->a, NULL, true), s->failed, &err) != CB_OK)
        return not_rendered(s, &err);
    list = r.value;
    if (!list || list->type == CB_NULL)
        return fail(s, "InputError", CB_EINVAL, "Invalid value on action %" CB_FMT ".each parameter, \"%" CB_FMT "\" cannot be resolved to a value",
                    CB_ARG(cb_node_text(s->node, "action")), CB_ARG(cb_str_cut(given->type == CB_STRING ? given->text : dump(s->a, given), 300)));
    if (list->type != CB_ARRAY && list->type != CB_OBJECT)
        return fail(s, "InputError", CB_EINVAL, "Invalid value on action %" CB_FMT ".each parameter, \"%" CB_FMT "\" must resolve to an array or object",
                    CB_ARG(cb_node_text(s->node, "action")), CB_ARG(cb_str_cut(given->type == CB_STRING ? given->text : dump(s->a, given), 300)));
    if (list->child_n > CB_RUN_EACH_MAX)
        return fail(s, "InputError", CB_EINVAL, "each has %u rounds: at most %d are run", list->child_n, CB_RUN_EACH_MAX);
    *out = CB_NEW_N(s->a, struct round, list->child_n + 1);
    for (const struct cb_node *v = list->first; v; v = v->next, i++) {
        struct cb_node *each = (*out)[i].each = cb_node_new(s->a, CB_OBJECT);

        cb_node_put(each, CB_LIT("key"), cb_node_string(s->a, list->type == CB_OBJECT ? v->key : cb_arena_printf(s->a, "%zu", i)));
        cb_node_put(each, CB_LIT("value"), cb_node_copy(s->a, v));
    }
    *n = i;
    return STEP_DONE;
}

static void say_round(struct step *s, const struct cb_node *each)
{
    const struct cb_node *v = cb_node_get(each, "value");
    struct cb_buf text = CB_BUF_INIT;

    cb_buf_put_cstr(&text, "{\"key\":");
    cb_buf_put_json(&text, cb_node_text(each, "key"));
    cb_buf_put_cstr(&text, ",\"value\":");
    cb_buf_put_json(&text, v->type == CB_OBJECT ? CB_LIT("[object Object]") : v->type == CB_ARRAY ? dump(s->a, v) : cb_node_scalar(s->a, v));
    cb_buf_put_char(&text, '}');
    cb_run_say(s->run, "log", s->id, NULL, "info", "Running step each: %" CB_FMT, CB_ARG(cb_buf_str(&text)));
    cb_buf_fini(&text);
}

/* Each output of a round goes to the end of a list of its name. */
static void collect(struct step *s, const struct cb_node *output)
{
    for (const struct cb_node *m = output->first; m; m = m->next) {
        struct cb_node *list = cb_node_get_str(s->output, m->key);

        if (!list)
            cb_node_put(s->output, m->key, list = cb_node_new(s->a, CB_ARRAY));
        cb_node_push(list, cb_node_copy(s->a, m));
    }
}

static enum outcome again_and_again(struct step *s)
{
    struct cb_node *output = NULL;
    struct round *rounds = NULL;
    enum outcome o;
    size_t n = 0;

    if ((o = read_each(&rounds, &n, s)) != STEP_DONE || (o = find_action(s)) != STEP_DONE)
        return o;
    for (size_t i = 0; i < n; i++) { /* all are known to be good before the first begins */
        if ((o = render(&rounds[i].input, s, rounds[i].each)) == STEP_SKIPPED)
            continue;
        if (o != STEP_DONE || (o = check_input(s, rounds[i].input, rounds[i].each)) != STEP_DONE)
            return o;
    }
    s->output = cb_node_new(s->a, CB_OBJECT);
    for (size_t i = 0; i < n; i++) {
        if (!rounds[i].input) {
            cb_run_say(s->run, "log", s->id, NULL, "info", "Skipping step each because its if condition was false");
            continue;
        }
        if (cb_run_stopped(s->run) > CB_RUN_PAUSED)
            return ended_badly(s, &(struct cb_plugin_call){.end = CB_PLUGIN_CANCELLED});
        say_round(s, rounds[i].each);
        if ((o = begin(s)) != STEP_DONE || (o = act(&output, s, rounds[i].input)) != STEP_DONE)
            return o;
        collect(s, output);
    }
    return STEP_DONE;
}

/* ---- the end of a step */

static void remember(struct cb_run *run, cb_str id, const struct cb_node *output)
{
    struct cb_node *step = cb_node_new(run->arena, CB_OBJECT);

    cb_node_put(step, CB_LIT("output"), cb_node_copy(run->arena, output));
    cb_node_set(run->steps, cb_arena_str(run->arena, id), step);
}

/* False: it could not be kept. */
static bool end_step(struct step *s, const char *state)
{
    struct cb_run *run = s->run;
    struct cb_run_mark mark = {.place = s->place,
                               .step = s->id,
                               .action = cb_node_text(s->node, "action"),
                               .state = state,
                               .lefts = s->lefts.v,
                               .left_n = s->lefts.n};
    struct cb_err err;

    if (s->output && strcmp(state, "completed") == 0) {
        mark.output = dump(s->a, cb_mask_node(s->a, &run->mask, s->output));
        if (cb_mask_node_hits(&run->mask, s->output))
            mark.sealed = dump(s->a, s->output);
        remember(run, s->id, s->output);
    }
    return cb_run_flush(run, &mark, &err) == CB_OK;
}

/* What became of it is kept. */
static enum outcome settle(struct step *s, enum outcome o)
{
    switch (o) {
    case STEP_DONE:
        if (!s->skipped)
            cb_run_say(s->run, "log", s->id, "completed", NULL, "Finished step %" CB_FMT, CB_ARG(s->name));
        return end_step(s, "completed") ? o : STEP_LOST;
    case STEP_SKIPPED:
        cb_run_say(s->run, "log", s->id, "skipped", NULL, "Skipping step %" CB_FMT " because %s", CB_ARG(s->id),
                   s->failed ? "a previous step failed" : "its if condition was false");
        return end_step(s, "skipped") ? o : STEP_LOST;
    case STEP_FAILED:
        cb_run_say(s->run, "log", s->id, "failed", "error", "%s: %s", s->error_name, s->err.text);
        return end_step(s, "failed") ? o : STEP_LOST;
    case STEP_STOPPED:
        if (cb_run_stopped(s->run) != CB_RUN_CANCELLED)
            return STEP_LOST;
        cb_run_say(s->run, "cancelled", s->id, "cancelled", NULL, "Step %" CB_FMT " has been cancelled.", CB_ARG(s->id));
        return end_step(s, "cancelled") ? o : STEP_LOST;
    default:
        return o;
    }
}

static enum outcome run_step(struct cb_run_result *out, struct cb_run *run, const struct cb_node *node, size_t place)
{
    struct step s = {.run = run, .a = cb_arena_new(), .node = node, .place = place, .id = cb_node_text(node, "id"),
                     .name = cb_node_text(node, "name"), .failed = out->end == CB_RUN_FAILED};
    enum outcome o;

    run->at_step = s.id;
    cb_run_say(run, "log", s.id, "processing", NULL, "Beginning step %" CB_FMT, CB_ARG(s.name));
    o = settle(&s, cb_node_get(node, "each") && cb_node_get(node, "each")->type != CB_NULL ? again_and_again(&s) : once(&s));
    if (o == STEP_FAILED && out->end != CB_RUN_FAILED) {
        out->end = CB_RUN_FAILED;
        out->error_name = s.error_name;
        out->code = s.err.code;
        memcpy(out->error, s.err.text, sizeof(out->error));
    }
    cb_actions_fini(&s.actions);
    cb_vec_fini(&s.lefts);
    cb_arena_free(s.a);
    run->at_step = CB_LIT("");
    return o;
}

/* ---- the template's output */

/* Conditions of links and texts are rendered by themselves, and leave the value. */
static void take_conditions(struct cb_node *output, const char *key, struct cb_run_template *t, struct cb_node **items, size_t *n, size_t most,
                            struct cb_arena *a)
{
    struct cb_node *list = cb_node_get(output, key), *item = list && list->type == CB_ARRAY ? list->first : NULL;

    for (size_t i = 0; item; item = item->next, i++) {
        const struct cb_node *when = cb_node_get(item, "if");

        if (!when || *n == most)
            continue;
        t[*n] = (struct cb_run_template){cb_arena_printf(a, "output.%s[%zu].if", key, i), cb_node_copy(a, when), true};
        items[(*n)++] = item;
        cb_node_del(item, CB_LIT("if"));
    }
}

#define CONDITION_MAX 200
#define REMOVED "callboard: removed"

/* Items whose condition was false are marked, since rendering makes other nodes of them. */
static const struct cb_node *without_removed(struct cb_arena *a, const struct cb_node *node)
{
    struct cb_node *copy;

    if (node->type != CB_ARRAY && node->type != CB_OBJECT)
        return cb_node_copy(a, node);
    copy = cb_node_new(a, node->type);
    for (const struct cb_node *c = node->first; c; c = c->next) {
        if (node->type == CB_ARRAY && c->type == CB_STRING && cb_str_eq(c->text, CB_LIT(REMOVED)))
            continue;
        if (node->type == CB_ARRAY)
            cb_node_push(copy, (struct cb_node *)(uintptr_t)without_removed(a, c));
        else
            cb_node_put(copy, c->key, (struct cb_node *)(uintptr_t)without_removed(a, c));
    }
    return copy;
}

static enum cb_code render_output(const struct cb_node **out, struct cb_run *run, struct cb_err *err)
{
    struct cb_arena *a = run->arena;
    struct cb_run_template t[CONDITION_MAX + 1];
    struct cb_run_rendered r[CONDITION_MAX + 1];
    struct cb_node *items[CONDITION_MAX], *context = cb_run_context(run, a, NULL, false);
    const struct cb_node *given = cb_node_get(run->spec, "output");
    struct cb_node *output = given ? cb_node_copy(a, given) : cb_node_new(a, CB_OBJECT);
    size_t n = 0;
    enum cb_code rc;

    take_conditions(output, "links", t, items, &n, CONDITION_MAX, a);
    take_conditions(output, "text", t, items, &n, CONDITION_MAX, a);
    if (n && (rc = cb_run_render(r, run, a, t, n, context, false, err)) != CB_OK)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (!r[i].value || r[i].value->type != CB_BOOL || !r[i].value->b) {
            items[i]->type = CB_STRING;
            items[i]->text = CB_LIT(REMOVED);
            items[i]->first = items[i]->last = NULL;
            items[i]->child_n = 0;
        }
    output = (struct cb_node *)(uintptr_t)without_removed(a, output);
    t[0] = (struct cb_run_template){CB_LIT("output"), output, false};
    if (!output->first)
        r[0].value = output;
    else if ((rc = cb_run_render(r, run, a, t, 1, context, false, err)) != CB_OK)
        return rc;
    *out = cb_mask_node(a, &run->mask, r[0].value ? r[0].value : cb_node_new(a, CB_OBJECT));
    return CB_OK;
}

/* ---- all of it */

static void fail_run(struct cb_run_result *out, const char *name, enum cb_code code, const char *text)
{
    out->end = CB_RUN_FAILED;
    out->error_name = name;
    out->code = code;
    snprintf(out->error, sizeof(out->error), "%s", text);
}

/* Is the run to end here, between two steps? */
static bool is_over(struct cb_run_result *out, struct cb_run *run)
{
    if (run->until_us && cb_clock_mono_us() > run->until_us)
        cb_run_stop(run, CB_RUN_TIMED_OUT);
    switch (cb_run_stopped(run)) {
    case CB_RUN_GOES_ON:
        return false;
    case CB_RUN_TIMED_OUT:
        if (out->end != CB_RUN_FAILED)
            fail_run(out, "TimeoutError", CB_ETIMEOUT, "the run took longer than scaffolder.task_timeout");
        return true;
    case CB_RUN_TOO_LARGE:
        if (out->end != CB_RUN_FAILED)
            fail_run(out, "PayloadTooLargeError", CB_ELIMIT, run->too_large);
        return true;
    case CB_RUN_CANCELLED:
        out->end = CB_RUN_WAS_CANCELLED;
        return true;
    default:
        out->end = CB_RUN_UNFINISHED;
        return true;
    }
}

static void prepare(struct cb_run *run, const struct cb_node *steps)
{
    if (run->secrets)
        cb_mask_add(&run->mask, run->arena, run->secrets);
    if (run->config->task_secrets)
        cb_mask_add(&run->mask, run->arena, run->config->task_secrets);
    run->steps = cb_node_new(run->arena, CB_OBJECT);
    for (const struct cb_node *o = run->outputs ? run->outputs->first : NULL; o; o = o->next)
        remember(run, o->key, o);
    if (!run->outputs)
        cb_run_say(run, "log", CB_LIT(""), NULL, "info", "Starting up task with %u steps", steps->child_n);
}

static void finish(struct cb_run_result *out, struct cb_run *run)
{
    char text[CB_ERR_TEXT_MAX];
    struct cb_err err = {0};
    cb_str masked;

    if (render_output(&out->output, run, &err) == CB_OK)
        return;
    out->end = CB_RUN_COMPLETED;
    if (is_over(out, run))
        return;
    masked = cb_mask_text(run->arena, &run->mask, cb_str_cstr(err.text));
    snprintf(text, sizeof(text), "%" CB_FMT, CB_ARG(masked));
    fail_run(out, err.code == CB_EINVAL ? "InputError" : "ServiceUnavailableError", err.code, text);
}

void cb_run_steps(struct cb_run_result *out, struct cb_run *run)
{
    const struct cb_node *steps = cb_node_get(run->spec, "steps");
    size_t place = 0;

    *out = (struct cb_run_result){.end = CB_RUN_COMPLETED};
    prepare(run, steps);
    for (const struct cb_node *s = steps->first; s; s = s->next, place++) {
        enum outcome o;

        if (run->done && run->done[place])
            continue;
        if (is_over(out, run))
            return;
        o = run_step(out, run, s, place);
        if (o == STEP_STOPPED || o == STEP_LOST) {
            out->in_step = true;
            out->end = o == STEP_STOPPED && cb_run_stopped(run) == CB_RUN_CANCELLED ? CB_RUN_WAS_CANCELLED : CB_RUN_UNFINISHED;
            return;
        }
    }
    if (out->end == CB_RUN_COMPLETED)
        finish(out, run);
}
