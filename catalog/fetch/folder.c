/*
 * A folder of this machine as a tree. Every name is opened from the descriptor of the folder that
 * holds it, with O_NOFOLLOW: whatever changes under our feet, no link leads out of the root. The
 * root itself is the operator's word and may be a link.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/base/vec.h"
#include "catalog/fetch/glob.h"
#include "catalog/fetch/mirror.h"

#define ID_CACHE_SLOTS 65536 /* ids remembered; a newer file takes the place of an older one */
#define ID_SETTLE_US                                                                               \
    (2 * CB_S_US) /* a file younger than this may change again within one tick of its mtime */

struct folder {
    struct cb_tree base;
    int fd;
    char *root; /* for sentences */
};

/* ---- ids of contents */

struct id_slot {
    dev_t dev;
    ino_t ino;
    off_t size;
    struct timespec mtime, ctime;
    struct cb_tree_id id;
};

static struct id_slot *id_cache;
static pthread_mutex_t id_lock = PTHREAD_MUTEX_INITIALIZER;

static bool same_state(const struct id_slot *s, const struct stat *st)
{
    return s->id.n && s->dev == st->st_dev && s->ino == st->st_ino && s->size == st->st_size &&
           s->mtime.tv_sec == st->st_mtim.tv_sec && s->mtime.tv_nsec == st->st_mtim.tv_nsec &&
           s->ctime.tv_sec == st->st_ctim.tv_sec && s->ctime.tv_nsec == st->st_ctim.tv_nsec;
}

static size_t slot_of(const struct stat *st)
{
    uint64_t key[2] = {(uint64_t)st->st_dev, (uint64_t)st->st_ino};

    return (size_t)(cb_hash(cb_str_make((const char *)key, sizeof(key))) % ID_CACHE_SLOTS);
}

static bool id_known(const struct stat *st, struct cb_tree_id *out)
{
    bool hit = false;

    pthread_mutex_lock(&id_lock);
    if (id_cache && same_state(&id_cache[slot_of(st)], st)) {
        *out = id_cache[slot_of(st)].id;
        hit = true;
    }
    pthread_mutex_unlock(&id_lock);
    return hit;
}

static void id_remember(const struct stat *st, const struct cb_tree_id *id)
{
    struct timespec now;
    int64_t age_us;

    clock_gettime(CLOCK_REALTIME, &now); /* the file system's clock, which no test replaces */
    age_us = (int64_t)(now.tv_sec - st->st_mtim.tv_sec) * CB_S_US +
             (now.tv_nsec - st->st_mtim.tv_nsec) / 1000;
    if (age_us < ID_SETTLE_US)
        return;
    pthread_mutex_lock(&id_lock);
    if (!id_cache)
        id_cache = calloc(ID_CACHE_SLOTS, sizeof(*id_cache));
    if (id_cache)
        id_cache[slot_of(st)] =
            (struct id_slot){st->st_dev, st->st_ino, st->st_size, st->st_mtim, st->st_ctim, *id};
    pthread_mutex_unlock(&id_lock);
}

/* ---- opening */

/* One part of a path, from the folder DIR; CB_ENOTFOUND with a sentence. */
static enum cb_code open_part(int *out, int dir, const char *name, bool last, cb_str path,
                              struct cb_err *err)
{
    int shown = (int)(path.n < 300 ? path.n : 300), fd;
    struct stat st;

    fd = openat(dir, name,
                O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
                    (last ? 0 : O_DIRECTORY));
    if (fd < 0) {
        int why = errno;

        if (why == ELOOP || (why == ENOTDIR && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
                             S_ISLNK(st.st_mode)))
            return cb_fail(err, CB_ENOTFOUND,
                           "%.*s is or lies behind a symbolic link, which is not followed: "
                           "name the file itself",
                           shown, path.p);
        if (why == ENOENT || why == ENOTDIR || why == ENAMETOOLONG)
            return cb_fail(err, CB_ENOTFOUND, "no file %.*s", shown, path.p);
        if (why == EACCES || why == EPERM)
            return cb_fail(err, CB_EUPSTREAM,
                           "callboard's user may not read %.*s: change its permissions", shown,
                           path.p);
        if (why == ENXIO || why == ENODEV)
            return cb_fail(err, CB_ENOTFOUND, "%.*s is not a regular file", shown, path.p);
        return cb_fail(err, CB_EUPSTREAM, "cannot open %.*s: %s", shown, path.p, strerror(why));
    }
    if (last && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
        close(fd);
        return cb_fail(err, CB_ENOTFOUND,
                       S_ISDIR(st.st_mode) ? "%.*s is a folder, not a file"
                                           : "%.*s is not a regular file",
                       shown, path.p);
    }
    *out = fd;
    return CB_OK;
}

