#include "server/scaffold/run_call.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "server/scaffold/workspace.h"

#define FIRST_PAUSE_US 250000u /* doubles */

struct waiting {
    struct cb_plugin_call call; /* first: what done() gets */
    struct cb_run *run;
    bool over; /* (run->lock) */
};

/* ---- on the supervisor's thread */

static void done(struct cb_plugin_call *call)
{
    struct waiting *w = (struct waiting *)(void *)call;

    pthread_mutex_lock(&w->run->lock);
    w->over = true;
    pthread_cond_broadcast(&w->run->wake);
    pthread_mutex_unlock(&w->run->lock);
}

static void line(struct cb_plugin_call *call, cb_str level, cb_str text)
{
    struct cb_run *run = ((struct waiting *)(void *)call)->run;
    struct cb_run_line *l;

    text = cb_str_cut(text, CB_RUN_LINE_MAX);
    pthread_mutex_lock(&run->lock);
    if (run->queued_bytes + text.n > CB_RUN_QUEUE_MAX) {
        run->dropped_n++;
    } else {
        if (!(l = calloc(1, sizeof(*l) + text.n + 1)))
            abort();
        l->at_us = cb_clock_now_us();
        memcpy(l->level, level.p, level.n < sizeof(l->level) ? level.n : sizeof(l->level) - 1);
        memcpy(l->text, text.p, text.n);
        l->n = text.n;
        run->queued_bytes += text.n;
        *run->last = l;
        run->last = &l->next;
    }
    pthread_mutex_unlock(&run->lock);
}

/* ---- on the run's */

static void say_line(struct cb_run *run, const struct cb_run_line *l)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    cb_str text = cb_str_make(l->text, l->n), shown;
    struct cb_buf whole = CB_BUF_INIT;
    const char *level = "info";

    for (size_t i = 0; i < CB_COUNT(levels); i++)
        if (strcmp(levels[i], l->level) == 0)
            level = levels[i];
    if (run->carry.n) {
        whole = run->carry;
        run->carry = CB_BUF_INIT;
        cb_buf_put_str(&whole, text);
        text = cb_buf_str(&whole);
    }
    if (l->n >= CB_RUN_LINE_FULL) {
        shown = cb_mask_cut(&run->mask, text);
        cb_buf_put_str(&run->carry, cb_str_sub(text, shown.n, text.n));
        text = shown;
    }
    cb_run_say(run, "log", run->at_step, NULL, level, "%" CB_FMT, CB_ARG(text));
    cb_buf_fini(&whole);
}

/* Lines that came become events. True: there are events to hand over. */
static bool take_lines(struct cb_run *run)
{
    struct cb_run_line *l, *next;
    size_t dropped_n;

    pthread_mutex_lock(&run->lock);
    l = run->first;
    run->first = NULL;
    run->last = &run->first;
    run->queued_bytes = 0;
    dropped_n = run->dropped_n;
    run->dropped_n = 0;
    pthread_mutex_unlock(&run->lock);
    for (; l; l = next) {
        next = l->next;
        if (run->line_n < CB_RUN_LINE_N_MAX)
            say_line(run, l);
        else if (run->line_n == CB_RUN_LINE_N_MAX)
            cb_run_say(run, "log", run->at_step, NULL, "warn", "more than %d lines: the rest is left out", CB_RUN_LINE_N_MAX);
        run->line_n++;
        free(l);
    }
    if (dropped_n)
        cb_run_say(run, "log", run->at_step, NULL, "warn", "%zu lines came too fast and are left out", dropped_n);
    return run->event_n > 0;
}

static void measure(struct cb_run *run)
{
    int64_t now_us = cb_clock_mono_us(), bytes, entry_n;
    struct cb_err err;

    if (!run->workspace || now_us - run->measured_us < CB_RUN_MEASURE_US)
        return;
    if (cb_workspace_measure(&bytes, &entry_n, run->workspace, run->config->workspace_quota_bytes, &err) != CB_OK)
        memcpy(run->too_large, err.text, sizeof(run->too_large));
    else if (bytes > run->config->workspace_quota_bytes)
        snprintf(run->too_large, sizeof(run->too_large), "the run's folder is over scaffolder.workspace_quota (%lld bytes)",
                 (long long)run->config->workspace_quota_bytes);
    if (run->too_large[0])
        cb_run_stop(run, CB_RUN_TOO_LARGE);
    run->measured_us = cb_clock_mono_us();
}

/* Until W is over, or a moment. Under the lock. */
static void rest(struct cb_run *run)
{
    struct timespec until;
    int64_t at_us;

    clock_gettime(CLOCK_MONOTONIC, &until);
    at_us = (int64_t)until.tv_sec * CB_S_US + until.tv_nsec / 1000 + CB_RUN_TICK_US;
    until.tv_sec = at_us / CB_S_US;
    until.tv_nsec = at_us % CB_S_US * 1000;
    pthread_cond_timedwait(&run->wake, &run->lock, &until);
}

