#include "catalog/fetch/bulk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/base/vec.h"

#define SHOWN(s) (int)((s).n < 300 ? (s).n : 300), (s).p ? (s).p : ""

/* ---- what may be */

static bool is_git(cb_str part)
{
    return cb_str_eq_nocase(part, CB_LIT(".git"));
}

static bool is_sound(cb_str part)
{
    return part.n && !cb_str_eq(part, CB_LIT(".")) && !cb_str_eq(part, CB_LIT("..")) &&
           !memchr(part.p, '\0', part.n);
}

/*
 * "../../x/y" and no ".." behind a name: that name might be a link, and then ".." is not where it
 * seems to be. The folders that hold the link are none, so as many ".." as there are lead to the
 * root at most.
 */
bool cb_bulk_link_is_sound(cb_str path, cb_str target)
{
    size_t depth = 0;
    bool named = false;
    cb_str rest = target, part;

    if (target.n == 0 || target.n > CB_BULK_LINK_MAX || target.p[0] == '/' ||
        memchr(target.p, '\0', target.n))
        return false;
    for (size_t i = 0; i < path.n; i++)
        depth += path.p[i] == '/';
    while (cb_str_split(&part, &rest, '/')) {
        if (part.n == 0 || cb_str_eq(part, CB_LIT(".")))
            continue;
        if (!cb_str_eq(part, CB_LIT(".."))) {
            named = true;
            if (is_git(part))
                return false;
        } else if (named || depth-- == 0) {
            return false;
        }
    }
    return true;
}

enum cb_code cb_bulk_count(struct cb_bulk_sum *sum, cb_str path, int64_t bytes, struct cb_err *err)
{
    cb_str rest = path, part;
    size_t depth = 0;

    if (path.n > CB_BULK_PATH_MAX)
        return cb_fail(err, CB_ELIMIT, "the path %.*s... has over %d bytes", 80, path.p,
                       CB_BULK_PATH_MAX);
    while (cb_str_split(&part, &rest, '/'))
        if (!is_sound(part))
            return cb_fail(err, CB_EINVAL, "%.*s is no path of a file", SHOWN(path));
        else if (++depth > CB_TREE_DEPTH_MAX)
            return cb_fail(err, CB_ELIMIT, "%.*s lies over %d folders deep", SHOWN(path),
                           CB_TREE_DEPTH_MAX);
    if (bytes > CB_BULK_ONE_MAX)
        return cb_fail(err, CB_ELIMIT, "%.*s has %lld bytes, over %lld", SHOWN(path),
                       (long long)bytes, (long long)CB_BULK_ONE_MAX);
    if (sum->file_n == CB_BULK_FILE_MAX)
        return cb_fail(err, CB_ELIMIT, "there are over %d files", CB_BULK_FILE_MAX);
    if (bytes > CB_BULK_BYTES_MAX - sum->bytes)
        return cb_fail(err, CB_ELIMIT, "the files have over %lld bytes together",
                       (long long)CB_BULK_BYTES_MAX);
    sum->file_n++;
    sum->bytes += bytes;
    return CB_OK;
}

/* ---- reading a folder */

struct walk {
    struct cb_bulk_sum *sum;
    cb_bulk_fn *each;
    void *ctx;
    CB_VEC(char) path;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

typedef CB_VEC(char *) names;

static void free_names(names *all)
{
    for (size_t i = 0; i < all->n; i++)
        free(all->v[i]);
    cb_vec_fini(all);
}

static enum cb_code list(names *out, int fd, struct cb_err *err)
{
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = again < 0 ? NULL : fdopendir(again);
    struct dirent *e;

    if (!dir) {
        if (again >= 0)
            close(again);
        return cb_fail(err, CB_EUPSTREAM, "cannot list a folder: %s", strerror(errno));
    }
    while ((e = readdir(dir))) {
        char *name;

        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || is_git(cb_str_cstr(e->d_name)))
            continue;
        if (out->n > CB_BULK_FILE_MAX) {
            closedir(dir);
            return cb_fail(err, CB_ELIMIT, "there are over %d files in one folder",
                           CB_BULK_FILE_MAX);
        }
        if (!(name = strdup(e->d_name)))
            abort();
        cb_vec_push(out, name);
    }
    closedir(dir);
    if (out->n)
        qsort(out->v, out->n, sizeof(*out->v), by_name);
    return CB_OK;
}

static cb_str path_of(const struct walk *w)
{
    return cb_str_make(w->path.v, w->path.n);
}

static enum cb_code give(struct walk *w, enum cb_bulk_mode mode, cb_str bytes, struct cb_err *err)
{
    struct cb_bulk_entry entry = {path_of(w), mode, bytes};
    enum cb_code rc = cb_bulk_count(w->sum, entry.path, (int64_t)bytes.n, err);

    return rc == CB_OK ? w->each(&entry, w->ctx, err) : rc;
}