static enum cb_code open_path(int *out, const struct folder *t, cb_str path, struct cb_err *err)
{
    enum cb_code rc = cb_tree_check_path(path, err);
    char *text, *name, *slash;
    int dir = t->fd, fd = -1;

    if (rc != CB_OK)
        return rc;
    name = text = strndup(path.p, path.n);
    for (; rc == CB_OK && name; name = slash ? slash + 1 : NULL) {
        if ((slash = strchr(name, '/')))
            *slash = '\0';
        rc = open_part(&fd, dir, name, slash == NULL, path, err);
        if (dir != t->fd)
            close(dir);
        dir = fd;
    }
    free(text);
    if (rc == CB_OK)
        *out = fd;
    return rc;
}

/* ---- bytes */

/*
 * All bytes of FD into *BYTES (heap, NUL-terminated). ST tells what the file was when its reading
 * began.
 */
static enum cb_code read_all(char **bytes, size_t *n, int fd, const struct stat *st, cb_str path,
                             struct cb_err *err)
{
    int shown = (int)(path.n < 300 ? path.n : 300);
    size_t cap = (size_t)st->st_size + 1, used = 0;
    char *p;

    if (st->st_size > CB_DESCRIPTOR_MAX)
        return cb_fail(err, CB_ELIMIT, "%.*s has %lld bytes, over %d", shown, path.p,
                       (long long)st->st_size, CB_DESCRIPTOR_MAX);
    if (!(p = malloc(cap + 1)))
        abort();
    for (;;) {
        ssize_t got = read(fd, p + used, cap - used);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(p);
            return cb_fail(err, CB_EUPSTREAM, "cannot read %.*s: %s", shown, path.p,
                           strerror(errno));
        }
        if (got == 0)
            break;
        used += (size_t)got;
        if (used > CB_DESCRIPTOR_MAX) {
            free(p);
            return cb_fail(err, CB_ELIMIT, "%.*s has over %d bytes", shown, path.p,
                           CB_DESCRIPTOR_MAX);
        }
        if (used == cap && !(p = realloc(p, (cap *= 2) + 1)))
            abort();
    }
    p[used] = '\0';
    *bytes = p;
    *n = used;
    return CB_OK;
}

/* What cannot be read, or is too long to be, has an id all the same: its state. */
static void id_of_state(const struct stat *st, struct cb_tree_id *out)
{
    int64_t state[6] = {(int64_t)st->st_dev,         (int64_t)st->st_ino,
                        (int64_t)st->st_size,        (int64_t)st->st_mtim.tv_sec,
                        (int64_t)st->st_ctim.tv_sec, (int64_t)st->st_ctim.tv_nsec};

    out->n = CB_SHA256_BYTES;
    cb_sha256(out->bytes, cb_str_make((const char *)state, sizeof(state)));
}

static enum cb_code id_of_fd(int fd, cb_str path, struct cb_tree_id *out, struct cb_err *err)
{
    struct stat st;
    enum cb_code rc;
    char *bytes;
    size_t n;

    if (fstat(fd, &st) < 0)
        return cb_fail(err, CB_EUPSTREAM, "cannot look at a file: %s", strerror(errno));
    if (id_known(&st, out))
        return CB_OK;
    if (st.st_size > CB_DESCRIPTOR_MAX) {
        id_of_state(&st, out);
        return CB_OK;
    }
    if ((rc = read_all(&bytes, &n, fd, &st, path, err)) != CB_OK)
        return rc;
    out->n = CB_SHA256_BYTES;
    cb_sha256(out->bytes, cb_str_make(bytes, n));
    free(bytes);
    id_remember(&st, out);
    return CB_OK;
}

static enum cb_code folder_id(struct cb_tree *tree, cb_str path, struct cb_tree_id *out,
                              struct cb_err *err)
{
    enum cb_code rc;
    int fd;

    if ((rc = open_path(&fd, (struct folder *)tree, path, err)) != CB_OK)
        return rc;
    rc = id_of_fd(fd, path, out, err);
    close(fd);
    return rc;
}

static enum cb_code folder_read(struct cb_tree *tree, struct cb_arena *a, cb_str path, cb_str *out,
                                struct cb_err *err)
{
    struct stat st;
    enum cb_code rc;
    char *bytes;
    size_t n;
    int fd;