static enum cb_code call_once(struct cb_run *run, struct cb_plugin_call *call, struct cb_err *err)
{
    struct waiting w = {.call = *call, .run = run};
    bool told = false, over = false, ends;
    enum cb_code rc = CB_OK;

    w.call.done = done;
    w.call.line = call->what == CB_PLUGIN_ROUTE ? NULL : line;
    cb_plugin_call(run->plugins, &w.call);
    while (!over) {
        pthread_mutex_lock(&run->lock);
        if (!w.over)
            rest(run);
        over = w.over;
        ends = run->stop > CB_RUN_PAUSED || rc != CB_OK;
        pthread_mutex_unlock(&run->lock);
        if (!over && run->until_us && cb_clock_mono_us() > run->until_us)
            cb_run_stop(run, CB_RUN_TIMED_OUT);
        if (!over && ends && !told) {
            cb_plugin_cancel(run->plugins, &w.call);
            told = true;
        }
        if (!over)
            measure(run);
        if (take_lines(run) && rc == CB_OK && !over)
            rc = cb_run_flush(run, NULL, err);
    }
    take_lines(run);
    cb_buf_fini(&run->carry); /* nothing came behind it: half a secret, or the end of a line that was too long */
    *call = w.call;
    return rc;
}

/* It was not asked, since its process is only starting, or has its hands full: in a moment it may be otherwise. */
static bool was_not_asked(enum cb_plugin_end end)
{
    return end == CB_PLUGIN_LOADING || end == CB_PLUGIN_FAILING || end == CB_PLUGIN_BUSY;
}

enum cb_code cb_run_call(struct cb_run *run, struct cb_plugin_call *call, struct cb_err *err)
{
    enum cb_code rc;

    for (unsigned i = 0;; i++) {
        rc = call_once(run, call, err);
        if (rc != CB_OK || !was_not_asked(call->end) || i == CB_RUN_TRY_N || cb_run_stopped(run) > CB_RUN_PAUSED)
            return rc;
        usleep(FIRST_PAUSE_US << i);
    }
}

/* ---- the language */

/* What looks as if it had been masked. */
static struct cb_node *without_values(struct cb_arena *a, const struct cb_node *secrets)
{
    struct cb_node *out = cb_node_new(a, CB_OBJECT);

    for (const struct cb_node *s = secrets ? secrets->first : NULL; s; s = s->next)
        cb_node_put(out, s->key, cb_node_string(a, CB_LIT("***")));
    return out;
}

static struct cb_node *environment_of(struct cb_run *run, struct cb_arena *a, bool secrets)
{
    struct cb_node *environment = cb_node_new(a, CB_OBJECT);
    const struct cb_node *parameters = run->config->task_parameters, *secret = run->config->task_secrets;

    cb_node_put(environment, CB_LIT("parameters"), parameters ? cb_node_copy(a, parameters) : cb_node_new(a, CB_OBJECT));
    if (secrets)
        cb_node_put(environment, CB_LIT("secrets"), run->unlent ? without_values(a, secret) : secret ? cb_node_copy(a, secret) : cb_node_new(a, CB_OBJECT));
    return environment;
}

static void put_copy(struct cb_node *to, struct cb_arena *a, const char *key, const struct cb_node *from)
{
    cb_node_put(to, cb_str_cstr(key), from ? cb_node_copy(a, from) : cb_node_new(a, CB_OBJECT));
}

struct cb_node *cb_run_context(struct cb_run *run, struct cb_arena *a, const struct cb_node *each, bool secrets)
{
    struct cb_node *context = cb_node_new(a, CB_OBJECT), *about = cb_node_new(a, CB_OBJECT), *task = cb_node_new(a, CB_OBJECT);

    put_copy(context, a, "parameters", cb_node_get(run->spec, "parameters"));
    put_copy(context, a, "steps", run->steps);
    put_copy(context, a, "user", cb_node_get(run->spec, "user"));
    if (secrets)
        put_copy(context, a, "secrets", run->secrets);
    cb_node_put(context, CB_LIT("environment"), environment_of(run, a, secrets));
    cb_node_put(task, CB_LIT("id"), cb_node_string(a, run->id));
    cb_node_put(about, CB_LIT("task"), task);
    cb_node_put(context, CB_LIT("context"), about);
    cb_node_put(context, CB_LIT("isDryRun"), cb_node_bool(a, run->dry));
    if (each)
        put_copy(context, a, "each", each);
    return context;
}

