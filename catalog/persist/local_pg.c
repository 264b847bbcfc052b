#include "catalog/persist/local_pg.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/base/log.h"
#include "catalog/base/thread.h"
#include "catalog/persist/local_pg_run.h"
#include "catalog/persist/stmt.h"

#define MARKER "callboard-postgresql" /* this directory is ours */
#define PORT "5432"                   /* a part of the socket's name, nothing more */
#define SOCKET_NAME "/.s.PGSQL." PORT
#define SOCKET_PATH_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) - 1) /* 107 */
#define ELSEWHERE "/var/lib/callboard" /* for root, when its own directory is closed to others */
#define INITDB_US (120 * CB_S_US)
#define START_US (300 * CB_S_US) /* crash recovery of a full WAL included */
#define FAST_US (30 * CB_S_US)   /* a fast shutdown writes a checkpoint */
#define IMMEDIATE_US (10 * CB_S_US)
#define PAUSE_NS (10 * 1000 * 1000)

/*
 * Below DIR: the marker, lock (held by the callboard that runs it), data, log, and socket unless its path were too long.
 * The server is a child of the keeper thread: PR_SET_PDEATHSIG goes by the thread that forked, and this one stays.
 */
struct cb_local_pg {
    struct cb_arena *arena;
    const char *dir, *data, *bin, *socket_dir, *url;
    bool socket_elsewhere;
    struct cb_local_pg_user user;
    int lock_fd;
    pid_t pid; /* 0: not running */

    pthread_t keeper;
    bool keeping;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    enum { REST, SPAWN, LEAVE } order;
};

static void pause_briefly(void)
{
    nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
}

static const char *join(struct cb_arena *a, const char *dir, const char *name)
{
    return cb_arena_printf(a, "%s/%s", dir, name).p;
}

static bool exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

static enum cb_code cannot(const char *what, const char *path, struct cb_err *err)
{
    return cb_fail(err, CB_EUNAVAILABLE, "cannot %s %s: %s", what, path, strerror(errno));
}

/* --- postmaster.pid --------------------------------------------------------------------------- */

struct postmaster {
    pid_t pid;
    char socket_dir[PATH_MAX];
    char status[16]; /* "starting", "ready", "stopping" */
};

/* Is there a live server on DATA? PostgreSQL's file has pid, directory, start, port, socket directory, address, key, status. */
static bool read_postmaster(struct postmaster *out, struct cb_arena *a, const char *data)
{
    FILE *f = fopen(join(a, data, "postmaster.pid"), "re");
    char line[PATH_MAX], cwd[PATH_MAX];
    ssize_t n;

    memset(out, 0, sizeof(*out));
    for (int i = 1; f && fgets(line, sizeof(line), f); i++) {
        line[strcspn(line, " \n")] = '\0';
        if (i == 1)
            out->pid = (pid_t)strtol(line, NULL, 10);
        else if (i == 5)
            snprintf(out->socket_dir, sizeof(out->socket_dir), "%s", line);
        else if (i == 8)
            snprintf(out->status, sizeof(out->status), "%.15s", line);
    }
    if (f)
        fclose(f);
    if (out->pid <= 1 || (kill(out->pid, 0) != 0 && errno != EPERM))
        return false;
    /* The number may be another program's by now; a postmaster's working directory is its data. */
    n = readlink(cb_arena_printf(a, "/proc/%d/cwd", (int)out->pid).p, cwd, sizeof(cwd) - 1);
    if (n >= 0) {
        cwd[n] = '\0';
        return strcmp(cwd, data) == 0;
    }
    return errno == EACCES;
}

/* --- the directory ---------------------------------------------------------------------------- */

static enum cb_code make_parents(struct cb_arena *a, const char *dir, struct cb_err *err)
{
    char *path = cb_arena_dup(a, dir, strlen(dir));

    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            return cannot("make", path, err);
        *slash = '/';
    }
    return CB_OK;
}

static bool is_empty(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *entry;
    bool empty = d != NULL;

    while (d && empty && (entry = readdir(d)))
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (d)
        closedir(d);
    return empty;
}

