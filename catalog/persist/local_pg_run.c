#include "catalog/persist/local_pg_run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/thread.h"

#define PASSWD_BYTES 16384
#define TAIL_BYTES 4096 /* of what a program wrote, for the sentence */
#define VERSION_US (5 * CB_S_US)

/* --- who -------------------------------------------------------------------------------------- */

enum cb_code cb_local_pg_user(struct cb_local_pg_user *out, uid_t owner, struct cb_err *err)
{
    static const char *const names[] = {"postgres", "nobody"};
    char room[PASSWD_BYTES];
    struct passwd entry, *found = NULL;

    if (geteuid() != 0) {
        *out = (struct cb_local_pg_user){.uid = geteuid(), .gid = getegid()};
        return CB_OK;
    }
    if (owner != 0)
        getpwuid_r(owner, &entry, room, sizeof(room), &found);
    for (size_t i = 0; !found && i < CB_COUNT(names); i++)
        getpwnam_r(names[i], &entry, room, sizeof(room), &found);
    if (!found || found->pw_uid == 0)
        return cb_fail(err, CB_EUNAVAILABLE,
                       "PostgreSQL does not run as root, and there is neither a user postgres nor "
                       "nobody: start callboard as "
                       "another user, or set database: to the URL of a server");
    *out = (struct cb_local_pg_user){.uid = found->pw_uid, .gid = found->pw_gid, .change = true};
    snprintf(out->name, sizeof(out->name), "%s", found->pw_name);
    return CB_OK;
}

/* --- running ---------------------------------------------------------------------------------- */

/* Between fork and exec: system calls only. */
static void become(const struct cb_local_pg_user *user, int out_fd, int death_signal, pid_t parent)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setsid();
    cb_thread_begin_database();
    if (dup2(out_fd, STDOUT_FILENO) < 0 || dup2(out_fd, STDERR_FILENO) < 0)
        _exit(126);
    close(STDIN_FILENO);
    if (open("/dev/null", O_RDONLY) != STDIN_FILENO)
        _exit(126);
    close_range(STDERR_FILENO + 1, ~0U, 0);
    if (user->change &&
        (setgroups(0, NULL) != 0 || setgid(user->gid) != 0 || setuid(user->uid) != 0))
        _exit(126);
    umask(077);
    /* Behind setuid, which clears it; and the parent may be gone already. */
    if (death_signal && (prctl(PR_SET_PDEATHSIG, death_signal) != 0 || getppid() != parent))
        _exit(126);
}

pid_t cb_local_pg_spawn(char *const argv[], const struct cb_local_pg_user *user, int out_fd,
                        int death_signal)
{
    char path[4096 + 8], zone[256] = "TZ=UTC";
    char *const env[] = {path, "LANG=C", "LC_ALL=C", zone, NULL};
    pid_t parent = getpid(), pid;
    const char *search = getenv("PATH");

    snprintf(path, sizeof(path), "PATH=%.4096s", search ? search : "/usr/bin:/bin");
    pid = fork();
    if (pid != 0)
        return pid;
    become(user, out_fd, death_signal, parent);
    if (chdir("/") == 0)
        execve(argv[0], argv, env);
    _exit(127);
}

int cb_local_pg_wait(pid_t pid, int64_t wait_us)
{
    int64_t until_us = cb_clock_mono_us() + wait_us;
    int status;

    for (;;) {
        pid_t got = waitpid(pid, &status, WNOHANG);

        if (got == pid)
            return status;
        if (got < 0 && errno != EINTR)
            return 0;
        if (cb_clock_mono_us() >= until_us)
            return -1;
        nanosleep(&(struct timespec){.tv_nsec = 5 * 1000 * 1000}, NULL);
    }
}

/* The last line that says something. */
static cb_str last_line(char *text, ssize_t n)
{
    cb_str rest = cb_str_trim(cb_str_make(text, n > 0 ? (size_t)n : 0)), line = rest;

    for (size_t at; (at = cb_str_find_char(line, '\n', 0)) < line.n;)
        line = cb_str_sub(line, at + 1, line.n);
    return line;
}

static enum cb_code run(cb_str *said, char room[TAIL_BYTES], char *const argv[],
                        const struct cb_local_pg_user *user, int64_t wait_us, struct cb_err *err)
{
    int fd = memfd_create("output", MFD_CLOEXEC), status;
    enum cb_code rc = CB_OK;
    struct stat st;
    pid_t pid;
    ssize_t n = 0;

    if (fd < 0 || (pid = cb_local_pg_spawn(argv, user, fd, SIGKILL)) < 0) {
        rc = cb_fail(err, CB_EUNAVAILABLE, "%s: %s", argv[0], strerror(errno));
        goto out;
    }
    status = cb_local_pg_wait(pid, wait_us);
    if (status == -1) {
        kill(-pid, SIGKILL);
        cb_local_pg_wait(pid, VERSION_US);
        rc = cb_fail(err, CB_ETIMEOUT, "%s did not end in time", argv[0]);
        goto out;
    }
    if (fstat(fd, &st) == 0)
        n = pread(fd, room, TAIL_BYTES, st.st_size > TAIL_BYTES ? st.st_size - TAIL_BYTES : 0);
    *said = last_line(room, n);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        rc = cb_fail(err, CB_EUPSTREAM, "%s failed: %" CB_FMT, argv[0], CB_ARG(*said));
out:
    if (fd >= 0)
        close(fd);
    return rc;
}

