#include "server/plugin/call.h"

#include <stdio.h>
#include <stdlib.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "server/plugin/supervise_in.h"

#define WAIT_US (INT64_C(60) * 1000000) /* a call without a deadline of its own waits for a process at most so long */
#define MARGIN_US (INT64_C(100) * 1000) /* the plugin's deadline is that much sooner, so that it can say itself why; of a short call a tenth */
#define ASK_US (INT64_C(60) * 1000000) /* a question waits for a worker at most so long */

/* Of a plugin, on its way to a worker and back. */
struct cb_question {
    struct cb_job job;
    struct cb_question *next; /* of those that may be given up */
    int64_t call;
    bool slow;
    struct cb_plugins *p;
    struct cb_arena *arena;
    struct cb_plugin_ask ask;
    int64_t serial, id;
    struct cb_buf answer;
    struct cb_err err;
    enum cb_code rc;
};

/* In the order of the enums. */
static const struct {
    const char *name;
    enum cb_code code;
} ends[CB_PLUGIN_END_N] = {
    [CB_PLUGIN_OK] = {"ok", CB_OK},
    [CB_PLUGIN_ABSENT] = {"absent", CB_OK},
    [CB_PLUGIN_FAILED] = {"failed", CB_EUPSTREAM},
    [CB_PLUGIN_INVALID] = {"invalid", CB_EUPSTREAM},
    [CB_PLUGIN_NOT_FOUND] = {"not-found", CB_EUPSTREAM},
    [CB_PLUGIN_DENIED] = {"denied", CB_EUPSTREAM},
    [CB_PLUGIN_CONFLICT] = {"conflict", CB_EUPSTREAM},
    [CB_PLUGIN_LIMIT] = {"limit", CB_EUPSTREAM},
    [CB_PLUGIN_TIMEOUT] = {"timeout", CB_ETIMEOUT},
    [CB_PLUGIN_UPSTREAM] = {"upstream", CB_EUPSTREAM},
    [CB_PLUGIN_CANCELLED] = {"cancelled", CB_ECANCELLED},
    [CB_PLUGIN_UNSUPPORTED] = {"unsupported", CB_EUPSTREAM},
    [CB_PLUGIN_CRASHED] = {"crashed", CB_EUPSTREAM},
    [CB_PLUGIN_HUNG] = {"hung", CB_ETIMEOUT},
    [CB_PLUGIN_GARBAGE] = {"garbage", CB_EUPSTREAM},
    [CB_PLUGIN_SHAPE] = {"shape", CB_EUPSTREAM},
    [CB_PLUGIN_BUSY] = {"busy", CB_EUNAVAILABLE},
    [CB_PLUGIN_LOADING] = {"loading", CB_EUNAVAILABLE},
    [CB_PLUGIN_FAILING] = {"failing", CB_EUNAVAILABLE},
    [CB_PLUGIN_BROKEN] = {"broken", CB_EUNAVAILABLE},
    [CB_PLUGIN_REFUSED] = {"refused", CB_EUNAVAILABLE},
    [CB_PLUGIN_DISABLED] = {"disabled", CB_EUNAVAILABLE},
    [CB_PLUGIN_UNKNOWN] = {"unknown", CB_ENOTFOUND},
    [CB_PLUGIN_STOPPING] = {"stopping", CB_EUNAVAILABLE},
};

static const char nobody[] = "nobody waits for it any more";

static const char *const whats[CB_PLUGIN_WHAT_N] = {"panel", "panel_action", "action", "undo", "source", "route"};

const int64_t cb_plugin_bounds_us[CB_PLUGIN_BOUND_N - 1] = {250, 1000, 2500, 10000, 50000, 100000, 250000, 1000000, 2500000, 10000000, 60000000};

const char *cb_plugin_end_name(enum cb_plugin_end end)
{
    return ends[end].name;
}

const char *cb_plugin_what_name(enum cb_plugin_what what)
{
    return whats[what];
}

