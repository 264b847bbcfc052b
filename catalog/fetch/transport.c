#include "catalog/fetch/transport.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/vec.h"
#include "catalog/fetch/transport_env.h"

#define TICK_MS 100          /* how often cancel and deadline are looked at */
#define DISK_EVERY_US 500000 /* how often the disk is */
#define LINGER_US 1000000    /* how long a grandchild may hold the pipes after git itself is gone */

static atomic_bool cancelled;

void cb_transport_cancel_all(void)
{
    atomic_store(&cancelled, true);
}

bool cb_transport_is_cancelled(void)
{
    return atomic_load(&cancelled);
}

void cb_transport_resume(void)
{
    atomic_store(&cancelled, false);
}

/* The real time: a deadline on a peer is not the test clock's affair. */
static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * CB_S_US + t.tv_nsec / 1000;
}

static int64_t disk_below(int fd, int depth)
{
    DIR *dir = fdopendir(fd);
    struct dirent *e;
    struct stat st;
    int64_t sum = 0;

    if (!dir) {
        close(fd);
        return 0;
    }
    while ((e = readdir(dir))) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
            fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        sum += (int64_t)st.st_blocks * 512;
        if (S_ISDIR(st.st_mode) && depth < 8) {
            int below =
                openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

            if (below >= 0)
                sum += disk_below(below, depth + 1);
        }
    }
    closedir(dir);
    return sum;
}

int64_t cb_transport_disk_bytes(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd < 0 ? 0 : disk_below(fd, 0);
}

/* ---- the child */

struct child {
    pid_t pid;
    int pidfd;           /* -1: the kernel has none */
    int in, out, err;    /* our ends; -1 when closed */
    int64_t deadline_us; /* on now_us */
    int64_t kill_us;     /* when SIGKILL follows; 0: no SIGTERM sent yet */
    enum cb_code why;    /* why it was ended, CB_OK when it was not */
    bool gone;
    int status;
};

struct start {
    char *const *argv, *const *envp;
    int in, out, err;
    int64_t disk_max;
    pid_t parent;
};

static void limit(int what, int64_t most)
{
    struct rlimit r;

    if (getrlimit(what, &r) == 0 && (r.rlim_cur == RLIM_INFINITY || (int64_t)r.rlim_cur > most)) {
        r.rlim_cur = (rlim_t)most;
        if (r.rlim_max != RLIM_INFINITY && r.rlim_cur > r.rlim_max)
            r.rlim_cur = r.rlim_max;
        setrlimit(what, &r);
    }
}

/*
 * In the child, which shares our memory until it executes: system calls only, nothing is written
 * to.
 */
static _Noreturn void become_git(const struct start *s, const sigset_t *mask)
{
    struct sigaction plain = {.sa_handler = SIG_DFL}, ignored = {.sa_handler = SIG_IGN};

    for (int sig = 1; sig < 32; sig++)
        if (sig != SIGKILL && sig != SIGSTOP)
            sigaction(sig, sig == SIGXFSZ ? &ignored : &plain,
                      NULL); /* so that git says "File too large" */
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != s->parent)
        _exit(127);
    if (dup2(s->in, 0) < 0 || dup2(s->out, 1) < 0 || dup2(s->err, 2) < 0)
        _exit(127);
    syscall(SYS_close_range, 3u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_DATA, CB_TRANSPORT_DATA_MAX);
    limit(RLIMIT_CPU, CB_TRANSPORT_CPU_MAX);
    if (s->disk_max > 0)
        limit(RLIMIT_FSIZE, s->disk_max);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvpe("git", s->argv, s->envp);
    _exit(126);
}

/* vfork: the parent's pages, which may be gigabytes, are not even marked for copying. */
static pid_t start_git(const struct start *s)
{
    sigset_t all, was;
    pid_t pid;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &was);
    pid = vfork();
    if (pid == 0)
        become_git(s, &was);
    pthread_sigmask(SIG_SETMASK, &was, NULL);
    return pid;
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Away from 0, 1 and 2, onto which the child copies its ends. */
static bool above_standard(int *fd)
{
    int higher;

    if (*fd < 0 || *fd > 2)
        return *fd >= 0;
    if ((higher = fcntl(*fd, F_DUPFD_CLOEXEC, 3)) < 0)
        return false;
    close(*fd);
    *fd = higher;
    return true;
}