static void put_request(struct cb_buf *out, struct cb_run *run, const struct cb_run_template *templates, size_t n,
                        const struct cb_node *context, bool failed)
{
    const struct cb_config *c = run->config;

    cb_buf_put_cstr(out, "{\"path\":{},\"query\":{},\"headers\":{},\"body\":{\"templates\":[");
    for (size_t i = 0; i < n; i++) {
        cb_buf_put_cstr(out, i ? ",{\"at\":" : "{\"at\":");
        cb_buf_put_json(out, templates[i].at);
        cb_buf_put_cstr(out, ",\"value\":");
        cb_node_dump(out, templates[i].value);
        cb_buf_put_cstr(out, templates[i].condition ? ",\"as\":\"condition\"}" : ",\"as\":\"value\"}");
    }
    cb_buf_put_cstr(out, "],\"context\":");
    cb_node_dump(out, context);
    cb_buf_printf(out, ",\"failed\":%s,\"integrations\":[", failed ? "true" : "false");
    for (size_t i = 0; i < c->integration_n; i++) {
        cb_buf_put_cstr(out, i ? ",{\"host\":" : "{\"host\":");
        cb_buf_put_json(out, c->integrations[i].host);
        cb_buf_put_cstr(out, ",\"type\":");
        cb_buf_put_json(out, c->integrations[i].type);
        cb_buf_put_char(out, '}');
    }
    cb_buf_put_cstr(out, "]}}");
}

static bool has(const struct cb_node *list, cb_str word)
{
    for (const struct cb_node *n = list ? list->first : NULL; n; n = n->next)
        if (n->type == CB_STRING && cb_str_eq(n->text, word))
            return true;
    return false;
}

static enum cb_code read_answer(struct cb_run_rendered *out, struct cb_arena *a, const struct cb_plugin_call *call, size_t n, struct cb_err *err)
{
    const struct cb_node *results, *r;
    struct cb_node *answer;
    enum cb_code rc = cb_node_parse(&answer, a, cb_arena_str(a, cb_str_make(call->answer, call->answer_n)), err);

    if (rc != CB_OK)
        return rc;
    results = cb_node_get(answer, "results");
    if (!results || results->type != CB_ARRAY || results->child_n != n)
        return cb_fail(err, CB_EUPSTREAM, "the template language answered nonsense");
    r = results->first;
    for (size_t i = 0; i < n; i++, r = r->next)
        out[i] = (struct cb_run_rendered){.value = cb_node_get(r, "value"),
                                          .always = has(cb_node_get(r, "called"), CB_LIT("always")),
                                          .failure = has(cb_node_get(r, "called"), CB_LIT("failure"))};
    return CB_OK;
}

/* Its process ended for the sake of another call: rendering changes nothing, and may be asked for again. */
static bool is_passing(enum cb_plugin_end end)
{
    return end == CB_PLUGIN_CRASHED || end == CB_PLUGIN_HUNG;
}

enum cb_code cb_run_render(struct cb_run_rendered *out, struct cb_run *run, struct cb_arena *a, const struct cb_run_template *templates, size_t n,
                           const struct cb_node *context, bool failed, struct cb_err *err)
{
    struct cb_plugin_call call;
    struct cb_buf input = CB_BUF_INIT;
    enum cb_code rc = CB_OK;
    unsigned tries = 0;

    if (!run->plugins)
        return cb_fail(err, CB_EUNAVAILABLE, "this callboard runs no plugins, and one of them is the template language");
    put_request(&input, run, templates, n, context, failed);
    do {
        if (tries)
            usleep(FIRST_PAUSE_US);
        call = (struct cb_plugin_call){.what = CB_PLUGIN_ROUTE,
                                       .plugin = CB_LIT(CB_SCAFFOLD_LANGUAGE),
                                       .owner = CB_LIT("POST"),
                                       .name = CB_LIT("render"),
                                       .input = cb_buf_str(&input)};
        rc = cb_run_call(run, &call, err);
    } while (rc == CB_OK && is_passing(call.end) && ++tries < CB_RUN_TRY_N && cb_run_stopped(run) == CB_RUN_GOES_ON);
    explicit_bzero(input.p, input.n);
    cb_buf_fini(&input);
    if (rc == CB_OK && call.end == CB_PLUGIN_OK)
        rc = read_answer(out, a, &call, n, err);
    else if (rc == CB_OK)
        rc = cb_fail(err, call.end == CB_PLUGIN_INVALID || call.end == CB_PLUGIN_LIMIT ? CB_EINVAL : call.end == CB_PLUGIN_CANCELLED ? CB_ECANCELLED : CB_EUNAVAILABLE, "%s",
                     call.err.text[0] ? call.err.text : "the template language said nothing");
    if (call.answer)
        explicit_bzero(call.answer, call.answer_n);
    free(call.answer);
    return rc;
}