    if ((rc = open_path(&fd, (struct folder *)tree, path, err)) != CB_OK)
        return rc;
    if (fstat(fd, &st) < 0)
        rc = cb_fail(err, CB_EUPSTREAM, "cannot look at a file: %s", strerror(errno));
    else
        rc = read_all(&bytes, &n, fd, &st, path, err);
    if (rc == CB_OK) {
        *out = cb_str_make(cb_arena_dup(a, bytes, n), n);
        free(bytes);
    }
    close(fd);
    return rc;
}

static enum cb_code folder_want(struct cb_tree *tree, const cb_str *paths, size_t path_n,
                                struct cb_err *err)
{
    (void)tree, (void)paths, (void)path_n, (void)err;
    return CB_OK;
}

/* ---- listing */

struct walk {
    struct cb_glob_set *globs;
    cb_glob_state *states; /* one row of cb_glob_width for each depth */
    CB_VEC(char) path;
    size_t seen;
    int (*each)(cb_str path, const struct cb_tree_id *id, void *ctx);
    void *ctx;
    bool stopped;
};

struct name {
    char *text; /* a folder's ends in '/', so that the order is that of whole paths */
    bool folder;
};

typedef CB_VEC(struct name) name_vec;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

/* Regular files and folders of FD (taken), sorted. */
static enum cb_code list_names(name_vec *out, int fd, struct walk *w, struct cb_err *err)
{
    DIR *dir = fdopendir(fd);
    struct dirent *e;

    if (!dir) {
        close(fd);
        return cb_fail(err, CB_EUPSTREAM, "cannot list a folder: %s", strerror(errno));
    }
    rewinddir(dir); /* the position is shared with a descriptor this one was copied from */
    while ((e = readdir(dir))) {
        bool folder = e->d_type == DT_DIR, file = e->d_type == DT_REG;
        struct stat st;
        char *text;

        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        if (e->d_type == DT_UNKNOWN &&
            fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
            folder = S_ISDIR(st.st_mode);
            file = S_ISREG(st.st_mode);
        }
        if (!folder && !file)
            continue;
        if (++w->seen > CB_TREE_FILE_MAX) {
            closedir(dir);
            return cb_fail(err, CB_ELIMIT, "the folder has over %d files: narrow the paths",
                           CB_TREE_FILE_MAX);
        }
        if (asprintf(&text, folder ? "%s/" : "%s", e->d_name) < 0)
            abort();
        cb_vec_push(out, (struct name){text, folder});
    }
    closedir(dir);
    if (out->n)
        qsort(out->v, out->n, sizeof(*out->v), by_name);
    return CB_OK;
}

static void path_push(struct walk *w, cb_str name)
{
    cb_vec_reserve(&w->path, w->path.n + name.n + 1);
    if (w->path.n)
        w->path.v[w->path.n++] = '/';
    memcpy(w->path.v + w->path.n, name.p, name.n);
    w->path.n += name.n;
}

static enum cb_code walk_folder(struct walk *w, int fd, size_t depth, struct cb_err *err);

static enum cb_code walk_into(struct walk *w, int dir, cb_str name, size_t depth,
                              struct cb_err *err)
{
    size_t width = cb_glob_width(w->globs), was = w->path.n;
    enum cb_code rc = CB_OK;
    int fd;

    if (!cb_glob_enter(w->globs, w->states + depth * width, name, w->states + (depth + 1) * width))
        return CB_OK;
    path_push(w, name);
    if (depth + 1 >= CB_TREE_DEPTH_MAX)
        rc = cb_fail(err, CB_ELIMIT, "the folder %.*s lies over %d deep: narrow the paths",
                     (int)(w->path.n < 300 ? w->path.n : 300), w->path.v, CB_TREE_DEPTH_MAX);
    else if ((fd = openat(dir, name.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) >= 0)
        rc = walk_folder(w, fd, depth + 1, err);
    else if (errno == EACCES || errno == EPERM)
        rc = cb_fail(err, CB_EUPSTREAM,
                     "callboard's user may not list the folder %.*s: change its permissions, "
                     "or narrow the paths",
                     (int)(w->path.n < 300 ? w->path.n : 300), w->path.v);
    else if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
        rc = cb_fail(err, CB_EUPSTREAM, "cannot list the folder %.*s: %s",
                     (int)(w->path.n < 300 ? w->path.n : 300), w->path.v, strerror(errno));
    w->path.n = was;
    return rc;
}

static enum cb_code walk_file(struct walk *w, int dir, cb_str name, struct cb_err *err)
{
    size_t was = w->path.n;
    struct cb_tree_id id;
    enum cb_code rc;
    struct stat st;
    cb_str path;
    int fd = -1;

