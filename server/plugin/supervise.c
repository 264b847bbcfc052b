#include "server/plugin/supervise.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/base/thread.h"
#include "server/plugin/supervise_in.h"

#define EVENT_N 64
#define HOST "callboard-plugin-host"

/* ---- wake, commands */

void cb_supervise_wake(struct cb_plugins *p)
{
    uint64_t one = 1;

    if (write(p->wake, &one, sizeof(one)) < 0 && errno != EAGAIN)
        cb_log(CB_LOG_ERROR, "plugin.wake", "errno=%d", errno);
}

void cb_supervise_command(struct cb_plugins *p, struct cb_plugin_command *c)
{
    c->next = NULL;
    pthread_mutex_lock(&p->lock);
    *p->commands_last = c;
    p->commands_last = &c->next;
    pthread_mutex_unlock(&p->lock);
    cb_supervise_wake(p);
}

struct cb_plugin *cb_supervise_find(struct cb_plugins *p, cb_str name)
{
    for (struct cb_plugin *g = p->plugins; g; g = g->next)
        if (cb_str_eq(g->name, name))
            return g;
    return NULL;
}

struct cb_plugin *cb_supervise_make(struct cb_plugins *p, cb_str name)
{
    struct cb_plugin *g = cb_supervise_find(p, name), **at;
    char *copy;

    if (g)
        return g;
    if (p->plugin_n == CB_PLUGIN_N_MAX) {
        cb_log(CB_LOG_WARN, "plugin.too_many", "plugin=%" CB_FMT " most=%d", CB_ARG(name), CB_PLUGIN_N_MAX);
        return NULL;
    }
    g = calloc(1, sizeof(*g));
    copy = strndup(name.p, name.n);
    if (!g || !copy)
        abort();
    g->name = cb_str_make(copy, name.n);
    g->last = &g->first;
    g->state = CB_PLUGIN_IS_LOADING;
    pthread_mutex_lock(&p->lock);
    for (at = &p->plugins; *at && cb_str_cmp((*at)->name, g->name) < 0; at = &(*at)->next)
        ;
    g->next = *at;
    *at = g;
    p->plugin_n++;
    pthread_mutex_unlock(&p->lock);
    return g;
}

/* ---- where things lie */

