#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/base/log.h"
#include "server/plugin/supervise_in.h"

#define REAP_US (INT64_C(2) * 1000) /* between looks at a process that is about to be gone */

static const char *const states[CB_PLUGIN_STATE_N] = {"loading", "ready", "refused", "failing", "broken", "disabled"};

const char *cb_plugin_state_name(enum cb_plugin_state state)
{
    return states[state];
}

/* ---- what outsiders see. WHY may be NULL; NEXT_US monotonic, 0: nobody knows. */

static void say(struct cb_plugins *p, struct cb_plugin *g, enum cb_plugin_state state, const char *why, int64_t next_us)
{
    int64_t next_at_us = next_us ? cb_clock_now_us() + (next_us - cb_clock_mono_us()) : 0;
    enum cb_plugin_state before = g->state;

    pthread_mutex_lock(&p->lock);
    if (g->state != state || !g->since_us)
        g->since_us = cb_clock_now_us();
    g->state = state;
    g->next_us = next_at_us;
    snprintf(g->why, sizeof(g->why), "%s", why ? why : "");
    g->pid = g->current ? g->current->pid : 0;
    g->started_us = g->current ? cb_clock_now_us() - (cb_clock_mono_us() - g->current->begun_us) : 0;
    pthread_mutex_unlock(&p->lock);
    cb_arena_reset(p->scratch);
    if (why)
        cb_log(state == CB_PLUGIN_IS_READY || state == CB_PLUGIN_IS_DISABLED ? CB_LOG_INFO : CB_LOG_WARN, "plugin.state",
               "plugin=%s state=%s was=%s why=%s", g->name.p, states[state], states[before],
               cb_log_quote(p->scratch, cb_str_cstr(why), CB_ERR_TEXT_MAX));
    else
        cb_log(CB_LOG_INFO, "plugin.state", "plugin=%s state=%s was=%s", g->name.p, states[state], states[before]);
}

static enum cb_plugin_end end_of(enum cb_plugin_state state)
{
    return state == CB_PLUGIN_IS_REFUSED    ? CB_PLUGIN_REFUSED
           : state == CB_PLUGIN_IS_BROKEN   ? CB_PLUGIN_BROKEN
           : state == CB_PLUGIN_IS_DISABLED ? CB_PLUGIN_DISABLED
                                            : CB_PLUGIN_FAILING;
}

/* Nobody is served until something changes. */
static void shut(struct cb_plugins *p, struct cb_plugin *g, enum cb_plugin_state state, const char *why, int64_t next_us)
{
    char sentence[CB_ERR_TEXT_MAX];

    say(p, g, state, why, next_us);
    snprintf(sentence, sizeof(sentence), "the plugin %s is %s: %.800s", g->name.p, states[state], why);
    cb_call_fail_waiting(p, g, end_of(state), sentence);
    if (state == CB_PLUGIN_IS_DISABLED && p->env.changed)
        p->env.changed(p->env.ctx);
}

/* A reload that did not happen: the one before serves on. */
static void keep_old(struct cb_plugins *p, struct cb_plugin *g, const char *why)
{
    char sentence[CB_ERR_TEXT_MAX];

    snprintf(sentence, sizeof(sentence), "it could not be loaded anew, the one before serves on: %.800s", why);
    say(p, g, CB_PLUGIN_IS_READY, sentence, 0);
}

/* ---- the old one goes */

void cb_life_drain(struct cb_plugins *p, struct cb_process *x)
{
    if (x->phase == CB_PHASE_GONE || x->leaving)
        return;
    x->leaving = true;
    if (x->phase != CB_PHASE_READY) {
        cb_process_kill(p, x, CB_PLUGIN_STOPPING, "it is to stop");
        return;
    }
    x->phase = CB_PHASE_DRAINING;
    x->due_us = cb_clock_mono_us() + CB_PLUGIN_DRAIN_US;
}

static void stop_all(struct cb_plugins *p, struct cb_plugin *g)
{
    if (g->coming)
        cb_life_drain(p, g->coming);
    if (g->current)
        cb_life_drain(p, g->current);
    g->coming = g->current = NULL;
    g->retry_us = 0;
}

/* ---- loading */

