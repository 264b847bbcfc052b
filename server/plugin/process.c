#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "server/plugin/supervise_in.h"

#define READ_BYTES (256 * 1024)  /* taken at one event, so that a flood does not keep the others waiting */
#define OUT_KEEP (256 * 1024)    /* a bigger buffer is not kept */
#define EOF_US (INT64_C(200) * 1000) /* between the end of its socket and its own: else it only closed it */
#define ENV_MAX 16

/* What a plugin's process may know of ours: nothing of the configuration, but where certificates and the time zone are. */
static const char *const passed_on[] = {"TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"};

/* ---- start */

static char **environment(struct cb_arena *a)
{
    char **env = CB_NEW_N(a, char *, ENV_MAX);
    size_t n = 0;

    env[n++] = cb_arena_dup(a, "PATH=/usr/bin:/bin", 18);
    env[n++] = cb_arena_dup(a, "LC_ALL=C.UTF-8", 14);
    for (size_t i = 0; i < CB_COUNT(passed_on); i++) {
        const char *value = getenv(passed_on[i]);
        cb_str text;

        if (!value)
            continue;
        text = cb_arena_printf(a, "%s=%s", passed_on[i], value);
        env[n++] = cb_arena_dup(a, text.p, text.n);
    }
    return env;
}

static int spawn_host(pid_t *pid, struct cb_plugins *p, const struct cb_plugin_settings *s, int socket_fd, int err_fd)
{
    char memory[24], files[24], workspaces[] = "--workspaces";
    char *argv[8] = {p->host};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none, preset;
    int n = 1, rc;

    snprintf(memory, sizeof(memory), "%lld", (long long)s->memory_mb);
    snprintf(files, sizeof(files), "%lld", (long long)s->file_n);
    argv[n++] = (char[]){"--memory"};
    argv[n++] = memory;
    argv[n++] = (char[]){"--files"};
    argv[n++] = files;
    if (p->env.workspaces) {
        argv[n++] = workspaces;
        argv[n++] = (char *)(uintptr_t)p->env.workspaces;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, err_fd, 1);
    posix_spawn_file_actions_adddup2(&actions, err_fd, 2);
    posix_spawn_file_actions_adddup2(&actions, socket_fd, CB_WIRE_FD);
    posix_spawnattr_init(&attr);
    sigemptyset(&none);
    sigfillset(&preset);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &preset);
    posix_spawnattr_setpgroup(&attr, 0); /* Ctrl-C in a terminal is callboard's to hear */
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    rc = posix_spawn(pid, p->host, &actions, &attr, argv, environment(p->scratch));
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    return rc;
}

/* FD above those that the child's own are put on. */
static int lift(int fd)
{
    int high = fcntl(fd, F_DUPFD_CLOEXEC, 16);

    close(fd);
    return high;
}

static void watch(struct cb_plugins *p, struct cb_process *x, int fd, unsigned kind, uint32_t events, int how)
{
    struct epoll_event e = {.events = events, .data.u64 = (uint64_t)x->serial << 2 | kind};

    if (epoll_ctl(p->epoll, how, fd, &e) < 0)
        cb_log(CB_LOG_ERROR, "plugin.epoll", "errno=%d", errno);
}

enum cb_code cb_process_start(struct cb_process **out, struct cb_plugins *p, struct cb_plugin *g, const struct cb_plugin_settings *settings,
                              struct cb_arena *arena, const char *path, struct cb_err *err)
{
    int sockets[2] = {-1, -1}, pipes[2] = {-1, -1};
    struct cb_buf head = CB_BUF_INIT;
    struct cb_process *x;
    pid_t pid;
    int rc;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0 || pipe2(pipes, O_CLOEXEC) < 0) {
        rc = errno;
        goto fail;
    }
    sockets[1] = lift(sockets[1]);
    pipes[1] = lift(pipes[1]);
    if ((rc = spawn_host(&pid, p, settings, sockets[1], pipes[1])) != 0)
        goto fail;
    close(sockets[1]);
    close(pipes[1]);
    fcntl(sockets[0], F_SETFL, O_NONBLOCK);
    fcntl(pipes[0], F_SETFL, O_NONBLOCK);
    if (!(x = calloc(1, sizeof(*x))))
        abort();
    x->plugin = g;
    x->serial = ++p->serial_n;
    x->pid = pid;
    x->fd = sockets[0];
    x->err_fd = pipes[0];
    x->begun_us = cb_clock_mono_us();
    x->due_us = x->begun_us + CB_PLUGIN_LOAD_US;
    x->arena = arena;
    x->settings = *settings;
    x->next = p->processes;
    p->processes = x;
    watch(p, x, x->fd, 0, EPOLLIN, EPOLL_CTL_ADD);
    watch(p, x, x->err_fd, 1, EPOLLIN, EPOLL_CTL_ADD);
    cb_buf_put_cstr(&head, "{\"op\":\"load\",\"path\":");
    cb_buf_put_json(&head, cb_str_cstr(path));
    cb_buf_put_char(&head, '}');
    cb_process_put(p, x, cb_buf_str(&head), CB_LIT(""), CB_LIT(""));
    cb_buf_fini(&head);
    *out = x;
    return CB_OK;