/* May USER walk to PATH? Only asked as root: looks at the bits, as the kernel will. */
static bool may_walk(struct cb_arena *a, const char *path, const struct cb_local_pg_user *user)
{
    char *part = cb_arena_dup(a, path, strlen(path));
    struct stat st;

    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        mode_t need;

        *slash = '\0';
        if (stat(part, &st) != 0)
            return false;
        need = st.st_uid == user->uid ? S_IXUSR : st.st_gid == user->gid ? S_IXGRP : S_IXOTH;
        if (!(st.st_mode & need))
            return false;
        *slash = '/';
    }
    return true;
}

/* As root, below a closed directory such as /root: the files lie elsewhere, and DIR is a link to them. */
static enum cb_code make_elsewhere(struct cb_arena *a, const char *dir, struct cb_err *err)
{
    char *real = cb_arena_dup(a, ELSEWHERE "/pg-XXXXXX", sizeof(ELSEWHERE "/pg-XXXXXX") - 1);

    if (mkdir(ELSEWHERE, 0755) != 0 && errno != EEXIST)
        return cannot("make", ELSEWHERE, err);
    if (!mkdtemp(real))
        return cannot("make", real, err);
    if (symlink(real, dir) != 0)
        return cannot("link", dir, err);
    cb_log(CB_LOG_INFO, "postgres.elsewhere", "directory=%s files=%s", dir, real);
    return CB_OK;
}

static enum cb_code make_dir(struct cb_local_pg *pg, const char *dir, struct cb_err *err)
{
    enum cb_code rc;

    if ((rc = make_parents(pg->arena, dir, err)) != CB_OK)
        return rc;
    if ((rc = cb_local_pg_user(&pg->user, 0, err)) != CB_OK)
        return rc;
    if (pg->user.change && !may_walk(pg->arena, dir, &pg->user))
        return make_elsewhere(pg->arena, dir, err);
    return mkdir(dir, 0700) == 0 ? CB_OK : cannot("make", dir, err);
}

/* DIR is there and ours, or empty and becomes ours; pg->dir is its real path. */
static enum cb_code open_dir(struct cb_local_pg *pg, const char *dir, struct cb_err *err)
{
    char real[PATH_MAX];
    struct stat st;
    enum cb_code rc;
    int fd;

    if (stat(dir, &st) != 0 && errno == ENOENT)
        unlink(dir); /* a link whose files were removed */
    if (!exists(dir) && (rc = make_dir(pg, dir, err)) != CB_OK)
        return rc;
    if (!realpath(dir, real) || stat(real, &st) != 0)
        return cannot("open", dir, err);
    if (!S_ISDIR(st.st_mode))
        return cb_fail(err, CB_EINVAL,
                       "%s is no directory: the private PostgreSQL needs one of its own", dir);
    pg->dir = cb_arena_dup(pg->arena, real, strlen(real));
    if (!exists(join(pg->arena, pg->dir, MARKER))) {
        if (exists(join(pg->arena, pg->dir, "PG_VERSION")))
            return cb_fail(err, CB_EINVAL,
                           "%s is a PostgreSQL data directory that callboard did not make: choose "
                           "another data_dir, or start "
                           "that server and set database: to its URL",
                           dir);
        if (geteuid() != 0 && access(pg->dir, W_OK | X_OK) != 0)
            return cb_fail(err, CB_EDENIED,
                           "%s cannot be written: give it to the user who runs callboard", dir);
        if (!is_empty(pg->dir))
            return cb_fail(err, CB_EINVAL,
                           "%s is not empty and holds no private PostgreSQL of callboard's: choose "
                           "another data_dir",
                           dir);
        fd = open(join(pg->arena, pg->dir, MARKER), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        if (fd < 0)
            return cannot("write", dir, err);
        close(fd);
    }
    if ((rc = cb_local_pg_user(&pg->user, st.st_uid, err)) != CB_OK)
        return rc;
    if (pg->user.change) {
        if (chown(pg->dir, pg->user.uid, pg->user.gid) != 0)
            return cannot("give away", pg->dir, err);
        if (!may_walk(pg->arena, join(pg->arena, pg->dir, "data"), &pg->user))
            return cb_fail(
                err, CB_EDENIED,
                "user %s, who runs PostgreSQL for root, may not enter %s: open the directories "
                "above it (chmod o+x), or choose another data_dir",
                pg->user.name, pg->dir);
    } else if (st.st_uid != pg->user.uid) {
        return cb_fail(
            err, CB_EDENIED,
            "%s belongs to another user: start callboard as that user or as root, or choose "
            "another data_dir",
            dir);
    }
    return CB_OK;
}

/* One callboard a directory. The lock goes with the process, however that ends. */
static enum cb_code lock_dir(struct cb_local_pg *pg, struct cb_err *err)
{
    const char *path = join(pg->arena, pg->dir, "lock");
    char who[32] = "";
    int n;

