#include "catalog/fetch/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "catalog/base/buf.h"

#define LOCK_POLL_US 20000

static char *text(const char *fmt, ...) CB_PRINTF(1, 2);

static char *text(const char *fmt, ...)
{
    char *p = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&p, fmt, ap) < 0)
        abort();
    va_end(ap);
    return p;
}

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- life */

static enum cb_code make_folder(const char *dir, struct cb_err *err)
{
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return cb_fail(err, CB_EUNAVAILABLE, "cannot make the folder %.500s: %s", dir,
                       strerror(errno));
    return CB_OK;
}

enum cb_code cb_store_init(struct cb_store *s, const char *data_dir, const char *key,
                           struct cb_err *err)
{
    char *mirrors = text("%s/mirrors", data_dir), *real = NULL;
    enum cb_code rc;

    if ((rc = make_folder(data_dir, err)) == CB_OK && (rc = make_folder(mirrors, err)) == CB_OK) {
        if (!(real = realpath(mirrors, NULL)))
            rc = cb_fail(err, CB_EUNAVAILABLE, "cannot find the folder %.500s: %s", mirrors,
                         strerror(errno));
        else
            *s = (struct cb_store){text("%s/%s", real, key), text("%s/%s.new", real, key),
                                   text("%s/%s.old", real, key), text("%s/%s.lock", real, key),
                                   text("%s/%s.use", real, key)};
    }
    free(mirrors);
    free(real);
    return rc;
}

void cb_store_fini(struct cb_store *s)
{
    free(s->dir), free(s->fresh), free(s->old), free(s->lock), free(s->use);
    *s = (struct cb_store){0};
}

/* ---- locks */

static enum cb_code take(int *out, const char *path, int how, int64_t wait_us, const char *who,
                         struct cb_err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int64_t end_us = now_us() + wait_us;

    if (fd < 0)
        return cb_fail(err, CB_EUNAVAILABLE, "cannot open %.500s: %s", path, strerror(errno));
    while (flock(fd, how | LOCK_NB) < 0) {
        if ((errno != EWOULDBLOCK && errno != EINTR) || now_us() >= end_us) {
            close(fd);
            return cb_fail(err, CB_ETIMEOUT, "the mirror is in use by %s: this one comes later",
                           who);
        }
        usleep(LOCK_POLL_US);
    }
    *out = fd;
    return CB_OK;
}

enum cb_code cb_store_lock(int *fd, const struct cb_store *s, int64_t wait_us, struct cb_err *err)
{
    enum cb_code rc = take(fd, s->lock, LOCK_EX, wait_us, "another update", err);

    if (rc == CB_OK)
        futimens(*fd, NULL); /* when the mirror was last asked for */
    return rc;
}

enum cb_code cb_store_use(int *fd, const struct cb_store *s, struct cb_err *err)
{
    return take(fd, s->use, LOCK_SH, CB_STORE_SWAP_WAIT_US, "an exchange", err);
}

void cb_store_unlock(int fd)
{
    if (fd > 0)
        close(fd);
}

/* ---- removing */

static void drop_at(int at, const char *name)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct dirent *e;
    DIR *dir;

    if (fd >= 0 && (dir = fdopendir(fd))) {
        while ((e = readdir(dir)))
            if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && unlinkat(fd, e->d_name, 0) < 0)
                drop_at(fd, e->d_name);
        closedir(dir);
    }
    unlinkat(at, name, AT_REMOVEDIR);
}

void cb_store_drop(const char *dir)
{
    drop_at(AT_FDCWD, dir);
}

/* Remove from DIR/SUB the files that git leaves when it is killed. */
static void clean_folder(const char *dir, const char *sub)
{
    char *path = text("%s/%s", dir, sub);
    DIR *d = opendir(path);
    struct dirent *e;

    while (d && (e = readdir(d)))
        if (cb_str_ends(cb_str_cstr(e->d_name), CB_LIT(".lock")) ||
            cb_str_starts(cb_str_cstr(e->d_name), CB_LIT("tmp_")) ||
            cb_str_starts(cb_str_cstr(e->d_name), CB_LIT(".tmp-")))
            unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
    free(path);
}

void cb_store_clean(const struct cb_store *s)
{
    static const char *const places[] = {".", "objects", "objects/pack", "refs", "refs/callboard"};

    for (size_t i = 0; i < CB_COUNT(places); i++)
        clean_folder(s->dir, places[i]);
    cb_store_drop(s->fresh);
    cb_store_drop(s->old);
}

/* ---- making */

