#include "server/scaffold/workspace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/base/vec.h"

#define BLOCK 512

enum cb_code cb_workspace_open(const char *dir, struct cb_err *err)
{
    struct stat st;

    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return cb_fail(err, CB_EUNAVAILABLE, "cannot make the folder %s for runs of templates: %s", dir, strerror(errno));
    if (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode) || access(dir, W_OK | X_OK) < 0)
        return cb_fail(err, CB_EUNAVAILABLE, "%s is no folder that runs of templates can work in", dir);
    return CB_OK;
}

cb_str cb_workspace_path(struct cb_arena *a, cb_str dir, cb_str id)
{
    return cb_arena_printf(a, "%" CB_FMT "/%" CB_FMT, CB_ARG(dir), CB_ARG(id));
}

enum cb_code cb_workspace_make(bool *made, const char *path, struct cb_err *err)
{
    *made = mkdir(path, 0700) == 0;
    if (!*made && (errno != EEXIST || !cb_workspace_there(path)))
        return cb_fail(err, CB_EUNAVAILABLE, "cannot make the run's folder: %s", strerror(errno));
    return CB_OK;
}

bool cb_workspace_there(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* ---- walking, without following any link */

static DIR *open_folder(int at, const char *name)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *d;

    if (fd < 0 && errno == EACCES && fchmodat(at, name, 0700, AT_SYMLINK_NOFOLLOW) == 0) /* what made it may have closed it */
        fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    if (!(d = fdopendir(fd)))
        close(fd);
    return d;
}

static struct dirent *next_entry(DIR *d)
{
    struct dirent *e;

    while ((e = readdir(d)) && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0))
        ;
    return e;
}

struct measure {
    int64_t bytes, entry_n, most;
};

static enum cb_code measure(struct measure *m, int at, const char *name, unsigned depth, struct cb_err *err)
{
    DIR *d = open_folder(at, name);
    enum cb_code rc = CB_OK;
    struct dirent *e;
    struct stat st;

    if (!d)
        return CB_OK;
    if (depth > CB_WORKSPACE_DEPTH_MAX)
        rc = cb_fail(err, CB_ELIMIT, "the run's folder has more than %d folders within one another", CB_WORKSPACE_DEPTH_MAX);
    while (rc == CB_OK && m->bytes <= m->most && (e = next_entry(d))) {
        if (++m->entry_n > CB_WORKSPACE_FILE_N_MAX)
            rc = cb_fail(err, CB_ELIMIT, "the run's folder has more than %d files", CB_WORKSPACE_FILE_N_MAX);
        else if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        else if (S_ISDIR(st.st_mode))
            rc = measure(m, dirfd(d), e->d_name, depth + 1, err);
        else
            m->bytes += st.st_size > st.st_blocks * BLOCK ? st.st_size : st.st_blocks * BLOCK;
    }
    closedir(d);
    return rc;
}

enum cb_code cb_workspace_measure(int64_t *bytes, int64_t *entry_n, const char *path, int64_t most, struct cb_err *err)
{
    struct measure m = {.most = most};
    enum cb_code rc = measure(&m, AT_FDCWD, path, 0, err);

    *bytes = m.bytes;
    *entry_n = m.entry_n;
    return rc;
}

static void empty(int at, const char *name, unsigned depth)
{
    DIR *d = open_folder(at, name);
    struct dirent *e;

    if (!d)
        return;
    while ((e = next_entry(d))) {
        if (unlinkat(dirfd(d), e->d_name, 0) == 0 || depth >= 4 * CB_WORKSPACE_DEPTH_MAX)
            continue;
        empty(dirfd(d), e->d_name, depth + 1);
        unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
    }
    closedir(d);
}

void cb_workspace_remove(const char *path)
{
    for (int i = 0; i < 3; i++) { /* a step that was killed may still have been writing */
        empty(AT_FDCWD, path, 0);
        if (rmdir(path) == 0 || errno == ENOENT)
            return;
    }
}

void cb_workspace_each(const char *dir, void (*each)(const char *name, void *ctx), void *ctx)
{
    DIR *d = open_folder(AT_FDCWD, dir);
    struct dirent *e;

    while (d && (e = next_entry(d)))
        each(e->d_name, ctx);
    if (d)
        closedir(d);
}

/* ---- files */

struct reading {
    struct cb_arena *a;
    CB_VEC(struct cb_workspace_file) files;
    int64_t left;
};

static enum cb_code read_file(struct reading *r, int at, const char *name, cb_str path, const struct stat *st, struct cb_err *err)
{
    struct cb_workspace_file f = {.path = path, .executable = st->st_mode & S_IXUSR, .link = S_ISLNK(st->st_mode)};
    size_t want = f.link ? PATH_MAX : (size_t)st->st_size;
    ssize_t n, got = 0;
    char *bytes;
    int fd;