/* Folder of this program, without a slash at its end. */
static void own_folder(char out[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
    char *slash;

    out[n < 0 ? 0 : n] = '\0';
    slash = strrchr(out, '/');
    if (slash)
        *slash = '\0';
}

static char *find_host(void)
{
    char folder[PATH_MAX], path[2 * PATH_MAX];

    own_folder(folder);
    snprintf(path, sizeof(path), "%s/" HOST, folder);
    if (access(path, X_OK) != 0)
        snprintf(path, sizeof(path), "%s/../libexec/" HOST, folder);
    return strdup(path);
}

static char *find_directory(const struct cb_config *config)
{
    char folder[PATH_MAX], path[2 * PATH_MAX];
    struct stat st;

    if (config->plugin_directory.n)
        return strndup(config->plugin_directory.p, config->plugin_directory.n);
    own_folder(folder);
    snprintf(path, sizeof(path), "%s/plugins/.libs", folder);
    return strdup(stat(path, &st) == 0 ? path : CB_PLUGIN_DIR);
}

/* ---- the thread */

static void configure(struct cb_plugins *p, const struct cb_config *config)
{
    char *directory = find_directory(config);

    p->config = config;
    if (strcmp(directory, p->directory) != 0) {
        free(p->directory);
        p->directory = directory;
        cb_folder_open(p);
    } else {
        free(directory);
    }
    for (struct cb_plugin *g = p->plugins; g; g = g->next)
        cb_life_configure(p, g);
    cb_folder_scan(p);
}

static void reload(struct cb_plugins *p, const char *name)
{
    cb_folder_scan(p);
    for (struct cb_plugin *g = p->plugins; g; g = g->next)
        if (!*name || strcmp(g->name.p, name) == 0)
            cb_life_restart(p, g);
}

static void begin_stop(struct cb_plugins *p)
{
    p->stopping = true;
    cb_call_take_in(p);
    for (struct cb_plugin *g = p->plugins; g; g = g->next) {
        g->retry_us = 0;
        g->coming = g->current = NULL;
        cb_call_fail_waiting(p, g, CB_PLUGIN_STOPPING, "callboard is stopping");
    }
    for (struct cb_process *x = p->processes; x; x = x->next) {
        cb_call_fail_running(p, x, CB_PLUGIN_STOPPING, "callboard is stopping");
        cb_life_drain(p, x);
    }
}

static void answer(struct cb_plugins *p, struct cb_plugin_command *c)
{
    for (struct cb_process *x = p->processes; x; x = x->next) {
        if (x->serial != c->serial)
            continue;
        x->ask_n--;
        if (x->phase == CB_PHASE_GONE)
            return;
        cb_buf_put_str(&x->out, cb_buf_str(&c->frame));
        cb_process_flush(p, x);
        return;
    }
}

static void carry_out(struct cb_plugins *p)
{
    struct cb_plugin_command *c, *all;

    pthread_mutex_lock(&p->lock);
    all = p->commands;
    p->commands = NULL;
    p->commands_last = &p->commands;
    pthread_mutex_unlock(&p->lock);
    while ((c = all)) {
        all = c->next;
        switch (c->type) {
        case CB_COMMAND_RELOAD: reload(p, c->name); break;
        case CB_COMMAND_CONFIGURE: configure(p, c->config); break;
        case CB_COMMAND_CANCEL: cb_call_cancel(p); break;
        case CB_COMMAND_ANSWER: answer(p, c); break;
        case CB_COMMAND_STOP: begin_stop(p); break;
        }
        cb_buf_fini(&c->frame);
        free(c);
    }
}

static struct cb_process *process_of(struct cb_plugins *p, uint64_t tag)
{
    for (struct cb_process *x = p->processes; x; x = x->next)
        if ((uint64_t)x->serial == tag >> 2)
            return x;
    return NULL;
}

/* Tags: 0 the wake, 2 the folder, else a process's serial and which of its descriptors. */
static void on_event(struct cb_plugins *p, const struct epoll_event *e)
{
    struct cb_process *x;
    uint64_t n;

    if (e->data.u64 == 0) {
        if (read(p->wake, &n, sizeof(n)) < 0 && errno != EAGAIN)
            cb_log(CB_LOG_ERROR, "plugin.wake", "errno=%d", errno);
        return;
    }
    if (e->data.u64 == 2) {
        cb_folder_event(p);
        return;
    }
    if (!(x = process_of(p, e->data.u64)))
        return;
    if (e->data.u64 & 1) {
        cb_process_read_line(p, x);
        return;
    }
    if (e->events & EPOLLOUT)
        cb_process_flush(p, x);
    if (e->events & ~(uint32_t)EPOLLOUT)
        cb_process_read(p, x);
}

/* Deadlines, ends, pauses. Gives milliseconds until there is something to do again; -1: nothing. */
static int turn(struct cb_plugins *p)
{
    int64_t now_us = cb_clock_mono_us(), due_us = cb_call_turn(p, now_us), life_us, left_us;

    life_us = cb_life_turn(p, now_us);
    due_us = due_us < life_us ? due_us : life_us;
    if (p->scan_us && now_us >= p->scan_us && !p->stopping)
        cb_folder_scan(p);
    if (p->scan_us && p->scan_us < due_us)
        due_us = p->scan_us;
    if (p->finished)
        return 0;
    if (due_us == INT64_MAX)
        return -1;
    left_us = due_us - cb_clock_mono_us();
    return left_us <= 0 ? 0 : left_us > INT64_C(3600000000) ? 3600000 : (int)((left_us + 999) / 1000);
}

static void tell_settled(struct cb_plugins *p)
{
    bool all = true;

    for (struct cb_plugin *g = p->plugins; g && all; g = g->next)
        all = g->state != CB_PLUGIN_IS_LOADING;
    if (!all)
        return;
    pthread_mutex_lock(&p->lock);
    p->settled = true;
    pthread_mutex_unlock(&p->lock);
}

static void kill_the_rest(struct cb_plugins *p)
{
    for (struct cb_process *x = p->processes; x; x = x->next) {
        x->leaving = true;
        cb_process_kill(p, x, CB_PLUGIN_STOPPING, "callboard is stopping");
    }
}

static void *supervise(void *arg)
{
    struct cb_plugins *p = arg;
    struct epoll_event events[EVENT_N];
    int wait_ms = 0;

    cb_thread_begin(CB_THREAD_DUTY, "cb-plugins");
    cb_folder_open(p);
    cb_folder_scan(p);
    for (;;) {
        int n = epoll_wait(p->epoll, events, EVENT_N, wait_ms);

        for (int i = 0; i < n; i++)
            on_event(p, &events[i]);
        carry_out(p);
        cb_call_take_in(p);
        wait_ms = turn(p);
        cb_call_hand_back(p);
        if (!p->settled)
            tell_settled(p);
        if (!p->stopping)
            continue;
        if (!p->processes)
            break;
        if (cb_clock_mono_us() >= p->stop_us)
            kill_the_rest(p);
        if (wait_ms < 0 || wait_ms > 50)
            wait_ms = 50;
    }
    return NULL;
}

/* ---- start and stop */

enum cb_code cb_plugins_start(struct cb_plugins **out, const struct cb_plugins_env *env, struct cb_err *err)
{
    struct cb_plugins *p = calloc(1, sizeof(*p));
    struct epoll_event e = {.events = EPOLLIN, .data.u64 = 0};

    if (!p)
        abort();
    p->env = *env;
    p->config = env->config;
    p->host = find_host();
    p->directory = find_directory(env->config);
    if (!p->host || !p->directory)
        abort();
    p->scratch = cb_arena_new();
    p->watch = -1;
    p->inbox_last = &p->inbox_first;
    p->commands_last = &p->commands;
    if (env->answer && cb_jobs_new(&p->git, CB_PLUGIN_GIT_N, CB_PLUGIN_ASK_MAX, err) != CB_OK)
        p->git = NULL;
    pthread_mutex_init(&p->lock, NULL);
    p->epoll = epoll_create1(EPOLL_CLOEXEC);
    p->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (p->epoll >= 0 && p->wake >= 0 && epoll_ctl(p->epoll, EPOLL_CTL_ADD, p->wake, &e) == 0 &&
        pthread_create(&p->thread, NULL, supervise, p) == 0) {
        *out = p;
        return CB_OK;
    }
    if (p->epoll >= 0)
        close(p->epoll);
    if (p->wake >= 0)
        close(p->wake);
    cb_jobs_free(p->git);
    cb_arena_free(p->scratch);
    free(p->host);
    free(p->directory);
    free(p);
    return cb_fail(err, CB_EUNAVAILABLE, "no thread or descriptor for the plugins: %s", strerror(errno));
}

static struct cb_plugin_command *command(enum cb_command_type type)
{
    struct cb_plugin_command *c = calloc(1, sizeof(*c));

    if (!c)
        abort();
    c->type = type;
    return c;
}

void cb_plugins_configure(struct cb_plugins *p, const struct cb_config *config)
{
    struct cb_plugin_command *c = command(CB_COMMAND_CONFIGURE);

    c->config = config;
    cb_supervise_command(p, c);
}

enum cb_code cb_plugins_reload(struct cb_plugins *p, cb_str name, struct cb_err *err)
{
    struct cb_plugin_command *c;
    bool known;

    pthread_mutex_lock(&p->lock);
    known = !name.n || cb_supervise_find(p, name);
    pthread_mutex_unlock(&p->lock);
    if (!known)
        return cb_fail(err, CB_ENOTFOUND, "there is no plugin %" CB_FMT, CB_ARG(cb_str_sub(name, 0, 100)));
    c = command(CB_COMMAND_RELOAD);
    if (name.n)
        memcpy(c->name, name.p, name.n);
    cb_supervise_command(p, c);
    return CB_OK;
}

bool cb_plugins_settled(struct cb_plugins *p)
{
    bool settled;

    pthread_mutex_lock(&p->lock);
    settled = p->settled;
    pthread_mutex_unlock(&p->lock);
    return settled;
}

static void free_plugins(struct cb_plugins *p)
{
    struct cb_plugin_command *c;
    struct cb_plugin *g;

    while ((c = p->commands)) {
        p->commands = c->next;
        cb_buf_fini(&c->frame);
        free(c);
    }
    while ((g = p->plugins)) {
        p->plugins = g->next;
        cb_describe_unref(g->describe);
        free((char *)(uintptr_t)g->name.p);
        free((char *)(uintptr_t)g->path.p);
        free(g);
    }
}

void cb_plugins_close(struct cb_plugins *p, int64_t deadline_us)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->closed = true;
    p->stop_us = deadline_us;
    pthread_mutex_unlock(&p->lock);
    cb_supervise_command(p, command(CB_COMMAND_STOP));
}

void cb_plugins_stop(struct cb_plugins *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    if (!p->closed) {
        pthread_mutex_unlock(&p->lock);
        cb_plugins_close(p, cb_clock_mono_us());
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    cb_jobs_free(p->git);
    while (atomic_load(&p->job_n)) /* workers that still answer one of its questions */
        usleep(1000);
    free_plugins(p);
    if (p->watch >= 0)
        close(p->watch);
    close(p->epoll);
    close(p->wake);
    cb_arena_free(p->scratch);
    pthread_mutex_destroy(&p->lock);
    free(p->host);
    free(p->directory);
    free(p);
}