enum cb_code cb_plugin_end_code(enum cb_plugin_end end)
{
    return ends[end].code;
}

/* ---- the end of a call */

/* Count it; with the lock. */
static void count(struct cb_plugin *g, const struct cb_plugin_call *call)
{
    size_t b = 0;

    g->calls[call->what][call->end]++;
    while (b < CB_PLUGIN_BOUND_N - 1 && call->took_us > cb_plugin_bounds_us[b])
        b++;
    g->latency[b]++;
    g->took_us += call->took_us;
    if (call->end > CB_PLUGIN_ABSENT && call->end != CB_PLUGIN_CANCELLED) {
        snprintf(g->last_error, sizeof(g->last_error), "%s", call->err.text);
        g->last_error_us = cb_clock_now_us();
    }
}

/* CALL ends so; it is handed back when the lock is not held. WHY NULL: none. On the supervisor's thread. */
static void end_call(struct cb_plugins *p, struct cb_plugin *g, struct cb_plugin_call *call, enum cb_plugin_end end, const char *why)
{
    call->end = end;
    if (end > CB_PLUGIN_ABSENT)
        cb_fail(&call->err, ends[end].code, "%s", why);
    call->took_us = cb_clock_mono_us() - call->begun_us;
    if (g) {
        pthread_mutex_lock(&p->lock);
        if (call->counted)
            g->pending_n--;
        count(g, call);
        pthread_mutex_unlock(&p->lock);
    }
    call->next = p->finished;
    p->finished = call;
}

void cb_call_hand_back(struct cb_plugins *p)
{
    struct cb_plugin_call *call, *all = NULL;

    while ((call = p->finished)) { /* oldest first */
        p->finished = call->next;
        call->next = all;
        all = call;
    }
    while ((call = all)) {
        all = call->next;
        call->next = NULL;
        call->done(call);
    }
}

/* ---- in, from any thread */

/* Why G cannot serve now, or CB_PLUGIN_OK; fills CALL's sentence and times. With the lock. */
static enum cb_plugin_end excuse(struct cb_plugins *p, struct cb_plugin *g, struct cb_plugin_call *call)
{
    enum cb_plugin_end end = CB_PLUGIN_OK;
    cb_str name = cb_str_sub(call->plugin, 0, 100);

    if (p->closed) {
        cb_fail(&call->err, CB_EUNAVAILABLE, "callboard is stopping");
        return CB_PLUGIN_STOPPING;
    }
    if (!g) {
        cb_fail(&call->err, CB_ENOTFOUND, "there is no plugin %" CB_FMT, CB_ARG(name));
        return CB_PLUGIN_UNKNOWN;
    }
    switch (g->state) {
    case CB_PLUGIN_IS_REFUSED: end = CB_PLUGIN_REFUSED; break;
    case CB_PLUGIN_IS_FAILING: end = CB_PLUGIN_FAILING; break;
    case CB_PLUGIN_IS_BROKEN: end = CB_PLUGIN_BROKEN; break;
    case CB_PLUGIN_IS_DISABLED: end = CB_PLUGIN_DISABLED; break;
    default: break;
    }
    if (end != CB_PLUGIN_OK) {
        cb_fail(&call->err, ends[end].code, "the plugin %s is %s: %s", g->name.p, cb_plugin_state_name(g->state), g->why);
        call->since_us = g->since_us;
        call->next_us = g->next_us;
        return end;
    }
    if (g->pending_n < CB_PLUGIN_QUEUE_MAX)
        return CB_PLUGIN_OK;
    cb_fail(&call->err, CB_EUNAVAILABLE, "the plugin %s has too much to do: %d calls wait already", g->name.p, CB_PLUGIN_QUEUE_MAX);
    return CB_PLUGIN_BUSY;
}