static void start(struct cb_plugins *p, struct cb_plugin *g)
{
    struct cb_plugin_settings settings;
    struct cb_arena *a = cb_arena_new();
    struct cb_err err = {0};
    struct cb_process *x;

    if (g->coming) {
        cb_life_drain(p, g->coming);
        g->coming = NULL;
    }
    g->retry_us = 0;
    cb_folder_stat(&g->tried, g->path.p);
    if (cb_settings_read(&settings, a, p->config, g->name, &err) != CB_OK) {
        cb_arena_free(a);
        if (g->current)
            keep_old(p, g, err.text);
        else
            shut(p, g, CB_PLUGIN_IS_REFUSED, err.text, 0);
        return;
    }
    pthread_mutex_lock(&p->lock);
    g->configured = settings.configured;
    pthread_mutex_unlock(&p->lock);
    if (!settings.enabled || g->missing) {
        char why[CB_ERR_TEXT_MAX] = "the configuration says enabled: false";

        if (settings.enabled)
            snprintf(why, sizeof(why), "there is no file %s", g->path.p);
        stop_all(p, g);
        shut(p, g, settings.enabled && settings.configured ? CB_PLUGIN_IS_REFUSED : CB_PLUGIN_IS_DISABLED, why, 0);
        cb_arena_free(a);
        return;
    }
    if (cb_process_start(&x, p, g, &settings, a, g->path.p, &err) != CB_OK) {
        cb_arena_free(a);
        if (g->current)
            keep_old(p, g, err.text);
        else
            shut(p, g, CB_PLUGIN_IS_REFUSED, err.text, 0);
        return;
    }
    g->coming = x;
    if (!g->current)
        say(p, g, CB_PLUGIN_IS_LOADING, NULL, 0);
}

void cb_life_restart(struct cb_plugins *p, struct cb_plugin *g)
{
    g->end_n = g->pause_n = g->break_n = 0;
    start(p, g);
}

void cb_life_configure(struct cb_plugins *p, struct cb_plugin *g)
{
    struct cb_plugin_settings settings;
    struct cb_arena *a = cb_arena_new();
    struct cb_err err = {0};
    bool same = false;

    if (g->current && cb_settings_read(&settings, a, p->config, g->name, &err) == CB_OK && settings.enabled) {
        if (cb_settings_check(&settings, a, p->config, g->name, g->current->describe->config, &err) == CB_OK)
            same = cb_settings_same(&settings, &g->current->settings);
        else if (settings.configured) {
            keep_old(p, g, err.text);
            same = true;
        }
    }
    cb_arena_free(a);
    if (!same)
        cb_life_restart(p, g);
}

/* It said no, or we do. */
static void refuse(struct cb_plugins *p, struct cb_process *x, enum cb_plugin_state state, const char *why)
{
    struct cb_plugin *g = x->plugin;
    char kept[CB_ERR_TEXT_MAX];

    snprintf(kept, sizeof(kept), "%s", why);
    x->leaving = true;
    if (g->coming == x)
        g->coming = NULL;
    cb_process_kill(p, x, CB_PLUGIN_REFUSED, "%s", kept);
    if (g->current)
        keep_old(p, g, kept);
    else
        shut(p, g, state, kept, 0);
}

void cb_life_refused(struct cb_plugins *p, struct cb_process *x, const char *why)
{
    refuse(p, x, CB_PLUGIN_IS_REFUSED, why);
}

static void put_texts(struct cb_buf *out, const char *key, const cb_str *v, size_t n)
{
    cb_buf_printf(out, ",\"%s\":[", key);
    for (size_t i = 0; i < n; i++) {
        if (i)
            cb_buf_put_char(out, ',');
        cb_buf_put_json(out, v[i]);
    }
    cb_buf_put_char(out, ']');
}

static void open_process(struct cb_plugins *p, struct cb_process *x)
{
    const struct cb_plugin_settings *s = &x->settings;
    struct cb_buf head = CB_BUF_INIT;

    cb_buf_printf(&head, "{\"op\":\"open\",\"concurrency\":%lld", (long long)s->concurrency);
    put_texts(&head, "allow", s->allow, s->allow_n);
    put_texts(&head, "secrets", s->secrets, s->secret_n);
    if (s->ca_file.n) {
        cb_buf_put_cstr(&head, ",\"ca_file\":");
        cb_buf_put_json(&head, s->ca_file);
    }
    cb_buf_put_char(&head, '}');
    x->phase = CB_PHASE_OPENING;
    cb_process_put(p, x, cb_buf_str(&head), s->json, CB_LIT(""));
    cb_buf_fini(&head);
}