/* Three pipes (or /dev/null for an empty stdin) and a process between them. */
static enum cb_code launch(struct child *c, const struct cb_transport_opts *o,
                           struct cb_transport_env *env, struct cb_err *err)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, errs[2] = {-1, -1};
    enum cb_code rc = CB_OK;
    struct start s;

    if ((o->input.n ? pipe2(in, O_CLOEXEC)
                    : (in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0) ||
        pipe2(out, O_CLOEXEC) || pipe2(errs, O_CLOEXEC) || !above_standard(&in[0]) ||
        !above_standard(&out[1]) || !above_standard(&errs[1])) {
        rc = cb_fail(err, CB_EUNAVAILABLE, "cannot start git: %s", strerror(errno));
        goto out;
    }
    s = (struct start){env->argv.v, env->envp.v,       in[0],   out[1],
                       errs[1],     o->disk_max_bytes, getpid()};
    c->pid = start_git(&s);
    if (c->pid < 0) {
        rc = cb_fail(err, CB_EUNAVAILABLE, "cannot start git: %s", strerror(errno));
        goto out;
    }
    setpgid(c->pid, c->pid); /* the child does it too: whoever comes first */
    c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0u);
    if (c->pidfd >= 0)
        fcntl(c->pidfd, F_SETFD, FD_CLOEXEC);
    c->in = in[1], c->out = out[0], c->err = errs[0];
    in[1] = out[0] = errs[0] = -1;
    for (int k = 0; k < 3; k++) {
        int fd = k == 0 ? c->in : k == 1 ? c->out : c->err;

        if (fd >= 0)
            fcntl(fd, F_SETFL, O_NONBLOCK);
    }
out:
    close_end(&in[0]), close_end(&in[1]);
    close_end(&out[0]), close_end(&out[1]);
    close_end(&errs[0]), close_end(&errs[1]);
    return rc;
}

/* ---- watching it */

static void end_child(struct child *c, enum cb_code why)
{
    if (c->why == CB_OK)
        c->why = why;
    if (c->kill_us == 0) {
        kill(-c->pid, SIGTERM);
        c->kill_us = now_us() + CB_TRANSPORT_GRACE_US;
    }
}

/*
 * Write to a pipe whose reader may be gone, without SIGPIPE for a process that did not ask to
 * ignore it.
 */
static ssize_t write_quiet(int fd, const void *p, size_t n)
{
    sigset_t pipe_only, was, pending;
    struct timespec none = {0, 0};
    ssize_t wrote;
    int why;

    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &was);
    wrote = write(fd, p, n);
    why = errno;
    if (wrote < 0 && why == EPIPE && !sigismember(&pending, SIGPIPE))
        sigtimedwait(&pipe_only, NULL, &none);
    pthread_sigmask(SIG_SETMASK, &was, NULL);
    errno = why;
    return wrote;
}

static void feed(struct child *c, cb_str *input)
{
    ssize_t n = write_quiet(c->in, input->p, input->n);

    if (n > 0)
        *input = cb_str_sub(*input, (size_t)n, input->n);
    if (input->n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        close_end(&c->in);
}

/*
 * Take what is there; 0 at the end. With KEEP_LAST the front is dropped over MAX, else more is an
 * error.
 */
static void drain(int *fd, struct cb_buf *into, size_t max, bool keep_last, bool *over)
{
    char chunk[16384];
    ssize_t n = read(*fd, chunk, sizeof(chunk));

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close_end(fd);
        return;
    }
    if (n < 0)
        return;
    if (into->n + (size_t)n > max) {
        if (!keep_last) {
            *over = true;
            return;
        }
        memmove(into->p, into->p + into->n / 2, into->n - into->n / 2);
        into->n -= into->n / 2;
    }
    cb_buf_put(into, chunk, (size_t)n);
}