void cb_plugin_call(struct cb_plugins *p, struct cb_plugin_call *call)
{
    struct cb_plugin *g;
    bool first = false;

    call->begun_us = cb_clock_mono_us();
    call->end = CB_PLUGIN_OK;
    call->err.text[0] = '\0';
    call->answer = NULL;
    call->answer_n = 0;
    call->age_s = call->since_us = call->next_us = call->took_us = 0;
    call->next = NULL;
    call->counted = false;
    pthread_mutex_lock(&p->lock);
    g = cb_supervise_find(p, call->plugin);
    call->end = excuse(p, g, call);
    if (call->end == CB_PLUGIN_OK) {
        int64_t wait_us = call->deadline_us;

        if (!wait_us && call->what != CB_PLUGIN_SOURCE && call->what != CB_PLUGIN_ACTION && call->what != CB_PLUGIN_UNDO)
            wait_us = g->deadline_us;
        call->due_us = wait_us ? call->begun_us + wait_us : 0;
        call->counted = true;
        g->pending_n++;
        first = p->inbox_first == NULL;
        *p->inbox_last = call;
        p->inbox_last = &call->next;
    } else if (g) {
        count(g, call);
    }
    pthread_mutex_unlock(&p->lock);
    if (call->end != CB_PLUGIN_OK)
        call->done(call);
    else if (first)
        cb_supervise_wake(p);
}

void cb_plugin_cancel(struct cb_plugins *p, struct cb_plugin_call *call)
{
    struct cb_plugin_command *c = calloc(1, sizeof(*c));

    if (!c)
        abort();
    atomic_store(&call->cancelled, true); /* the call may be gone when the command is read: that names none */
    c->type = CB_COMMAND_CANCEL;
    cb_supervise_command(p, c);
}

/* ---- to a process */

void cb_call_take_in(struct cb_plugins *p)
{
    struct cb_plugin_call *call, *all;

    pthread_mutex_lock(&p->lock);
    all = p->inbox_first;
    p->inbox_first = NULL;
    p->inbox_last = &p->inbox_first;
    pthread_mutex_unlock(&p->lock);
    while ((call = all)) {
        struct cb_plugin *g = cb_supervise_find(p, call->plugin);

        all = call->next;
        call->next = NULL;
        if (atomic_load(&call->cancelled)) {
            end_call(p, g, call, CB_PLUGIN_CANCELLED, nobody);
        } else {
            *g->last = call;
            g->last = &call->next;
        }
        if (!all || !cb_str_eq(all->plugin, call->plugin))
            cb_call_pump(p, g);
    }
}

/* CALL's row in D, and its deadline there; -1: none. */
static int row_of(int64_t *deadline_us, const struct cb_describe *d, const struct cb_plugin_call *call)
{
    int row = -1;

    *deadline_us = 0;
    switch (call->what) {
    case CB_PLUGIN_PANEL:
        if ((row = cb_describe_panel(d, call->name)) >= 0)
            *deadline_us = d->panels[row].deadline_us;
        break;
    case CB_PLUGIN_PANEL_ACTION:
        if ((row = cb_describe_panel_action(d, call->owner, call->name)) >= 0)
            *deadline_us = d->panel_actions[row].deadline_us;
        break;
    case CB_PLUGIN_ACTION:
    case CB_PLUGIN_UNDO:
        if ((row = cb_describe_action(d, call->name)) >= 0)
            *deadline_us = d->actions[row].deadline_us;
        break;
    case CB_PLUGIN_SOURCE:
        if ((row = cb_describe_source(d, call->name)) >= 0)
            *deadline_us = d->sources[row].deadline_us;
        break;
    case CB_PLUGIN_ROUTE:
        if ((row = cb_describe_route(d, call->owner, call->name)) >= 0)
            *deadline_us = d->routes[row].deadline_us;
        break;
    case CB_PLUGIN_WHAT_N: break;
    }
    return row;
}

static void put_text(struct cb_buf *out, const char *key, cb_str text)
{
    if (!text.n)
        return;
    cb_buf_printf(out, ",\"%s\":", key);
    cb_buf_put_json(out, text);
}