void cb_life_loaded(struct cb_plugins *p, struct cb_process *x, cb_str descriptor, cb_str unconfined)
{
    struct cb_plugin *g = x->plugin;
    struct cb_err err = {0};
    char why[CB_ERR_TEXT_MAX];

    if (cb_describe_parse(&x->describe, descriptor, &err) != CB_OK) {
        refuse(p, x, CB_PLUGIN_IS_REFUSED, err.text);
        return;
    }
    if (!p->env.only && !cb_str_eq(x->describe->name, g->name)) {
        snprintf(why, sizeof(why), "the plugin in %s is called %s: the file must be %s.so", g->path.p, x->describe->name.p, x->describe->name.p);
        refuse(p, x, CB_PLUGIN_IS_REFUSED, why);
        return;
    }
    if (!g->current) { /* what it has is known, even if it may not run */
        pthread_mutex_lock(&p->lock);
        cb_describe_unref(g->describe);
        g->describe = cb_describe_ref(x->describe);
        pthread_mutex_unlock(&p->lock);
    }
    if (cb_settings_check(&x->settings, x->arena, p->config, g->name, x->describe->config, &err) != CB_OK) {
        if (x->settings.configured) {
            refuse(p, x, CB_PLUGIN_IS_REFUSED, err.text);
        } else {
            snprintf(why, sizeof(why), "it needs a configuration, and there is none under plugins: {%s: ...}", g->name.p);
            refuse(p, x, CB_PLUGIN_IS_DISABLED, why);
        }
        return;
    }
    if (unconfined.n)
        cb_log(CB_LOG_WARN, "plugin.unconfined", "plugin=%s missing=%" CB_FMT " hint=\"the kernel does not offer it\"", g->name.p, CB_ARG(unconfined));
    open_process(p, x);
}

void cb_life_opened(struct cb_plugins *p, struct cb_process *x)
{
    struct cb_plugin *g = x->plugin;
    struct cb_process *old = g->current;

    if (g->coming != x) /* superseded meanwhile */
        return;
    g->coming = NULL;
    g->current = x;
    x->phase = CB_PHASE_READY;
    x->ready_us = cb_clock_mono_us();
    pthread_mutex_lock(&p->lock);
    cb_describe_unref(g->describe);
    g->describe = cb_describe_ref(x->describe);
    g->deadline_us = x->settings.deadline_us;
    if (old)
        g->reload_n++;
    pthread_mutex_unlock(&p->lock);
    say(p, g, CB_PLUGIN_IS_READY, NULL, 0);
    if (old)
        cb_life_drain(p, old);
    cb_call_pump(p, g);
    if (p->env.changed)
        p->env.changed(p->env.ctx);
}

/* ---- its end */

static int64_t with_jitter(int64_t us)
{
    uint32_t random;

    cb_random(&random, sizeof(random));
    return us - us / 4 + (int64_t)(random % 1024) * (us / 2) / 1024;
}

/* A process of G ended by itself; WELL: after having served for long. What now? */
static void plan(struct cb_plugins *p, struct cb_plugin *g, bool well, const char *why)
{
    int64_t now_us = cb_clock_mono_us(), pause_us;
    unsigned recent = 1;

    if (well)
        g->pause_n = g->break_n = g->end_n = 0;
    for (unsigned i = 0; i < g->end_n; i++)
        recent += now_us - g->ends[i] <= CB_PLUGIN_BREAK_WINDOW_US;
    memmove(g->ends + 1, g->ends, sizeof(g->ends) - sizeof(g->ends[0]));
    g->ends[0] = now_us;
    if (g->end_n < CB_PLUGIN_BREAK_N)
        g->end_n++;
    pthread_mutex_lock(&p->lock);
    g->restart_n++;
    pthread_mutex_unlock(&p->lock);
    if (p->stopping)
        return;
    if (recent >= CB_PLUGIN_BREAK_N || g->break_n) {
        char sentence[CB_ERR_TEXT_MAX];

        pause_us = CB_PLUGIN_BREAK_US << (g->break_n < 10 ? g->break_n : 10);
        if (pause_us > CB_PLUGIN_BREAK_MAX_US)
            pause_us = CB_PLUGIN_BREAK_MAX_US;
        g->break_n++;
        g->retry_us = now_us + pause_us;
        snprintf(sentence, sizeof(sentence), "it failed again and again, the last time because %.800s", why);
        shut(p, g, CB_PLUGIN_IS_BROKEN, sentence, g->retry_us);
        return;
    }
    if (g->pause_n++ == 0) {
        start(p, g);
        return;
    }
    pause_us = CB_PLUGIN_BACKOFF_MIN_US << (g->pause_n < 10 ? g->pause_n - 2 : 8);
    if (pause_us > CB_PLUGIN_BACKOFF_MAX_US)
        pause_us = CB_PLUGIN_BACKOFF_MAX_US;
    g->retry_us = now_us + with_jitter(pause_us);
    shut(p, g, CB_PLUGIN_IS_FAILING, why, g->retry_us);
}