fail:
    for (int i = 0; i < 2; i++) {
        if (sockets[i] >= 0)
            close(sockets[i]);
        if (pipes[i] >= 0)
            close(pipes[i]);
    }
    return cb_fail(err, CB_EUNAVAILABLE, "%s could not be started: %s", p->host, strerror(rc));
}

/* ---- frames out */

/* The connection is of no use any more. How its process ended tells why. */
static void hung_up(struct cb_process *x)
{
    if (x->phase == CB_PHASE_GONE)
        return;
    x->phase = CB_PHASE_GONE;
    x->due_us = cb_clock_mono_us() + EOF_US;
    close(x->fd);
    x->fd = -1;
}

void cb_process_flush(struct cb_plugins *p, struct cb_process *x)
{
    while (x->phase != CB_PHASE_GONE && x->out_at < x->out.n) {
        ssize_t n = send(x->fd, x->out.p + x->out_at, x->out.n - x->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (n <= 0) {
            hung_up(x);
            return;
        }
        x->out_at += (size_t)n;
    }
    if (x->phase == CB_PHASE_GONE)
        return;
    if (x->out_at == x->out.n) {
        x->out_at = 0;
        if (x->out.cap > OUT_KEEP)
            cb_buf_fini(&x->out);
        else
            cb_buf_clear(&x->out);
    }
    if (x->writing != (x->out.n > 0)) {
        x->writing = x->out.n > 0;
        watch(p, x, x->fd, 0, x->writing ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
    }
}

void cb_process_put(struct cb_plugins *p, struct cb_process *x, cb_str head, cb_str body, cb_str more)
{
    char prefix[CB_WIRE_PREFIX];

    if (x->phase == CB_PHASE_GONE)
        return;
    if (!cb_wire_prefix(prefix, head.n, body.n + more.n)) {
        cb_log(CB_LOG_ERROR, "plugin.frame", "plugin=%s head=%zu body=%zu", x->plugin->name.p, head.n, body.n + more.n);
        return;
    }
    cb_buf_put(&x->out, prefix, sizeof(prefix));
    cb_buf_put_str(&x->out, head);
    cb_buf_put_str(&x->out, body);
    cb_buf_put_str(&x->out, more);
    if (!x->writing)
        cb_process_flush(p, x);
}

/* ---- frames in */

void cb_process_log(struct cb_plugins *p, struct cb_process *x, cb_str level, const char *event, cb_str text)
{
    struct cb_plugin *g = x->plugin;
    int64_t second = cb_clock_mono_us() / CB_S_US;
    enum cb_log_level at = CB_LOG_INFO;

    if (second != g->log_second) {
        if (g->log_n > CB_PLUGIN_LOG_RATE)
            cb_log(CB_LOG_WARN, "plugin.log_dropped", "plugin=%s lines=%lld hint=\"at most %d a second are kept\"", g->name.p,
                   (long long)(g->log_n - CB_PLUGIN_LOG_RATE), CB_PLUGIN_LOG_RATE);
        g->log_second = second;
        g->log_n = 0;
    }
    if (++g->log_n > CB_PLUGIN_LOG_RATE) {
        pthread_mutex_lock(&p->lock);
        g->log_dropped_n++;
        pthread_mutex_unlock(&p->lock);
        return;
    }
    cb_log_level_parse(&at, level);
    text = cb_settings_mask(p->scratch, &x->settings, text);
    cb_log(at, event, "plugin=%s text=%s", g->name.p, cb_log_quote(p->scratch, text, CB_PLUGIN_LINE_MAX));
}

static int64_t number_of(const struct cb_node *head, const char *key)
{
    const struct cb_node *n = cb_node_get(head, key);

    return n && n->type == CB_INT ? n->i : 0;
}

static void on_log(struct cb_plugins *p, struct cb_process *x, const struct cb_node *head, cb_str body)
{
    int64_t id = number_of(head, "call");
    cb_str level = cb_node_text(head, "level");

    for (size_t i = 0; i < x->flights.n; i++) {
        struct cb_plugin_call *call = x->flights.v[i].call;

        if (x->flights.v[i].id != id || !call || !call->line)
            continue;
        call->line(call, level, body);
        return;
    }
    cb_process_log(p, x, level, "plugin.log", body);
}

static void on_frame(struct cb_plugins *p, struct cb_process *x, const struct cb_wire_frame *frame)
{
    cb_str body = cb_str_make(frame->body, frame->body_n);
    struct cb_node *head;
    cb_str op;

    cb_arena_reset(p->scratch);
    if (cb_node_parse(&head, p->scratch, cb_str_make(frame->head, frame->head_n), NULL) != CB_OK) {
        cb_process_kill(p, x, CB_PLUGIN_GARBAGE, "it wrote garbage to its connection");
        return;
    }
    op = cb_node_text(head, "op");
    if (cb_str_eq(op, CB_LIT("done")))
        cb_call_done(p, x, head, body);
    else if (cb_str_eq(op, CB_LIT("ask")))
        cb_call_asked(p, x, head, body);
    else if (cb_str_eq(op, CB_LIT("log")))
        on_log(p, x, head, body);
    else if (cb_str_eq(op, CB_LIT("metric")))
        cb_call_metric(p, x->plugin, head);
    else if (cb_str_eq(op, CB_LIT("loaded")) && x->phase == CB_PHASE_LOADING)
        cb_life_loaded(p, x, body, cb_node_text(head, "unconfined"));
    else if (cb_str_eq(op, CB_LIT("opened")) && x->phase == CB_PHASE_OPENING)
        cb_life_opened(p, x);
    else if (cb_str_eq(op, CB_LIT("refused")) && (x->phase == CB_PHASE_LOADING || x->phase == CB_PHASE_OPENING))
        cb_life_refused(p, x, cb_arena_str(p->scratch, cb_node_text(head, "error")).p);
    else
        cb_process_kill(p, x, CB_PLUGIN_GARBAGE, "it wrote a frame that makes no sense to its connection");
}

void cb_process_read(struct cb_plugins *p, struct cb_process *x)
{
    struct cb_wire_frame frame;
    ssize_t n;
    int got = 0;

    if (x->phase == CB_PHASE_GONE)
        return;
    do
        n = read(x->fd, cb_wire_room(&x->reader, READ_BYTES), READ_BYTES);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return;
    if (n <= 0) {
        hung_up(x);
        return;
    }
    cb_wire_came(&x->reader, (size_t)n);
    while (x->phase != CB_PHASE_GONE && (got = cb_wire_take(&x->reader, &frame)) == 1)
        on_frame(p, x, &frame);
    if (got < 0)
        cb_process_kill(p, x, CB_PLUGIN_GARBAGE, "it wrote garbage to its connection");
}

/* ---- what it prints */

static void print_line(struct cb_plugins *p, struct cb_process *x)
{
    cb_str text = cb_str_trim(cb_buf_str(&x->line));

    if (text.n) {
        cb_arena_reset(p->scratch);
        cb_process_log(p, x, CB_LIT("warn"), "plugin.stderr", text);
    }
    cb_buf_clear(&x->line);
}

void cb_process_read_line(struct cb_plugins *p, struct cb_process *x)
{
    char bytes[4096];
    ssize_t n = x->err_fd < 0 ? 0 : read(x->err_fd, bytes, sizeof(bytes));

    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (n <= 0) {
        print_line(p, x);
        if (x->err_fd >= 0)
            close(x->err_fd);
        x->err_fd = -1;
        return;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (bytes[i] == '\n' || x->line.n == CB_PLUGIN_LINE_MAX)
            print_line(p, x);
        if (bytes[i] != '\n')
            cb_buf_put_char(&x->line, bytes[i]);
    }
}

/* ---- its end */

void cb_process_kill(struct cb_plugins *p, struct cb_process *x, enum cb_plugin_end fate, const char *fmt, ...)
{
    va_list ap;

    (void)p;
    if (x->fate == CB_PLUGIN_OK) {
        x->fate = fate;
        va_start(ap, fmt);
        vsnprintf(x->why, sizeof(x->why), fmt, ap);
        va_end(ap);
    }
    kill(x->pid, SIGKILL);
    hung_up(x);
}

bool cb_process_reap(struct cb_plugins *p, struct cb_process *x, int64_t now_us)
{
    int status = 0;
    pid_t pid = waitpid(x->pid, &status, WNOHANG);

    if (pid == 0) {
        if (x->phase == CB_PHASE_GONE && now_us >= x->due_us && x->fate == CB_PLUGIN_OK)
            cb_process_kill(p, x, CB_PLUGIN_GARBAGE, "it closed its connection");
        return false;
    }
    while (x->err_fd >= 0) {
        size_t before = x->line.n;

        cb_process_read_line(p, x);
        if (x->err_fd >= 0 && x->line.n == before)
            break; /* nothing more now, and nobody who could write */
    }
    cb_life_gone(p, x, status);
    return true;
}

void cb_process_free(struct cb_plugins *p, struct cb_process *x)
{
    struct cb_process **at = &p->processes;

    while (*at != x)
        at = &(*at)->next;
    *at = x->next;
    if (x->fd >= 0)
        close(x->fd);
    if (x->err_fd >= 0)
        close(x->err_fd);
    cb_wire_fini(&x->reader);
    cb_buf_fini(&x->out);
    cb_buf_fini(&x->line);
    cb_vec_fini(&x->flights);
    cb_describe_unref(x->describe);
    cb_arena_free(x->arena);
    free(x);
}