/* What is left for the plugin of the call's time. */
static int64_t left_ms(const struct cb_plugin_call *call, int64_t now_us)
{
    int64_t left_us = call->due_us - now_us;

    return (left_us > 10 * MARGIN_US ? left_us - MARGIN_US : left_us - left_us / 10) / 1000;
}

/* Put CALL to X; false when it ended instead. */
static bool launch(struct cb_plugins *p, struct cb_process *x, struct cb_plugin_call *call, int64_t now_us)
{
    struct cb_buf head = CB_BUF_INIT;
    struct cb_flight flight = {.id = ++p->flight_n, .call = call};
    int64_t deadline_us;
    char why[200];
    int row = row_of(&deadline_us, x->describe, call);

    if (row < 0) {
        snprintf(why, sizeof(why), "the plugin %s has no %s %" CB_FMT, x->plugin->name.p, whats[call->what], CB_ARG(cb_str_sub(call->name, 0, 64)));
        end_call(p, x->plugin, call, CB_PLUGIN_UNKNOWN, why);
        return false;
    }
    if (!call->due_us)
        call->due_us = call->begun_us + (deadline_us ? deadline_us : CB_S_US * 10);
    flight.due_us = call->due_us;
    if (call->input.n + call->entity.n > CB_WIRE_BODY_MAX) {
        end_call(p, x->plugin, call, CB_PLUGIN_LIMIT, "the entity and the input are too big for a call");
        return false;
    }
    cb_buf_printf(&head, "{\"op\":\"call\",\"id\":%lld,\"what\":\"%s\",\"row\":%d,\"input_n\":%zu,\"deadline_ms\":%lld", (long long)flight.id,
                  whats[call->what], row, call->input.n, (long long)left_ms(call, now_us));
    put_text(&head, "ref", call->ref);
    put_text(&head, "user", call->user);
    put_text(&head, "workspace", call->workspace);
    if (call->task.n)
        cb_buf_printf(&head, ",\"task\":%" CB_FMT, CB_ARG(call->task));
    cb_buf_put_char(&head, '}');
    if (head.n > CB_WIRE_HEAD_MAX) {
        cb_buf_fini(&head);
        end_call(p, x->plugin, call, CB_PLUGIN_LIMIT, "what is said about the call is too big for it");
        return false;
    }
    cb_vec_push(&x->flights, flight);
    cb_process_put(p, x, cb_buf_str(&head), call->input, call->entity);
    cb_buf_fini(&head);
    return true;
}

void cb_call_pump(struct cb_plugins *p, struct cb_plugin *g)
{
    struct cb_process *x = g->current;
    int64_t now_us = g->first ? cb_clock_mono_us() : 0;
    struct cb_plugin_call *call;

    while ((call = g->first) && x && x->phase == CB_PHASE_READY && (int64_t)x->flights.n < x->settings.concurrency) {
        g->first = call->next;
        if (!g->first)
            g->last = &g->first;
        call->next = NULL;
        launch(p, x, call, now_us);
    }
    pthread_mutex_lock(&p->lock);
    g->running_n = x ? (int64_t)x->flights.n : 0;
    pthread_mutex_unlock(&p->lock);
}

/* ---- back */

static enum cb_plugin_end end_of(int64_t code, int64_t error_code)
{
    static const enum cb_plugin_end by_code[] = { /* -1 to -10 of plugin.h */
        CB_PLUGIN_FAILED,  CB_PLUGIN_INVALID,  CB_PLUGIN_NOT_FOUND, CB_PLUGIN_DENIED,    CB_PLUGIN_CONFLICT,
        CB_PLUGIN_LIMIT,   CB_PLUGIN_TIMEOUT,  CB_PLUGIN_UPSTREAM,  CB_PLUGIN_CANCELLED, CB_PLUGIN_UNSUPPORTED,
    };