enum cb_code cb_local_pg_do(char *const argv[], const struct cb_local_pg_user *user,
                            int64_t wait_us, struct cb_err *err)
{
    char room[TAIL_BYTES];
    cb_str said;

    return run(&said, room, argv, user, wait_us, err);
}

/* --- where ------------------------------------------------------------------------------------ */

static bool is_program(const char *dir, const char *name)
{
    char path[4096];

    return snprintf(path, sizeof(path), "%s/%s", dir, name) < (int)sizeof(path) &&
           access(path, X_OK) == 0;
}

/* "postgres (PostgreSQL) 15.20 (Debian …)" -> 15; 0 when DIR has no such programs. */
static int major_of(const char *dir)
{
    struct cb_local_pg_user self = {.uid = geteuid(), .gid = getegid()};
    char path[4096], room[TAIL_BYTES];
    char *argv[] = {path, "--version", NULL};
    cb_str said;
    size_t at;
    int major = 0;

    if (!is_program(dir, "initdb") || !is_program(dir, "postgres") ||
        snprintf(path, sizeof(path), "%s/postgres", dir) >= (int)sizeof(path) ||
        run(&said, room, argv, &self, VERSION_US, NULL) != CB_OK)
        return 0;
    at = cb_str_find(said, CB_LIT(") "));
    for (at = at == SIZE_MAX ? said.n : at + 2;
         at < said.n && said.p[at] >= '0' && said.p[at] <= '9' && major < 1000; at++)
        major = major * 10 + (said.p[at] - '0');
    return major;
}

struct found {
    const char *dir;
    int major;
};

static void consider(struct found *best, struct cb_arena *a, const char *dir, int want)
{
    int major = major_of(dir);

    if (major == 0 ||
        (want != 0 ? major != want : major < CB_LOCAL_PG_MAJOR_LEAST || major <= best->major))
        return;
    *best = (struct found){cb_arena_dup(a, dir, strlen(dir)), major};
}

/* PREFIX has one directory a version: "15/bin" below /usr/lib/postgresql, "pgsql-15/bin" below /usr. */
static void consider_below(struct found *best, struct cb_arena *a, const char *prefix,
                           const char *begins, int want)
{
    DIR *dir = opendir(prefix);
    struct dirent *entry;
    char path[4096];

    while (dir && (entry = readdir(dir)))
        if (entry->d_name[0] != '.' && strncmp(entry->d_name, begins, strlen(begins)) == 0 &&
            snprintf(path, sizeof(path), "%s/%s/bin", prefix, entry->d_name) < (int)sizeof(path))
            consider(best, a, path, want);
    if (dir)
        closedir(dir);
}

static void consider_path(struct found *best, struct cb_arena *a, int want)
{
    cb_str rest = cb_str_cstr(getenv("PATH")), dir;

    while (rest.n > 0 && !best->dir && cb_str_split(&dir, &rest, ':'))
        if (dir.n > 0 && dir.p[0] == '/')
            consider(best, a, cb_arena_dup(a, dir.p, dir.n), want);
}

enum cb_code cb_local_pg_bindir(const char **out, int *major_out, struct cb_arena *a, int major,
                                struct cb_err *err)
{
    const char *only = getenv("CALLBOARD_PG_BINDIR");
    struct found best = {0};

    if (only && *only) {
        consider(&best, a, only, major);
        if (!best.dir)
            return cb_fail(err, CB_ENOTFOUND,
                           "CALLBOARD_PG_BINDIR=%s has no initdb and postgres of PostgreSQL %d%s",
                           only, major ? major : CB_LOCAL_PG_MAJOR_LEAST, major ? "" : " or newer");
    } else {
        consider_below(&best, a, "/usr/lib/postgresql", "", major);
        consider_below(&best, a, "/usr", "pgsql-", major);
        if (!best.dir)
            consider_path(&best, a, major);
        if (!best.dir)
            return cb_fail(err, CB_ENOTFOUND,
                           "PostgreSQL %d%s is not installed: install the package postgresql-%d "
                           "(or set CALLBOARD_PG_BINDIR "
                           "to where its programs are), or set database: to the URL of a server",
                           major ? major : CB_LOCAL_PG_MAJOR_LEAST, major ? "" : " or newer",
                           major ? major : CB_LOCAL_PG_MAJOR_LEAST);
    }
    *out = best.dir;
    *major_out = best.major;
    return CB_OK;
}