static enum cb_code read_file(struct walk *w, int dir, const char *name, struct cb_err *err)
{
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    size_t room, n = 0;
    enum cb_code rc = CB_OK;
    struct stat st;
    ssize_t got = 0;
    char *p;

    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        rc = cb_fail(err, CB_EUPSTREAM, "cannot read %.*s: %s", SHOWN(path_of(w)),
                     fd < 0 ? strerror(errno) : "it is no regular file");
        if (fd >= 0)
            close(fd);
        return rc;
    }
    room = st.st_size < CB_BULK_ONE_MAX ? (size_t)st.st_size + 1 : (size_t)CB_BULK_ONE_MAX + 1;
    if (!(p = malloc(room)))
        abort();
    /* What grew meanwhile is read as it was: its size alone was counted. */
    while (n < room && ((got = read(fd, p + n, room - n)) > 0 || (got < 0 && errno == EINTR)))
        n += got > 0 ? (size_t)got : 0;
    if (got < 0)
        rc = cb_fail(err, CB_EUPSTREAM, "cannot read %.*s: %s", SHOWN(path_of(w)), strerror(errno));
    else
        rc = give(w, st.st_mode & 0111 ? CB_BULK_EXECUTABLE : CB_BULK_FILE, cb_str_make(p, n), err);
    free(p);
    close(fd);
    return rc;
}

static enum cb_code read_link(struct walk *w, int dir, const char *name, struct cb_err *err)
{
    char target[CB_BULK_LINK_MAX + 1];
    ssize_t n = readlinkat(dir, name, target, sizeof(target));

    if (n < 0)
        return cb_fail(err, CB_EUPSTREAM, "cannot read the link %.*s: %s", SHOWN(path_of(w)),
                       strerror(errno));
    if (!cb_bulk_link_is_sound(path_of(w), cb_str_make(target, (size_t)n)))
        return cb_fail(err, CB_EDENIED,
                       "%.*s is a symbolic link that leads out of its folder: such a link is not "
                       "taken along",
                       SHOWN(path_of(w)));
    return give(w, CB_BULK_LINK, cb_str_make(target, (size_t)n), err);
}

static enum cb_code read_folder(struct walk *w, int fd, size_t depth, struct cb_err *err);

static enum cb_code read_one(struct walk *w, int dir, const char *name, size_t depth,
                             struct cb_err *err)
{
    size_t was = w->path.n, n = strlen(name);
    enum cb_code rc = CB_OK;
    struct stat st;
    int fd;

    cb_vec_reserve(&w->path, was + n + 1);
    if (was)
        w->path.v[w->path.n++] = '/';
    memcpy(w->path.v + w->path.n, name, n);
    w->path.n += n;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno != ENOENT)
            rc = cb_fail(err, CB_EUPSTREAM, "cannot look at %.*s: %s", SHOWN(path_of(w)),
                         strerror(errno));
    } else if (S_ISREG(st.st_mode)) {
        rc = read_file(w, dir, name, err);
    } else if (S_ISLNK(st.st_mode)) {
        rc = read_link(w, dir, name, err);
    } else if (!S_ISDIR(st.st_mode)) {
        rc = cb_fail(err, CB_EDENIED, "%.*s is neither a file nor a folder nor a link",
                     SHOWN(path_of(w)));
    } else if ((fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0) {
        rc = cb_fail(err, CB_EUPSTREAM, "cannot list the folder %.*s: %s", SHOWN(path_of(w)),
                     strerror(errno));
    } else {
        struct cb_bulk_entry entry = {path_of(w), CB_BULK_FOLDER, CB_LIT("")};

        rc = w->each(&entry, w->ctx, err);
        if (rc == CB_OK)
            rc = read_folder(w, fd, depth + 1, err);
        close(fd);
    }
    w->path.n = was;
    return rc;
}

static enum cb_code read_folder(struct walk *w, int fd, size_t depth, struct cb_err *err)
{
    names all = {0};
    enum cb_code rc;

    if (depth >= CB_TREE_DEPTH_MAX)
        return cb_fail(err, CB_ELIMIT, "the folder %.*s lies over %d deep", SHOWN(path_of(w)),
                       CB_TREE_DEPTH_MAX);
    rc = list(&all, fd, err);
    for (size_t i = 0; i < all.n && rc == CB_OK; i++)
        rc = read_one(w, fd, all.v[i], depth, err);
    free_names(&all);
    return rc;
}

enum cb_code cb_bulk_read(int fd, struct cb_bulk_sum *sum, cb_bulk_fn *each, void *ctx,
                          struct cb_err *err)
{
    struct walk w = {.sum = sum, .each = each, .ctx = ctx};
    enum cb_code rc = read_folder(&w, fd, 0, err);

    cb_vec_fini(&w.path);
    return rc;
}

/* ---- writing below a folder */

static enum cb_code enter(int *fd, int dir, cb_str name, bool make, cb_str path, struct cb_err *err)
{
    char part[NAME_MAX + 1];
    int why;