    pg->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (pg->lock_fd < 0)
        return cannot("open", path, err);
    if (flock(pg->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        n = (int)pread(pg->lock_fd, who, sizeof(who) - 1, 0);
        who[n > 0 ? n : 0] = '\0';
        return cb_fail(
            err, CB_ECONFLICT,
            "another callboard (process %s) runs on %s: stop it, or give this one another data_dir",
            who, pg->dir);
    }
    n = snprintf(who, sizeof(who), "%d", (int)getpid());
    if (ftruncate(pg->lock_fd, 0) != 0 || pwrite(pg->lock_fd, who, (size_t)n, 0) != n)
        return cannot("write", path, err);
    return CB_OK;
}

/* --- data ------------------------------------------------------------------------------------- */

static int version_of(struct cb_arena *a, const char *data)
{
    FILE *f = fopen(join(a, data, "PG_VERSION"), "re");
    int major = 0;

    if (f && fscanf(f, "%d", &major) != 1)
        major = -1;
    if (f)
        fclose(f);
    return major;
}

/* initdb into a directory that gets its name when it is whole: a kill in between leaves nothing half-done. */
static enum cb_code make_data(struct cb_local_pg *pg, struct cb_err *err)
{
    const char *fresh = join(pg->arena, pg->dir, "data.new");
    char *const clear[] = {"/bin/rm", "-rf", "--", (char *)(uintptr_t)fresh, NULL};
    char *const argv[] = {(char *)(uintptr_t)join(pg->arena, pg->bin, "initdb"),
                          "-D",
                          (char *)(uintptr_t)fresh,
                          "-U",
                          "callboard",
                          "-E",
                          "UTF8",
                          "--locale=C.UTF-8",
                          "--auth-local=trust",
                          "--auth-host=reject",
                          "--data-checksums",
                          NULL};
    int64_t begun_us = cb_clock_mono_us();
    enum cb_code rc;

    if (exists(fresh) && (rc = cb_local_pg_do(clear, &pg->user, INITDB_US, err)) != CB_OK)
        return rc;
    if ((rc = cb_local_pg_do(argv, &pg->user, INITDB_US, err)) != CB_OK)
        return rc;
    if (rename(fresh, pg->data) != 0)
        return cannot("name", pg->data, err);
    cb_log(CB_LOG_INFO, "postgres.made", "directory=%s ms=%lld", pg->data,
           (long long)((cb_clock_mono_us() - begun_us) / CB_MS_US));
    return CB_OK;
}

static enum cb_code open_data(struct cb_local_pg *pg, struct cb_err *err)
{
    struct cb_err why = {0};
    int major = 0, found;
    enum cb_code rc;

    pg->data = join(pg->arena, pg->dir, "data");
    if (exists(pg->data) && (major = version_of(pg->arena, pg->data)) <= 0)
        return cb_fail(err, CB_EINVAL,
                       "%s is no PostgreSQL data directory: move it away, and the catalog is read "
                       "anew from Git",
                       pg->data);
    if ((rc = cb_local_pg_bindir(&pg->bin, &found, pg->arena, major, &why)) != CB_OK)
        return major == 0 ? cb_fail(err, rc, "%s", why.text)
                          : cb_fail(err, rc,
                                    "%s was made by PostgreSQL %d. %s; or move the directory away, "
                                    "and the catalog is "
                                    "read anew from Git",
                                    pg->data, major, why.text);
    return major == 0 ? make_data(pg, err) : CB_OK;
}

static enum cb_code make_owned(const struct cb_local_pg *pg, const char *dir, struct cb_err *err)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return cannot("make", dir, err);
    if (pg->user.change && chown(dir, pg->user.uid, pg->user.gid) != 0)
        return cannot("give away", dir, err);
    return chmod(dir, 0700) == 0 ? CB_OK : cannot("close", dir, err);
}

/* Every byte but the plainest as %XX. */
static cb_str escape(struct cb_arena *a, const char *text)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str out;

    for (const char *p = text; *p; p++) {
        if (isalnum((unsigned char)*p) || strchr("-._~", *p))
            cb_buf_put_char(&b, *p);
        else
            cb_buf_printf(&b, "%%%02X", (unsigned)(unsigned char)*p);
    }
    out = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return out;
}