    if (code == 0)
        return CB_PLUGIN_OK;
    if (code == 1)
        return CB_PLUGIN_ABSENT;
    return error_code <= -1 && error_code >= -(int64_t)CB_COUNT(by_code) ? by_code[-error_code - 1] : CB_PLUGIN_FAILED;
}

static int64_t number_of(const struct cb_node *head, const char *key)
{
    const struct cb_node *n = cb_node_get(head, key);

    return n && n->type == CB_INT ? n->i : 0;
}

static struct cb_flight *find_flight(struct cb_process *x, int64_t id)
{
    for (size_t i = 0; i < x->flights.n; i++)
        if (x->flights.v[i].id == id)
            return &x->flights.v[i];
    return NULL;
}

void cb_call_done(struct cb_plugins *p, struct cb_process *x, const struct cb_node *head, cb_str body)
{
    struct cb_flight *f = find_flight(x, number_of(head, "id"));
    struct cb_plugin_call *call;
    enum cb_plugin_end end;

    if (!f) {
        cb_process_kill(p, x, CB_PLUGIN_GARBAGE, "it answered a call that nobody made");
        return;
    }
    call = f->call;
    *f = x->flights.v[--x->flights.n];
    if (call) {
        end = end_of(number_of(head, "code"), number_of(head, "error_code"));
        if (end == CB_PLUGIN_CANCELLED) /* not by us: we would not wait for it any more. Its deadline looks the same to a plugin */
            end = CB_PLUGIN_TIMEOUT;
        call->age_s = number_of(head, "age_s");
        if (end == CB_PLUGIN_OK) {
            call->answer = malloc(body.n + 1);
            if (!call->answer)
                abort();
            memcpy(call->answer, body.p, body.n);
            call->answer[body.n] = '\0';
            call->answer_n = body.n;
        }
        end_call(p, x->plugin, call, end, cb_arena_str(p->scratch, cb_node_text(head, "error")).p);
    }
    cb_call_pump(p, x->plugin);
}

void cb_call_fail_waiting(struct cb_plugins *p, struct cb_plugin *g, enum cb_plugin_end end, const char *why)
{
    struct cb_plugin_call *call;

    while ((call = g->first)) {
        g->first = call->next;
        call->since_us = g->since_us;
        call->next_us = g->next_us;
        end_call(p, g, call, end, why);
    }
    g->last = &g->first;
}

/* Nobody waits for what call ID of X asks for: what takes minutes is given up. */
static void give_up(struct cb_plugins *p, const struct cb_process *x, int64_t id)
{
    pthread_mutex_lock(&p->lock);
    for (struct cb_question *q = p->asked; q; q = q->next)
        if (q->serial == x->serial && q->call == id)
            cb_job_cancel(&q->job);
    pthread_mutex_unlock(&p->lock);
}

void cb_call_fail_running(struct cb_plugins *p, struct cb_process *x, enum cb_plugin_end end, const char *why)
{
    for (size_t i = 0; i < x->flights.n; i++) {
        give_up(p, x, x->flights.v[i].id);
        if (x->flights.v[i].call)
            end_call(p, x->plugin, x->flights.v[i].call, end, why);
    }
    cb_vec_clear(&x->flights);
}