    if (name.n > NAME_MAX)
        return cb_fail(err, CB_EINVAL, "%.*s has a part that is too long for a file's name",
                       SHOWN(path));
    memcpy(part, name.p, name.n);
    part[name.n] = '\0';
    if (make && mkdirat(dir, part, 0755) < 0 && errno != EEXIST)
        return cb_fail(err, CB_EUNAVAILABLE, "cannot make the folder %.*s: %s", SHOWN(path),
                       strerror(errno));
    *fd = openat(dir, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*fd >= 0)
        return CB_OK;
    why = errno;
    if (why == ENOENT)
        return cb_fail(err, CB_ENOTFOUND, "there is no folder %.*s", SHOWN(path));
    if (why == ENOTDIR || why == ELOOP) {
        struct stat st;

        if (fstatat(dir, part, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
            return cb_fail(err, CB_EDENIED, "%.*s is or lies behind a symbolic link", SHOWN(path));
        return cb_fail(err, CB_EINVAL, "%.*s is or lies behind a file", SHOWN(path));
    }
    return cb_fail(err, CB_EUPSTREAM, "cannot open the folder %.*s: %s", SHOWN(path),
                   strerror(why));
}

enum cb_code cb_bulk_open(int *fd, int root, cb_str path, bool make, struct cb_err *err)
{
    int at = fcntl(root, F_DUPFD_CLOEXEC, 0);
    enum cb_code rc = CB_OK;
    cb_str rest = path, part;

    if (at < 0)
        return cb_fail(err, CB_EUNAVAILABLE, "cannot open a folder: %s", strerror(errno));
    if (path.n && path.p[0] == '/')
        rc = cb_fail(err, CB_EDENIED,
                     "Relative path is not allowed to refer to a directory outside its parent");
    while (rc == CB_OK && cb_str_split(&part, &rest, '/')) {
        int below = -1;

        if (part.n == 0 || cb_str_eq(part, CB_LIT(".")))
            continue;
        if (!is_sound(part)) {
            rc = cb_fail(err, CB_EDENIED,
                         "Relative path is not allowed to refer to a directory outside its parent");
            break;
        }
        rc = enter(&below, at, part, make, path, err);
        close(at);
        at = below;
    }
    if (rc == CB_OK)
        *fd = at;
    else if (at >= 0)
        close(at);
    return rc;
}

static enum cb_code cannot(const struct cb_bulk_entry *e, struct cb_err *err)
{
    if (errno == EISDIR || errno == EEXIST || errno == EPERM)
        return cb_fail(err, CB_EINVAL, "%.*s is a folder already, and a file cannot take its place",
                       SHOWN(e->path));
    return cb_fail(err, CB_EUNAVAILABLE, "cannot write %.*s: %s", SHOWN(e->path), strerror(errno));
}

static enum cb_code put_file(int dir, const char *name, const struct cb_bulk_entry *e,
                             struct cb_err *err)
{
    mode_t mode = e->mode == CB_BULK_EXECUTABLE ? 0755 : 0644;
    enum cb_code rc = CB_OK;
    int fd;

    if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
        return cannot(e, err);
    if ((fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)) < 0)
        return cannot(e, err);
    for (size_t at = 0; at < e->bytes.n;) {
        ssize_t n = write(fd, e->bytes.p + at, e->bytes.n - at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            rc = cannot(e, err);
            break;
        }
        at += (size_t)n;
    }
    close(fd);
    return rc;
}

enum cb_code cb_bulk_write(int fd, const struct cb_bulk_entry *entry, struct cb_err *err)
{
    size_t slash = entry->path.n;
    char target[CB_BULK_LINK_MAX + 1], name[NAME_MAX + 1];
    enum cb_code rc;
    cb_str last;
    int dir = -1;

    if (entry->mode == CB_BULK_FOLDER) {
        if ((rc = cb_bulk_open(&dir, fd, entry->path, true, err)) == CB_OK)
            close(dir);
        return rc;
    }
    while (slash && entry->path.p[slash - 1] != '/')
        slash--;
    last = cb_str_sub(entry->path, slash, entry->path.n);
    if (!is_sound(last) || last.n > NAME_MAX)
        return cb_fail(err, CB_EINVAL, "%.*s is no path of a file", SHOWN(entry->path));
    memcpy(name, last.p, last.n);
    name[last.n] = '\0';
    if ((rc = cb_bulk_open(&dir, fd, cb_str_sub(entry->path, 0, slash), true, err)) != CB_OK)
        return rc;
    if (entry->mode != CB_BULK_LINK) {
        rc = put_file(dir, name, entry, err);
    } else {
        memcpy(target, entry->bytes.p, entry->bytes.n);
        target[entry->bytes.n] = '\0';
        if ((unlinkat(dir, name, 0) < 0 && errno != ENOENT) || symlinkat(target, dir, name) < 0)
            rc = cannot(entry, err);
    }
    close(dir);
    return rc;
}