static const char *url_of(struct cb_arena *a, const char *socket_dir, const char *database)
{
    return cb_arena_printf(a, "postgresql:///%s?host=%" CB_FMT "&port=" PORT "&user=callboard",
                           database, CB_ARG(escape(a, socket_dir)))
        .p;
}

static enum cb_code make_socket_dir(struct cb_local_pg *pg, struct cb_err *err)
{
    static const char *const bases[] = {"/run", "/tmp"};

    pg->socket_dir = join(pg->arena, pg->dir, "socket");
    if (strlen(pg->socket_dir) + sizeof(SOCKET_NAME) - 1 <= SOCKET_PATH_MAX)
        return make_owned(pg, pg->socket_dir, err);
    for (size_t i = 0; i < CB_COUNT(bases); i++) {
        cb_str name = cb_arena_printf(pg->arena, "%s/callboard-XXXXXX", bases[i]);
        char *path = mkdtemp(cb_arena_dup(pg->arena, name.p, name.n));

        if (path) {
            pg->socket_dir = path;
            pg->socket_elsewhere = true;
            return make_owned(pg, path, err);
        }
    }
    return cannot("make a directory for the socket below", "/run or /tmp", err);
}

/* --- the server ------------------------------------------------------------------------------- */

/* Stop PID by ever ruder signals. False: it is still there. */
static bool stop_process(pid_t pid, bool child)
{
    static const struct {
        int signal;
        int64_t wait_us;
    } steps[] = {{SIGINT, FAST_US}, {SIGQUIT, IMMEDIATE_US}, {SIGKILL, IMMEDIATE_US}};

    for (size_t i = 0; i < CB_COUNT(steps); i++) {
        int64_t until_us = cb_clock_mono_us() + steps[i].wait_us;

        if (kill(pid, steps[i].signal) != 0 && errno == ESRCH && !child)
            return true;
        do {
            if (child ? cb_local_pg_wait(pid, 0) != -1 : (kill(pid, 0) != 0 && errno == ESRCH))
                return true;
            pause_briefly();
        } while (cb_clock_mono_us() < until_us);
    }
    return false;
}

/* A server that a killed callboard left behind is about to end, or does not know it should. */
static enum cb_code stop_left_behind(struct cb_local_pg *pg, struct cb_err *err)
{
    struct postmaster left;

    if (!read_postmaster(&left, pg->arena, pg->data))
        return CB_OK;
    cb_log(CB_LOG_INFO, "postgres.left-behind", "pid=%d status=%s", (int)left.pid, left.status);
    if (!stop_process(left.pid, false))
        return cb_fail(err, CB_EUNAVAILABLE,
                       "a PostgreSQL (process %d) that was left behind on %s does not stop",
                       (int)left.pid, pg->data);
    return CB_OK;
}