    path_push(w, name);
    path = cb_str_make(w->path.v, w->path.n);
    rc = open_part(&fd, dir, name.p, true, path, err);
    if (rc == CB_OK)
        rc = id_of_fd(fd, path, &id, err);
    if (rc == CB_EUPSTREAM && fstatat(dir, name.p, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(st.st_mode)) {
        id_of_state(&st, &id); /* it is there: let its reader tell why it cannot be read */
        rc = CB_OK;
    }
    if (rc == CB_OK)
        w->stopped = w->each(path, &id, w->ctx) != 0;
    else if (rc == CB_ENOTFOUND)
        rc = CB_OK; /* gone, or no longer a regular file, since the folder was listed */
    if (fd >= 0)
        close(fd);
    w->path.n = was;
    return rc;
}

/* Takes FD. */
static enum cb_code walk_folder(struct walk *w, int fd, size_t depth, struct cb_err *err)
{
    const cb_glob_state *from = w->states + depth * cb_glob_width(w->globs);
    int dir = dup(fd);
    name_vec names = {0};
    enum cb_code rc;

    if (dir < 0) {
        close(fd);
        return cb_fail(err, CB_EUPSTREAM, "cannot list a folder: %s", strerror(errno));
    }
    fcntl(dir, F_SETFD, FD_CLOEXEC);
    rc = list_names(&names, fd, w, err);
    for (size_t i = 0; i < names.n && rc == CB_OK && !w->stopped; i++) {
        struct name *e = &names.v[i];
        cb_str name = cb_str_cstr(e->text);

        if (e->folder) {
            e->text[--name.n] = '\0';
            rc = walk_into(w, dir, name, depth, err);
        } else if (cb_glob_file(w->globs, from, name)) {
            rc = walk_file(w, dir, name, err);
        }
    }
    for (size_t i = 0; i < names.n; i++)
        free(names.v[i].text);
    cb_vec_fini(&names);
    close(dir);
    return rc;
}

static enum cb_code folder_each(struct cb_tree *tree, const cb_str *globs, size_t glob_n,
                                int (*each)(cb_str path, const struct cb_tree_id *id, void *ctx),
                                void *ctx, struct cb_err *err)
{
    struct folder *t = (struct folder *)tree;
    struct walk w = {.each = each, .ctx = ctx};
    struct cb_arena *a = cb_arena_new();
    enum cb_code rc = cb_glob_compile(&w.globs, a, globs, glob_n, false, err);
    int fd;

    if (rc == CB_OK) {
        w.states =
            CB_NEW_N(a, cb_glob_state, (CB_TREE_DEPTH_MAX + 1) * (cb_glob_width(w.globs) + 1));
        cb_glob_start(w.globs, w.states);
        fd = openat(t->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        rc = fd < 0 ? cb_fail(err, CB_EUPSTREAM, "cannot list %.500s: %s", t->root, strerror(errno))
                    : walk_folder(&w, fd, 0, err);
    }
    cb_vec_fini(&w.path);
    cb_arena_free(a);
    return rc;
}

/* ---- life */

static void folder_close(struct cb_tree *tree)
{
    struct folder *t = (struct folder *)tree;

    if (!t)
        return;
    close(t->fd);
    free(t->root);
    free(t);
}

static const struct cb_tree_ops folder_ops = {.each = folder_each,
                                              .id = folder_id,
                                              .want = folder_want,
                                              .read = folder_read,
                                              .close = folder_close};

/* The folder that holds the file ROOT. */
static char *folder_of(const char *root)
{
    const char *slash = strrchr(root, '/');

    if (!slash)
        return strdup(".");
    return strndup(root, slash == root ? 1 : (size_t)(slash - root));
}

enum cb_code cb_folder_tree(struct cb_tree **out, const char *root, struct cb_err *err)
{
    struct folder *t;
    struct stat st;
    char *dir;
    int fd;

    if (stat(root, &st) < 0)
        return cb_fail(err, CB_ENOTFOUND, "cannot read %.500s: %s", root, strerror(errno));
    if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
        return cb_fail(err, CB_EINVAL, "%.500s is neither a file nor a folder", root);
    dir = S_ISDIR(st.st_mode) ? strdup(root) : folder_of(root);
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        enum cb_code rc =
            cb_fail(err, CB_ENOTFOUND, "cannot read %.500s: %s", dir, strerror(errno));

        free(dir);
        return rc;
    }
    if (!(t = calloc(1, sizeof(*t))))
        abort();
    t->base.ops = &folder_ops;
    t->base.commit = (struct cb_tree_commit){CB_LIT(""), CB_LIT(""), CB_LIT(""), 0};
    t->fd = fd;
    t->root = dir;
    *out = &t->base;
    return CB_OK;
}