    if (st->st_size > r->left)
        return cb_fail(err, CB_ELIMIT, "the run's files are too large to be shown: %" CB_FMT " has %lld bytes", CB_ARG(cb_str_cut(path, 200)),
                       (long long)st->st_size);
    bytes = cb_arena_alloc(r->a, want + 1);
    if (f.link) {
        got = readlinkat(at, name, bytes, want);
    } else {
        if ((fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)) < 0)
            return cb_fail(err, CB_EUPSTREAM, "cannot read the run's file %" CB_FMT ": %s", CB_ARG(cb_str_cut(path, 200)), strerror(errno));
        while ((size_t)got < want && (n = read(fd, bytes + got, want - (size_t)got)) > 0)
            got += n;
        close(fd);
    }
    f.bytes = cb_str_make(bytes, got < 0 ? 0 : (size_t)got);
    bytes[f.bytes.n] = '\0';
    r->left -= (int64_t)f.bytes.n;
    cb_vec_push(&r->files, f);
    return CB_OK;
}

static enum cb_code read_folder(struct reading *r, int at, const char *name, cb_str prefix, unsigned depth, struct cb_err *err)
{
    DIR *d = open_folder(at, name);
    enum cb_code rc = CB_OK;
    struct dirent *e;
    struct stat st;

    while (d && rc == CB_OK && (e = next_entry(d))) {
        cb_str path = cb_arena_printf(r->a, "%" CB_FMT "%s%s", CB_ARG(prefix), prefix.n ? "/" : "", e->d_name);

        if (depth > CB_WORKSPACE_DEPTH_MAX || r->files.n >= CB_WORKSPACE_FILE_N_MAX)
            rc = cb_fail(err, CB_ELIMIT, "the run's folder has too many files, or folders too deep, to be shown");
        else if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        else if (S_ISDIR(st.st_mode))
            rc = read_folder(r, dirfd(d), e->d_name, path, depth + 1, err);
        else if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
            rc = read_file(r, dirfd(d), e->d_name, path, &st, err);
    }
    if (d)
        closedir(d);
    return rc;
}

static int by_path(const void *a, const void *b)
{
    const struct cb_workspace_file *x = a, *y = b;

    return cb_str_cmp(x->path, y->path);
}

enum cb_code cb_workspace_read(struct cb_workspace_file **out, size_t *n, struct cb_arena *a, const char *path, int64_t most, struct cb_err *err)
{
    struct reading r = {.a = a, .left = most};
    enum cb_code rc = read_folder(&r, AT_FDCWD, path, CB_LIT(""), 0, err);

    if (rc == CB_OK) {
        *n = r.files.n;
        *out = CB_NEW_N(a, struct cb_workspace_file, r.files.n + 1);
        if (r.files.n) {
            memcpy(*out, r.files.v, r.files.n * sizeof(**out));
            qsort(*out, *n, sizeof(**out), by_path);
        }
    }
    cb_vec_fini(&r.files);
    return rc;
}

static enum cb_code leads_out(cb_str file, struct cb_err *err)
{
    return cb_fail(err, CB_EDENIED, "Relative path is not allowed to refer to a directory outside its parent: %" CB_FMT, CB_ARG(cb_str_cut(file, 200)));
}

enum cb_code cb_workspace_put(const char *path, cb_str file, cb_str bytes, bool executable, struct cb_err *err)
{
    int at = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd, next;
    char part_text[NAME_MAX + 1];
    cb_str rest = file, part, last = CB_LIT("");
    enum cb_code rc = CB_OK;
    ssize_t n = 0;

    if (!file.n || file.p[0] == '/' || cb_str_find_char(file, '\0', 0) != SIZE_MAX)
        rc = leads_out(file, err);
    while (rc == CB_OK && cb_str_split(&part, &rest, '/')) {
        if (!part.n || cb_str_eq(part, CB_LIT(".")))
            continue;
        if (cb_str_eq(part, CB_LIT("..")) || part.n > NAME_MAX) {
            rc = leads_out(file, err);
            break;
        }
        if (last.n) {
            memcpy(part_text, last.p, last.n);
            part_text[last.n] = '\0';
            mkdirat(at, part_text, 0700);
            next = openat(at, part_text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (at >= 0)
                close(at);
            at = next;
        }
        last = part;
    }
    if (rc == CB_OK && !last.n)
        rc = leads_out(file, err);
    if (rc == CB_OK) {
        memcpy(part_text, last.p, last.n);
        part_text[last.n] = '\0';
        fd = at < 0 ? -1 : openat(at, part_text, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, executable ? 0700 : 0600);
        for (size_t done = 0; fd >= 0 && done < bytes.n && n >= 0; done += (size_t)n)
            n = write(fd, bytes.p + done, bytes.n - done);
        if (fd < 0 || n < 0)
            rc = cb_fail(err, CB_EINVAL, "cannot write %" CB_FMT ": %s", CB_ARG(cb_str_cut(file, 200)), strerror(errno));
        if (fd >= 0)
            close(fd);
    }
    if (at >= 0)
        close(at);
    return rc;
}