static pid_t spawn_server(struct cb_local_pg *pg)
{
    static const char *const settings[] = {
        "listen_addresses=",
        ("port=" PORT),
        "unix_socket_permissions=0700",
        "max_connections=100",
        /* sized for a hundred thousand entities beside a callboard that holds them in its own memory */
        "shared_buffers=64MB",
        "effective_cache_size=512MB",
        "work_mem=8MB",
        "maintenance_work_mem=64MB",
        "huge_pages=off",
        "random_page_cost=1.1",
        "jit=off",
        "max_parallel_workers_per_gather=0",
        "max_logical_replication_workers=0",
        /* first reads write much at once; no replica hangs on it */
        "wal_level=minimal",
        "max_wal_senders=0",
        "wal_compression=lz4",
        "max_wal_size=1GB",
        "min_wal_size=96MB",
        "checkpoint_timeout=15min",
        /* seven files, one a weekday, each begun anew after a week */
        "logging_collector=on",
        "log_filename=postgres-%a.log",
        "log_rotation_age=1d",
        "log_rotation_size=0",
        "log_truncate_on_rotation=on",
        "log_checkpoints=off",
        "log_min_error_statement=panic",
        "log_line_prefix=%m [%p] ",
        "cluster_name=callboard",
    };
    char *argv[2 * CB_COUNT(settings) + 8];
    size_t n = 0;
    pid_t pid;
    int fd;

    argv[n++] = (char *)(uintptr_t)join(pg->arena, pg->bin, "postgres");
    argv[n++] = "-D";
    argv[n++] = (char *)(uintptr_t)pg->data;
    argv[n++] = (char *)(uintptr_t)cb_arena_printf(pg->arena, "--unix_socket_directories=%s",
                                                   pg->socket_dir)
                    .p;
    argv[n++] = (char *)(uintptr_t)cb_arena_printf(pg->arena, "--log_directory=%s/log", pg->dir).p;
    for (size_t i = 0; i < CB_COUNT(settings); i++) {
        argv[n++] = "-c";
        argv[n++] = (char *)(uintptr_t)settings[i];
    }
    argv[n] = NULL;
    fd = open(join(pg->arena, pg->dir, "start.log"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    pid = cb_local_pg_spawn(argv, &pg->user, fd, SIGINT);
    close(fd);
    return pid;
}

static void *keep(void *ctx)
{
    struct cb_local_pg *pg = ctx;

    cb_thread_begin(CB_THREAD_DUTY, "cb-database");
    pthread_mutex_lock(&pg->mutex);
    for (;;) {
        while (pg->order == REST)
            pthread_cond_wait(&pg->changed, &pg->mutex);
        if (pg->order == LEAVE)
            break;
        pg->pid = spawn_server(pg);
        pg->order = REST;
        pthread_cond_broadcast(&pg->changed);
    }
    pthread_mutex_unlock(&pg->mutex);
    return NULL;
}

static void tell_keeper(struct cb_local_pg *pg, int order)
{
    pthread_mutex_lock(&pg->mutex);
    pg->order = order;
    pthread_cond_broadcast(&pg->changed);
    while (order == SPAWN && pg->order == SPAWN)
        pthread_cond_wait(&pg->changed, &pg->mutex);
    pthread_mutex_unlock(&pg->mutex);
}

/* What it said before it ended, from the file that took its output. */
static enum cb_code did_not_start(struct cb_local_pg *pg, struct cb_err *err)
{
    FILE *f = fopen(join(pg->arena, pg->dir, "start.log"), "re");
    char line[512], last[512] = "it said nothing";

    while (f && fgets(line, sizeof(line), f)) {
        char *at = strstr(line, "FATAL:");

        if (at)
            snprintf(last, sizeof(last), "%s", at + 6 + strspn(at + 6, " "));
    }
    if (f)
        fclose(f);
    last[strcspn(last, "\n")] = '\0';
    return cb_fail(err, CB_EUNAVAILABLE,
                   "the private PostgreSQL did not start: %s (its log is in %s/log)", last,
                   pg->dir);
}

/* Wait until it takes connections, or ends. */
static enum cb_code await_ready(struct cb_local_pg *pg, struct cb_err *err)
{
    int64_t until_us = cb_clock_mono_us() + START_US;
    struct postmaster now;

    while (cb_clock_mono_us() < until_us) {
        if (cb_local_pg_wait(pg->pid, 0) != -1) {
            pg->pid = 0;
            return did_not_start(pg, err);
        }
        if (read_postmaster(&now, pg->arena, pg->data) && now.pid == pg->pid &&
            strcmp(now.status, "ready") == 0)
            return CB_OK;
        pause_briefly();
    }
    return cb_fail(err, CB_ETIMEOUT,
                   "the private PostgreSQL is not ready yet (its log is in %s/log)", pg->dir);
}

/* Right after a kill -9 the old one's children may hold its memory for a moment: so a few tries. */
static enum cb_code run_server(struct cb_local_pg *pg, struct cb_err *err)
{
    int64_t until_us = cb_clock_mono_us() + IMMEDIATE_US;
    enum cb_code rc;

    do {
        tell_keeper(pg, SPAWN);
        if (pg->pid < 0) {
            pg->pid = 0;
            return cb_fail(err, CB_EUNAVAILABLE, "cannot start %s/postgres: %s", pg->bin,
                           strerror(errno));
        }
        rc = await_ready(pg, err);
        if (rc != CB_EUNAVAILABLE)
            return rc;
        for (int i = 0; i < 20; i++)
            pause_briefly();
    } while (cb_clock_mono_us() < until_us);
    return rc;
}

static enum cb_code make_database(struct cb_local_pg *pg, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = cb_conn_open(&c, url_of(pg->arena, pg->socket_dir, "postgres"), CB_CONN_CONNECT_US,
                           err)) != CB_OK)
        return rc;
    if ((rc = cb_stmt_run(&res, c, CB_SQL_LOCAL_DATABASE_EXISTS, NULL, err)) == CB_OK &&
        !cb_col_bool(res, 0, 0))
        rc = cb_stmt_do(c, CB_SQL_LOCAL_DATABASE, NULL, NULL, err);
    PQclear(res);
    cb_conn_close(c);
    return rc;
}