/* Gone, but still a zombie: its number stays its own until the group has been buried. */
static void look(struct child *c)
{
    siginfo_t info = {0};

    if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ? errno == ECHILD
                                                                            : info.si_pid == c->pid)
        c->gone = true;
}

static void check_limits(struct child *c, const struct cb_transport_opts *o, int64_t *disk_next)
{
    int64_t now = now_us();

    if (c->kill_us) {
        if (now >= c->kill_us)
            kill(-c->pid, SIGKILL);
        return;
    }
    if (atomic_load(&cancelled) || (o->stop && atomic_load(o->stop)))
        end_child(c, CB_ECANCELLED);
    else if (now >= c->deadline_us)
        end_child(c, CB_ETIMEOUT);
    else if (o->watch_dir && o->disk_max_bytes > 0 && now >= *disk_next) {
        *disk_next = now + DISK_EVERY_US;
        if (cb_transport_disk_bytes(o->watch_dir) > o->disk_max_bytes)
            end_child(c, CB_ELIMIT);
    }
}

static void watch(struct child *c, const struct cb_transport_opts *o, struct cb_buf *out,
                  struct cb_buf *errs)
{
    int64_t disk_next = now_us() + DISK_EVERY_US, linger_us = 0;
    cb_str input = o->input;
    bool over = false;

    while (!c->gone || c->out >= 0 || c->err >= 0) {
        struct pollfd fds[4] = {{.fd = c->in, .events = POLLOUT},
                                {.fd = c->out, .events = POLLIN},
                                {.fd = c->err, .events = POLLIN},
                                {.fd = c->gone ? -1 : c->pidfd, .events = POLLIN}};

        poll(fds, 4, TICK_MS);
        if (fds[0].revents)
            feed(c, &input);
        if (fds[1].revents)
            drain(&c->out, out, CB_TRANSPORT_OUT_MAX, false, &over);
        if (fds[2].revents)
            drain(&c->err, errs, CB_TRANSPORT_ERR_MAX, true, NULL);
        if (!c->gone)
            look(c);
        if (over)
            end_child(c, CB_ELIMIT);
        if (c->gone) {
            if (linger_us == 0)
                linger_us = now_us() + LINGER_US;
            if (now_us() >= linger_us)
                break;
        } else {
            check_limits(c, o, &disk_next);
        }
    }
}

static void bury(struct child *c)
{
    /* Whoever is left of the group (a helper that outlived git) goes too. */
    kill(-c->pid, SIGKILL);
    while (waitpid(c->pid, &c->status, 0) < 0)
        if (errno != EINTR) {
            c->status = -1;
            break;
        }
    close_end(&c->in), close_end(&c->out), close_end(&c->err);
    close_end(&c->pidfd);
}

enum cb_code cb_transport_run(struct cb_buf *out, struct cb_buf *stderr_text,
                              const struct cb_transport_opts *opts, struct cb_err *err)
{
    struct child c = {.pidfd = -1, .in = -1, .out = -1, .err = -1};
    struct cb_buf mine = CB_BUF_INIT, errs = CB_BUF_INIT;
    struct cb_transport_env env = {0};
    enum cb_code rc;

    if (atomic_load(&cancelled))
        return cb_fail(err, CB_ECANCELLED, "callboard is stopping");
    cb_transport_env_init(&env, opts);
    c.deadline_us = now_us() + opts->deadline_us;
    rc = launch(&c, opts, &env, err);
    if (rc == CB_OK) {
        watch(&c, opts, out ? out : &mine, &errs);
        bury(&c);
        cb_buf_put_char(&errs, '\0');
        cb_transport_scrub(errs.p, opts);
        rc = cb_transport_verdict(c.why, c.status, errs.p, opts, err);
        if (stderr_text)
            cb_buf_put_cstr(stderr_text, errs.p);
    }
    cb_transport_env_fini(&env);
    cb_buf_fini(&errs);
    cb_buf_fini(&mine);
    return rc;
}