static enum cb_code write_file(const char *dir, const char *name, cb_str bytes, struct cb_err *err)
{
    char *path = text("%s/%s", dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    enum cb_code rc = CB_OK;

    if (fd < 0 || write(fd, bytes.p, bytes.n) != (ssize_t)bytes.n)
        rc = cb_fail(err, CB_EUNAVAILABLE, "cannot write %.500s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    free(path);
    return rc;
}

static void put_config(struct cb_buf *b, cb_str url, bool partial)
{
    cb_buf_printf(
        b, "[core]\n\trepositoryformatversion = %d\n\tbare = true\n\tlogallrefupdates = false\n",
        partial);
    if (partial)
        cb_buf_put_cstr(b, "[extensions]\n\tpartialclone = origin\n");
    cb_buf_put_cstr(b, "[remote \"origin\"]\n");
    if (partial)
        cb_buf_put_cstr(b, "\tpromisor = true\n\tpartialclonefilter = blob:none\n");
    cb_buf_put_cstr(b, "\turl = \"");
    for (size_t i = 0; i < url.n; i++) {
        if (url.p[i] == '"' || url.p[i] == '\\')
            cb_buf_put_char(b, '\\');
        cb_buf_put_char(b, url.p[i]);
    }
    cb_buf_put_cstr(b, "\"\n");
}

enum cb_code cb_store_make(const struct cb_store *s, cb_str url, bool partial, struct cb_err *err)
{
    static const char *const folders[] = {
        "",      "/objects",    "/objects/pack",   "/objects/info",
        "/refs", "/refs/heads", "/refs/callboard", "/info"};
    struct cb_buf config = CB_BUF_INIT;
    enum cb_code rc = CB_OK;

    cb_store_drop(s->fresh);
    for (size_t i = 0; i < CB_COUNT(folders) && rc == CB_OK; i++) {
        char *path = text("%s%s", s->fresh, folders[i]);

        rc = make_folder(path, err);
        free(path);
    }
    put_config(&config, url, partial);
    if (rc == CB_OK && (rc = write_file(s->fresh, "config", cb_buf_str(&config), err)) == CB_OK)
        rc = write_file(s->fresh, "HEAD", CB_LIT("ref: refs/heads/none\n"), err);
    cb_buf_fini(&config);
    return rc;
}

enum cb_code cb_store_swap(const struct cb_store *s, int64_t wait_us, struct cb_err *err)
{
    enum cb_code rc;
    int use;

    if ((rc = take(&use, s->use, LOCK_EX, wait_us, "a pass that reads it", err)) != CB_OK)
        return rc;
    cb_store_drop(s->old);
    if ((rename(s->dir, s->old) < 0 && errno != ENOENT) || rename(s->fresh, s->dir) < 0)
        rc = cb_fail(err, CB_EUNAVAILABLE, "cannot rename %.500s: %s", s->fresh, strerror(errno));
    cb_store_unlock(use);
    cb_store_drop(s->old);
    return rc;
}

bool cb_store_remove(const struct cb_store *s)
{
    bool gone;
    int use;

    if (take(&use, s->use, LOCK_EX, 0, "a pass", NULL) != CB_OK)
        return false;
    cb_store_drop(s->old);
    gone = rename(s->dir, s->old) == 0;
    cb_store_unlock(use);
    cb_store_clean(s);
    return gone;
}

/* ---- looking */

bool cb_store_exists(const struct cb_store *s)
{
    struct stat st;

    return stat(s->dir, &st) == 0;
}

bool cb_store_mark_get(const char *dir, const char *name, int64_t *value)
{
    char *path = text("%s/callboard-%s", dir, name), digits[32] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, digits, sizeof(digits) - 1);

    if (fd >= 0)
        close(fd);
    free(path);
    if (value)
        *value = n > 0 ? strtoll(digits, NULL, 10) : 0;
    return n >= 0;
}

void cb_store_mark_put(const char *dir, const char *name, int64_t value)
{
    char digits[32], *file = text("callboard-%s", name);

    snprintf(digits, sizeof(digits), "%lld", (long long)value);
    if (write_file(dir, file, cb_str_cstr(digits), NULL) != CB_OK) {
        /* a mark that cannot be written is only work done twice */
    }
    free(file);
}

size_t cb_store_packs(const struct cb_store *s)
{
    char *path = text("%s/objects/pack", s->dir);
    DIR *d = opendir(path);
    struct dirent *e;
    size_t n = 0;

    while (d && (e = readdir(d)))
        n += cb_str_ends(cb_str_cstr(e->d_name), CB_LIT(".pack"));
    if (d)
        closedir(d);
    free(path);
    return n;
}