/* "it crashed (Segmentation fault)" */
static void tell_end(char *out, size_t n, const struct cb_process *x, int status)
{
    if (x->fate != CB_PLUGIN_OK)
        snprintf(out, n, "%s", x->why);
    else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT)
        snprintf(out, n, "it crashed (Aborted; perhaps it had not enough memory)");
    else if (WIFSIGNALED(status))
        snprintf(out, n, "it crashed (%s)", sigdescr_np(WTERMSIG(status)) ? sigdescr_np(WTERMSIG(status)) : "unknown signal");
    else
        snprintf(out, n, "its process ended by itself (status %d)", WEXITSTATUS(status));
}

void cb_life_gone(struct cb_plugins *p, struct cb_process *x, int status)
{
    struct cb_plugin *g = x->plugin;
    bool current = g->current == x, coming = g->coming == x;
    int64_t served_us = x->ready_us ? cb_clock_mono_us() - x->ready_us : 0;
    char why[CB_ERR_TEXT_MAX], sentence[CB_ERR_TEXT_MAX];

    tell_end(why, sizeof(why), x, status);
    if (!x->leaving)
        cb_log(CB_LOG_WARN, "plugin.ended", "plugin=%s pid=%d served_ms=%lld calls=%zu why=\"%s\"", g->name.p, (int)x->pid,
               (long long)(served_us / 1000), x->flights.n, why);
    snprintf(sentence, sizeof(sentence), "the plugin %s did not answer: %.800s", g->name.p, why);
    cb_call_fail_running(p, x, x->fate != CB_PLUGIN_OK ? x->fate : CB_PLUGIN_CRASHED, sentence);
    if (current)
        g->current = NULL;
    if (coming)
        g->coming = NULL;
    if (x->leaving || !(current || coming))
        return;
    if (coming && g->current) {
        keep_old(p, g, why);
        return;
    }
    if (current && g->coming) /* the next one is on its way */
        say(p, g, CB_PLUGIN_IS_LOADING, NULL, 0);
    else
        plan(p, g, served_us >= CB_PLUGIN_WELL_US, why);
}

/* ---- time */

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void close_process(struct cb_plugins *p, struct cb_process *x, int64_t now_us)
{
    x->phase = CB_PHASE_CLOSING;
    x->due_us = now_us + CB_PLUGIN_CLOSE_US;
    cb_process_put(p, x, CB_LIT("{\"op\":\"stop\"}"), CB_LIT(""), CB_LIT(""));
}

static int64_t turn_process(struct cb_plugins *p, struct cb_process *x, int64_t now_us)
{
    switch (x->phase) {
    case CB_PHASE_LOADING:
    case CB_PHASE_OPENING:
        if (now_us >= x->due_us)
            cb_process_kill(p, x, CB_PLUGIN_HUNG, "it was not ready within %lld s", (long long)(CB_PLUGIN_LOAD_US / CB_S_US));
        return x->due_us;
    case CB_PHASE_READY:
        return INT64_MAX;
    case CB_PHASE_DRAINING:
        if (x->flights.n == 0 || now_us >= x->due_us)
            close_process(p, x, now_us);
        return x->due_us;
    case CB_PHASE_CLOSING:
        if (now_us >= x->due_us)
            cb_process_kill(p, x, CB_PLUGIN_HUNG, "it did not stop");
        return x->due_us;
    case CB_PHASE_GONE:
        return now_us + REAP_US;
    }
    return INT64_MAX;
}

int64_t cb_life_turn(struct cb_plugins *p, int64_t now_us)
{
    int64_t due_us = INT64_MAX;
    struct cb_process *next;

    for (struct cb_process *x = p->processes; x; x = next) {
        next = x->next;
        if (x->phase == CB_PHASE_GONE && cb_process_reap(p, x, now_us))
            cb_process_free(p, x);
    }
    for (struct cb_plugin *g = p->plugins; g; g = g->next) {
        if (g->retry_us && now_us >= g->retry_us)
            start(p, g);
        if (g->retry_us)
            due_us = sooner(due_us, g->retry_us);
    }
    for (struct cb_process *x = p->processes; x; x = x->next)
        due_us = sooner(due_us, turn_process(p, x, now_us));
    return due_us;
}