static void send_cancel(struct cb_plugins *p, struct cb_process *x, struct cb_flight *f)
{
    char head[64];
    int n = snprintf(head, sizeof(head), "{\"op\":\"cancel\",\"id\":%lld}", (long long)f->id);

    f->cancelled = true;
    f->due_us = cb_clock_mono_us() + CB_PLUGIN_GRACE_US;
    give_up(p, x, f->id);
    cb_process_put(p, x, cb_str_make(head, (size_t)n), CB_LIT(""), CB_LIT(""));
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Tell CALL's asker once that it is late. Gives when to look again. */
static int64_t turn_late(struct cb_plugin_call *call, int64_t now_us)
{
    void (*late)(struct cb_plugin_call *) = call->late;

    if (!late)
        return INT64_MAX;
    if (now_us < call->begun_us + call->late_us)
        return call->begun_us + call->late_us;
    call->late = NULL;
    late(call);
    return INT64_MAX;
}

/* Deadlines of what is in X. */
static int64_t turn_process(struct cb_plugins *p, struct cb_process *x, int64_t now_us)
{
    int64_t due_us = INT64_MAX;
    char why[200];

    for (size_t i = 0; i < x->flights.n; i++) {
        struct cb_flight *f = &x->flights.v[i];

        if (now_us >= f->due_us && f->cancelled) {
            cb_process_kill(p, x, CB_PLUGIN_HUNG, "a call did not come back, nor stop when it was told to");
            return INT64_MAX;
        }
        if (now_us >= f->due_us) {
            snprintf(why, sizeof(why), "the plugin %s did not answer within %.3g s", x->plugin->name.p,
                     (double)(f->call->due_us - f->call->begun_us) / 1e6);
            end_call(p, x->plugin, f->call, CB_PLUGIN_TIMEOUT, why);
            f->call = NULL;
            send_cancel(p, x, f);
        }
        if (f->call)
            due_us = sooner(due_us, turn_late(f->call, now_us));
        due_us = sooner(due_us, f->due_us);
    }
    return due_us;
}

/* Deadlines of what waits for a process. */
static int64_t turn_waiting(struct cb_plugins *p, struct cb_plugin *g, int64_t now_us)
{
    struct cb_plugin_call **at = &g->first, *call;
    int64_t due_us = INT64_MAX;
    char why[200];

    while ((call = *at)) {
        int64_t until_us = call->due_us ? call->due_us : call->begun_us + WAIT_US; /* its row will say */

        if (now_us < until_us) {
            due_us = sooner(due_us, sooner(until_us, turn_late(call, now_us)));
            at = &call->next;
            continue;
        }
        *at = call->next;
        snprintf(why, sizeof(why), "the plugin %s %s", g->name.p,
                 g->current && g->current->phase == CB_PHASE_READY ? "had its hands full until the call's time was over" : "was not loaded in time");
        end_call(p, g, call, g->current ? CB_PLUGIN_BUSY : CB_PLUGIN_LOADING, why);
    }
    g->last = at;
    return due_us;
}

int64_t cb_call_turn(struct cb_plugins *p, int64_t now_us)
{
    int64_t due_us = INT64_MAX;

    for (struct cb_process *x = p->processes; x; x = x->next)
        if (x->phase != CB_PHASE_GONE)
            due_us = sooner(due_us, turn_process(p, x, now_us));
    for (struct cb_plugin *g = p->plugins; g; g = g->next)
        if (g->first)
            due_us = sooner(due_us, turn_waiting(p, g, now_us));
    return due_us;
}

static void cancel_waiting(struct cb_plugins *p, struct cb_plugin *g)
{
    struct cb_plugin_call **at = &g->first, *call;

    while ((call = *at)) {
        if (!atomic_load(&call->cancelled)) {
            at = &call->next;
            continue;
        }
        *at = call->next;
        end_call(p, g, call, CB_PLUGIN_CANCELLED, nobody);
    }
    g->last = at;
}

void cb_call_cancel(struct cb_plugins *p)
{
    for (struct cb_plugin *g = p->plugins; g; g = g->next)
        cancel_waiting(p, g);
    for (struct cb_process *x = p->processes; x; x = x->next)
        for (size_t i = 0; i < x->flights.n; i++) {
            struct cb_flight *f = &x->flights.v[i];

            if (!f->call || !atomic_load(&f->call->cancelled))
                continue;
            end_call(p, x->plugin, f->call, CB_PLUGIN_CANCELLED, nobody);
            f->call = NULL;
            send_cancel(p, x, f);
        }
}

/* ---- questions of plugins: to a worker and back */

/* Codes of plugin.h. */
static int plugin_code(enum cb_code code)
{
    switch (code) {
    case CB_OK: return 0;
    case CB_EINVAL: case CB_ETYPE: return -2;
    case CB_ENOTFOUND: return -3;
    case CB_EAUTH: case CB_EDENIED: return -4;
    case CB_ECONFLICT: return -5;
    case CB_ELIMIT: return -6;
    case CB_ETIMEOUT: return -7;
    case CB_ECANCELLED: return -9;
    case CB_EUNSUPPORTED: return -10;
    default: return -8;
    }
}

static void put_answer(struct cb_buf *head, int64_t id, enum cb_code rc, const char *why)
{
    cb_buf_printf(head, "{\"op\":\"answer\",\"id\":%lld,\"code\":%d", (long long)id, plugin_code(rc));
    if (rc != CB_OK)
        put_text(head, "error", cb_str_cstr(why));
    cb_buf_put_char(head, '}');
}

static void run_question(struct cb_job *job)
{
    struct cb_question *q = (struct cb_question *)(void *)job;

    q->ask.job = job;
    q->rc = q->p->env.answer(q->p->env.ctx, &q->ask, &q->answer, &q->err);
    if (q->rc == CB_OK && q->answer.n > CB_WIRE_BODY_MAX)
        q->rc = cb_fail(&q->err, CB_ELIMIT, "the answer is over %d bytes: ask for less", CB_WIRE_BODY_MAX);
}

/* It is answered: too late to give it up. */
static void forget(struct cb_plugins *p, struct cb_question *q)
{
    pthread_mutex_lock(&p->lock);
    for (struct cb_question **at = &p->asked; q->slow && *at; at = &(*at)->next)
        if (*at == q) {
            *at = q->next;
            break;
        }
    pthread_mutex_unlock(&p->lock);
}

static void question_done(struct cb_job *job)
{
    struct cb_question *q = (struct cb_question *)(void *)job;
    struct cb_plugin_command *c = calloc(1, sizeof(*c));
    struct cb_buf head = CB_BUF_INIT;
    char prefix[CB_WIRE_PREFIX];

    if (!c)
        abort();
    forget(q->p, q);
    if (job->dropped != CB_OK)
        q->rc = cb_fail(&q->err, job->dropped, "callboard did not get to it");
    put_answer(&head, q->id, q->rc, q->err.text);
    if (q->rc != CB_OK)
        cb_buf_clear(&q->answer);
    cb_wire_prefix(prefix, head.n, q->answer.n);
    c->type = CB_COMMAND_ANSWER;
    c->serial = q->serial;
    cb_buf_put(&c->frame, prefix, sizeof(prefix));
    cb_buf_put_str(&c->frame, cb_buf_str(&head));
    cb_buf_put_str(&c->frame, cb_buf_str(&q->answer));
    cb_buf_fini(&head);
    cb_buf_fini(&q->answer);
    cb_supervise_command(q->p, c);
    atomic_fetch_sub(&q->p->job_n, 1); /* behind it nothing of P is touched */
    cb_arena_free(q->arena);
}

/* An emitted document needs no worker: whoever reads the source takes it. */
static enum cb_code emitted(struct cb_flight *f, const struct cb_node *head, cb_str body, struct cb_err *err)
{
    cb_str kind = cb_node_text(head, "kind");

    if (!f || !f->call)
        return cb_fail(err, CB_ECANCELLED, "nobody reads this source any more");
    if (!f->call->emit)
        return cb_fail(err, CB_EINVAL, "only a source's read may emit");
    return f->call->emit(f->call, kind, body, err) ? CB_OK : err->code;
}

static void answer_now(struct cb_plugins *p, struct cb_process *x, int64_t id, enum cb_code rc, const struct cb_err *err)
{
    struct cb_buf head = CB_BUF_INIT;

    put_answer(&head, id, rc, err->text);
    cb_process_put(p, x, cb_buf_str(&head), CB_LIT(""), CB_LIT(""));
    cb_buf_fini(&head);
}

static enum cb_code push_question(struct cb_plugins *p, struct cb_process *x, const struct cb_flight *f, const struct cb_node *head, cb_str body,
                                  struct cb_err *err)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_question *q = CB_NEW(a, struct cb_question);
    enum cb_code rc;

    *q = (struct cb_question){
        .job = {.run = run_question, .done = question_done, .deadline_us = cb_clock_mono_us() + ASK_US},
        .p = p,
        .arena = a,
        .serial = x->serial,
        .id = number_of(head, "id"),
        .ask = {.plugin = cb_arena_str(a, x->plugin->name), .head = cb_node_copy(a, head), .body = cb_arena_str(a, body), .arena = a},
    };
    q->ask.what = cb_node_text(q->ask.head, "what");
    q->call = number_of(head, "call");
    q->slow = cb_str_starts(q->ask.what, CB_LIT("git_"));
    if (q->slow)
        q->job.deadline_us = cb_clock_mono_us() + CB_PLUGIN_GIT_WAIT_US;
    if (f && f->call) {
        q->ask.user = cb_arena_str(a, f->call->user);
        q->ask.workspace = cb_arena_str(a, f->call->workspace);
        q->ask.task = cb_arena_str(a, f->call->task);
    }
    atomic_fetch_add(&p->job_n, 1);
    x->ask_n++;
    if (q->slow) {
        pthread_mutex_lock(&p->lock);
        q->next = p->asked;
        p->asked = q;
        pthread_mutex_unlock(&p->lock);
    }
    rc = cb_jobs_push(q->slow ? p->git : p->env.jobs, &q->job, err);
    if (rc == CB_OK)
        return CB_OK;
    forget(p, q);
    x->ask_n--;
    atomic_fetch_sub(&p->job_n, 1);
    cb_arena_free(a);
    return rc;
}