enum cb_code cb_local_pg_start(struct cb_local_pg **out, const char *dir, struct cb_err *err)
{
    struct cb_local_pg *pg = calloc(1, sizeof(*pg));
    int64_t begun_us = cb_clock_mono_us();
    char cwd[PATH_MAX];
    enum cb_code rc;

    if (!pg)
        abort();
    pg->arena = cb_arena_new();
    pg->lock_fd = -1;
    pthread_mutex_init(&pg->mutex, NULL);
    pthread_cond_init(&pg->changed, NULL);
    if (dir[0] != '/' && getcwd(cwd, sizeof(cwd)))
        dir = join(pg->arena, cwd, dir);
    if ((rc = open_dir(pg, dir, err)) != CB_OK || (rc = lock_dir(pg, err)) != CB_OK ||
        (rc = open_data(pg, err)) != CB_OK ||
        (rc = make_owned(pg, join(pg->arena, pg->dir, "log"), err)) != CB_OK ||
        (rc = make_socket_dir(pg, err)) != CB_OK || (rc = stop_left_behind(pg, err)) != CB_OK)
        goto fail;
    pg->url = url_of(pg->arena, pg->socket_dir, "callboard");
    if (pthread_create(&pg->keeper, NULL, keep, pg) != 0)
        abort();
    pg->keeping = true;
    if ((rc = run_server(pg, err)) != CB_OK || (rc = make_database(pg, err)) != CB_OK)
        goto fail;
    cb_log(CB_LOG_INFO, "postgres.started", "directory=%s pid=%d ms=%lld", pg->dir, (int)pg->pid,
           (long long)((cb_clock_mono_us() - begun_us) / CB_MS_US));
    *out = pg;
    return CB_OK;

fail:
    cb_local_pg_stop(pg);
    return rc;
}

const char *cb_local_pg_url(const struct cb_local_pg *pg)
{
    return pg->url;
}

enum cb_code cb_local_pg_check(struct cb_local_pg *pg, struct cb_err *err)
{
    enum cb_code rc;

    if (pg->pid > 0 && cb_local_pg_wait(pg->pid, 0) == -1)
        return CB_OK;
    cb_log(CB_LOG_ERROR, "postgres.died", "pid=%d directory=%s", (int)pg->pid, pg->dir);
    pg->pid = 0;
    if ((rc = run_server(pg, err)) != CB_OK)
        return rc;
    cb_log(CB_LOG_INFO, "postgres.restarted", "pid=%d", (int)pg->pid);
    return CB_OK;
}

void cb_local_pg_stop(struct cb_local_pg *pg)
{
    if (!pg)
        return;
    if (pg->pid > 0 && !stop_process(pg->pid, true))
        cb_log(CB_LOG_ERROR, "postgres.stays", "pid=%d", (int)pg->pid);
    if (pg->keeping) {
        tell_keeper(pg, LEAVE);
        pthread_join(pg->keeper, NULL);
    }
    if (pg->socket_elsewhere)
        rmdir(pg->socket_dir);
    if (pg->lock_fd >= 0)
        close(pg->lock_fd);
    pthread_cond_destroy(&pg->changed);
    pthread_mutex_destroy(&pg->mutex);
    cb_arena_free(pg->arena);
    free(pg);
}

enum cb_code cb_local_pg_find(char **url, const char *dir, struct cb_err *err)
{
    struct cb_arena *a = cb_arena_new();
    char real[PATH_MAX];
    struct postmaster now;
    enum cb_code rc = CB_OK;

    if (!realpath(join(a, dir, "data"), real) || !read_postmaster(&now, a, real) ||
        strcmp(now.status, "ready") != 0)
        rc = cb_fail(err, CB_ENOTFOUND,
                     "no callboard runs on %s: start one with \"callboard serve\"", dir);
    else if (!(*url = strdup(url_of(a, now.socket_dir, "callboard"))))
        abort();
    cb_arena_free(a);
    return rc;
}