void cb_call_asked(struct cb_plugins *p, struct cb_process *x, const struct cb_node *head, cb_str body)
{
    struct cb_flight *f = find_flight(x, number_of(head, "call"));
    struct cb_err err = {0};
    enum cb_code rc;

    if (cb_str_eq(cb_node_text(head, "what"), CB_LIT("emit"))) {
        answer_now(p, x, number_of(head, "id"), emitted(f, head, body, &err), &err);
        return;
    }
    if (!p->env.answer || !p->env.jobs || !p->git)
        rc = cb_fail(&err, CB_EUNSUPPORTED, "there is no catalog to ask here");
    else if (x->ask_n >= CB_PLUGIN_ASK_MAX)
        rc = cb_fail(&err, CB_ELIMIT, "%d questions of this plugin are being answered already", CB_PLUGIN_ASK_MAX);
    else
        rc = push_question(p, x, f, head, body, &err);
    if (rc != CB_OK)
        answer_now(p, x, number_of(head, "id"), rc, &err);
}

/* ---- numbers */

void cb_call_metric(struct cb_plugins *p, struct cb_plugin *g, const struct cb_node *head)
{
    cb_str name = cb_node_text(head, "name");
    const struct cb_node *add = cb_node_get(head, "add"), *set = cb_node_get(head, "set"), *n = add ? add : set;
    double value = !n ? 0 : n->type == CB_INT ? (double)n->i : n->type == CB_REAL ? n->d : 0;
    size_t i = 0;

    if (!n || name.n == 0 || name.n > CB_PLUGIN_NAME_MAX || strspn(cb_arena_str(p->scratch, name).p, "abcdefghijklmnopqrstuvwxyz_") != name.n)
        return;
    pthread_mutex_lock(&p->lock);
    while (i < g->metric_n && !cb_str_eq(cb_str_cstr(g->metrics[i].name), name))
        i++;
    if (i == g->metric_n && i < CB_PLUGIN_METRIC_MAX) {
        memcpy(g->metrics[i].name, name.p, name.n);
        g->metrics[i].counter = add != NULL;
        g->metric_n++;
    }
    if (i < g->metric_n)
        g->metrics[i].value = add ? g->metrics[i].value + value : value;
    pthread_mutex_unlock(&p->lock);
}
