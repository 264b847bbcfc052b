#include "plugins/templates/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FOLDER_MODE 0755
#define FILE_MODE 0644
#define RIGHTS 0755 /* that a file of a template may have */
#define SHOWN 200 /* bytes of a path in a sentence */

static int deny(struct place *p)
{
    return p->host->fail(p->call, CALLBOARD_EDENIED, PLACE_ESCAPE);
}

/* What errno says about PATH, in words of an author. */
static int broken(struct place *p, const char *path, const char *doing)
{
    int e = errno;

    switch (e) {
    case EXDEV: return deny(p);
    case ELOOP: return p->host->fail(p->call, CALLBOARD_EDENIED, "%.*s is a symbolic link, or lies behind one: links are not followed", SHOWN, path);
    case ENOENT: return p->host->fail(p->call, CALLBOARD_ENOTFOUND, "%.*s: there is no such file or folder in the workspace", SHOWN, path);
    case ENOTDIR: return p->host->fail(p->call, CALLBOARD_EINVAL, "%.*s is no folder, or lies below a file", SHOWN, path);
    case EISDIR: return p->host->fail(p->call, CALLBOARD_EINVAL, "%.*s is a folder, not a file", SHOWN, path);
    case ENOSPC:
    case EDQUOT: return p->host->fail(p->call, CALLBOARD_ELIMIT, "%s %.*s: there is no room left for workspaces", doing, SHOWN, path);
    default: return p->host->fail(p->call, CALLBOARD_FAILED, "%s %.*s: %s", doing, SHOWN, path, strerror(e));
    }
}

int place_open(struct place *p, const struct callboard_host *host, struct callboard_call *call)
{
    const char *path = host->workspace(call);
    size_t n = path ? strlen(path) : 0;

    *p = (struct place){.host = host, .call = call, .root = -1};
    while (n > 1 && path[n - 1] == '/')
        n--;
    if (n == 0)
        return host->fail(call, CALLBOARD_EUNSUPPORTED, "this action needs a workspace, and was given none");
    p->path = host->format(call, "%.*s", (int)n, path);
    p->root = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return p->root < 0 ? host->fail(call, CALLBOARD_FAILED, "the task's workspace cannot be opened: %s", strerror(errno)) : CALLBOARD_OK;
}

void place_close(struct place *p)
{
    if (p->root >= 0)
        close(p->root);
    p->root = -1;
}

/* ---- paths */

static int too_long(struct place *p, const char *path)
{
    return p->host->fail(p->call, CALLBOARD_ELIMIT, "the path %.60s... is too long: at most %d bytes, %d a name and %d folders", path, PLACE_PATH_MAX,
                         PLACE_NAME_MAX, PLACE_DEPTH_MAX);
}

/* One part of a path more in OUT, which never gets shorter than KEEP. */
static int add_part(char *out, size_t *n, size_t keep, struct place *p, const char *part, size_t part_n, const char *whole)
{
    if (part_n == 0 || (part_n == 1 && part[0] == '.'))
        return CALLBOARD_OK;
    if (part_n == 2 && memcmp(part, "..", 2) == 0) {
        if (*n <= keep)
            return deny(p);
        while (*n > keep && out[*n - 1] != '/')
            (*n)--;
        if (*n > keep)
            (*n)--;
        return CALLBOARD_OK;
    }
    if (part_n > PLACE_NAME_MAX || *n + part_n + 1 > PLACE_PATH_MAX)
        return too_long(p, whole);
    if (*n)
        out[(*n)++] = '/';
    memcpy(out + *n, part, part_n);
    *n += part_n;
    return CALLBOARD_OK;
}

int place_clean_below(char *out, struct place *p, const char *folder, const char *path)
{
    size_t keep = strlen(folder), n = keep, depth = 0, root_n = strlen(p->path);
    char made[PLACE_PATH_MAX + 1];
    const char *at = path;
    int rc = CALLBOARD_OK;

    if (*at == '/') {
        if (strncmp(at, p->path, root_n) != 0 || (at[root_n] != '/' && at[root_n] != '\0'))
            return deny(p);
        at += root_n;
        if (keep) { /* the absolute path must lead into FOLDER */
            if (strncmp(at + 1, folder, keep) != 0 || (at[keep + 1] != '/' && at[keep + 1] != '\0'))
                return deny(p);
            at += keep + 1;
        }
    }
    memcpy(made, folder, keep);
    while (rc == CALLBOARD_OK && *at) {
        size_t part = strcspn(at, "/");

        rc = add_part(made, &n, keep, p, at, part, path);
        at += part;
        at += strspn(at, "/");
    }
    made[n] = '\0';
    for (size_t i = 0; i < n; i++)
        depth += made[i] == '/';
    if (rc == CALLBOARD_OK && depth >= PLACE_DEPTH_MAX)
        rc = too_long(p, path);
    if (rc == CALLBOARD_OK)
        memcpy(out, made, n + 1);
    return rc;
}

int place_clean(char *out, struct place *p, const char *path)
{
    return place_clean_below(out, p, "", path);
}

static int open_at(struct place *p, const char *path, int flags, mode_t mode)
{
    struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC), .mode = mode, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS};
    int fd;

    do
        fd = (int)syscall(SYS_openat2, p->root, *path ? path : ".", &how, sizeof(how));
    while (fd < 0 && (errno == EAGAIN || errno == EINTR)); /* EAGAIN: something was renamed meanwhile */
    return fd;
}

/* The folder above PATH, open; *NAME is what follows. -1 with errno. */
static int open_above(const char **name, struct place *p, const char *path)
{
    const char *slash = strrchr(path, '/');
    char above[PLACE_PATH_MAX + 1] = "";

    if (slash)
        memcpy(above, path, (size_t)(slash - path));
    above[slash ? slash - path : 0] = '\0';
    *name = slash ? slash + 1 : path;
    return open_at(p, above, O_PATH | O_DIRECTORY, 0);
}

bool place_stat(struct stat *out, struct place *p, const char *path)
{
    const char *name;
    int above, rc;

    if (!*path)
        return fstat(p->root, out) == 0;
    above = open_above(&name, p, path);
    if (above < 0)
        return false;
    rc = fstatat(above, name, out, AT_SYMLINK_NOFOLLOW);
    close(above);
    return rc == 0;
}

/* ---- limits */

static int count(struct place *p)
{
    if (++p->seen_n > PLACE_FILE_N)
        return p->host->fail(p->call, CALLBOARD_ELIMIT, "there are more than %d files and folders: too many for one action", PLACE_FILE_N);
    return p->host->cancelled(p->call) ? p->host->fail(p->call, CALLBOARD_ECANCELLED, "the step was cancelled, or its time is over") : CALLBOARD_OK;
}

static int too_big(struct place *p, const char *path)
{
    return p->host->fail(p->call, CALLBOARD_ELIMIT, "%.*s has more than %d bytes: too big for a template's file", SHOWN, path, PLACE_FILE_BYTES);
}

/* ---- reading and writing */

int place_read(char **out, size_t *n, struct place *p, const char *path)
{
    int fd = open_at(p, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0); /* a pipe that lies there must not hold the thread */
    struct stat st = {0};
    char *text = NULL;
    size_t got = 0;
    int rc = CALLBOARD_OK;

    if (fd < 0 || fstat(fd, &st) < 0) {
        rc = broken(p, path, "reading");
    } else if (!S_ISREG(st.st_mode)) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
        rc = broken(p, path, "reading");
    } else if (st.st_size > PLACE_FILE_BYTES) {
        rc = too_big(p, path);
    } else if (!(text = malloc((size_t)st.st_size + 1))) {
        rc = p->host->fail(p->call, CALLBOARD_ELIMIT, "reading %.*s: there is no memory left", SHOWN, path);
    }
    while (rc == CALLBOARD_OK && got < (size_t)st.st_size) {
        ssize_t r = read(fd, text + got, (size_t)st.st_size - got);

        if (r < 0 && errno != EINTR)
            rc = broken(p, path, "reading");
        else if (r == 0)
            break;
        else if (r > 0)
            got += (size_t)r;
    }
    if (fd >= 0)
        close(fd);
    if (rc != CALLBOARD_OK) {
        free(text);
        return rc;
    }
    text[got] = '\0';
    *out = text;
    *n = got;
    return CALLBOARD_OK;
}

int place_folder(struct place *p, const char *path)
{
    char made[PLACE_PATH_MAX + 1];
    size_t n = 0;

    while (path[n]) {
        const char *name;
        int above, rc;

        n += path[n] == '/';
        n += strcspn(path + n, "/");
        memcpy(made, path, n);
        made[n] = '\0';
        above = open_above(&name, p, made);
        if (above < 0)
            return broken(p, made, "making the folder");
        rc = mkdirat(above, name, FOLDER_MODE);
        if (rc == 0)
            rc = count(p);
        else if (errno != EEXIST)
            rc = broken(p, made, "making the folder");
        else
            rc = CALLBOARD_OK;
        close(above);
        if (rc != CALLBOARD_OK)
            return rc;
    }
    if (*path) {
        int fd = open_at(p, path, O_PATH | O_DIRECTORY, 0); /* what was there may be a file */

        if (fd < 0)
            return broken(p, path, "making the folder");
        close(fd);
    }
    return CALLBOARD_OK;
}

static int folder_above(struct place *p, const char *path)
{
    const char *slash = strrchr(path, '/');
    char above[PLACE_PATH_MAX + 1];

    if (!slash)
        return CALLBOARD_OK;
    memcpy(above, path, (size_t)(slash - path));
    above[slash - path] = '\0';
    return place_folder(p, above);
}

static int write_all(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t w = write(fd, text, n);

        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            return -1;
        text += w;
        n -= (size_t)w;
    }
    return 0;
}

int place_write(struct place *p, const char *path, const char *text, size_t n, mode_t mode)
{
    int fd, rc = folder_above(p, path);

    if (rc == CALLBOARD_OK)
        rc = count(p);
    if (rc != CALLBOARD_OK)
        return rc;
    if (n > PLACE_FILE_BYTES)
        return too_big(p, path);
    p->wrote_bytes += n;
    if (p->wrote_bytes > PLACE_TOTAL_BYTES)
        return p->host->fail(p->call, CALLBOARD_ELIMIT, "one action writes at most %d bytes, and this one was not done yet", PLACE_TOTAL_BYTES);
    fd = open_at(p, path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOCTTY, FILE_MODE);
    if (fd < 0)
        return broken(p, path, "writing");
    if (write_all(fd, text, n) < 0 || fchmod(fd, mode ? (mode & RIGHTS) | 0600 : FILE_MODE) < 0)
        rc = broken(p, path, "writing");
    if (close(fd) < 0 && rc == CALLBOARD_OK)
        rc = broken(p, path, "writing");
    return rc;
}

/* ---- links */

int place_read_link(char **out, struct place *p, const char *path)
{
    char target[PLACE_PATH_MAX + 1];
    const char *name;
    int above = open_above(&name, p, path), rc = CALLBOARD_OK;
    ssize_t n = above < 0 ? -1 : readlinkat(above, name, target, sizeof(target));

    if (n < 0)
        rc = broken(p, path, "reading the link");
    else if ((size_t)n == sizeof(target))
        rc = too_long(p, path);
    if (above >= 0)
        close(above);
    if (rc == CALLBOARD_OK && !(*out = strndup(target, (size_t)n)))
        abort();
    return rc;
}

/* However deep the folder is that the link lies in, TARGET never climbs out of FOLDER; whatever it passes may be a link in turn. */
static bool stays(const char *folder, const char *path, const char *target)
{
    size_t depth = 0;

    path += strlen(folder);
    path += *path == '/';
    for (; *path; path++)
        depth += *path == '/';
    if (*target == '/' || *target == '\0')
        return false;
    while (*target) {
        size_t part = strcspn(target, "/");

        if (part == 2 && memcmp(target, "..", 2) == 0) {
            if (depth-- == 0)
                return false;
        } else if (part && !(part == 1 && *target == '.')) {
            depth++;
        }
        target += part;
        target += strspn(target, "/");
    }
    return true;
}

int place_link(struct place *p, const char *folder, const char *path, const char *target)
{
    const char *name;
    int above, rc;

    if (!stays(folder, path, target))
        return p->host->fail(p->call, CALLBOARD_EDENIED, "%.*s is a symbolic link to %.*s, which is not in the template: it is not taken", SHOWN, path,
                             SHOWN, target);
    if ((rc = folder_above(p, path)) != CALLBOARD_OK || (rc = count(p)) != CALLBOARD_OK)
        return rc;
    above = open_above(&name, p, path);
    if (above < 0 || symlinkat(target, above, name) < 0)
        rc = broken(p, path, "writing");
    if (above >= 0)
        close(above);
    return rc;
}

/* ---- walking */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_names(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

/* Takes FD. */
static int read_names(char ***out, size_t *out_n, struct place *p, int fd, const char *path)
{
    DIR *dir = fdopendir(fd);
    size_t n = 0, room = 0;
    char **names = NULL;
    int rc = CALLBOARD_OK;
    struct dirent *e;

    if (!dir) {
        rc = broken(p, path, "reading the folder");
        close(fd);
        return rc;
    }
    while (rc == CALLBOARD_OK && (e = readdir(dir))) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if ((rc = count(p)) != CALLBOARD_OK)
            break;
        if (n == room) {
            room = room ? 2 * room : 32;
            if (!(names = realloc(names, room * sizeof(*names))))
                abort();
        }
        if (!(names[n++] = strdup(e->d_name)))
            abort();
    }
    closedir(dir);
    if (rc != CALLBOARD_OK) {
        free_names(names, n);
        return rc;
    }
    if (n)
        qsort(names, n, sizeof(*names), by_name);
    *out = names;
    *out_n = n;
    return CALLBOARD_OK;
}

static int walk(struct place *p, const char *path, size_t depth, bool recursive, place_fn *each, void *ctx)
{
    int fd = open_at(p, path, O_RDONLY | O_DIRECTORY, 0), rc;
    char **names = NULL;
    size_t n = 0;

    if (fd < 0)
        return broken(p, *path ? path : ".", "reading the folder");
    rc = read_names(&names, &n, p, fd, path);
    for (size_t i = 0; rc == CALLBOARD_OK && i < n; i++) {
        char below[PLACE_PATH_MAX + 1];
        struct place_entry entry = {.path = below};
        struct stat st;
        int wrote = snprintf(below, sizeof(below), "%s%s%s", path, *path ? "/" : "", names[i]);

        if (wrote < 0 || (size_t)wrote >= sizeof(below) || depth >= PLACE_DEPTH_MAX) {
            rc = too_long(p, below);
            break;
        }
        if (!place_stat(&st, p, below))
            continue; /* gone meanwhile */
        entry.name = names[i];
        entry.mode = st.st_mode;
        entry.bytes = st.st_size;
        rc = each(p, &entry, ctx);
        if (rc == CALLBOARD_OK && recursive && S_ISDIR(st.st_mode))
            rc = walk(p, below, depth + 1, recursive, each, ctx);
    }
    free_names(names, n);
    return rc;
}

int place_walk(struct place *p, const char *path, bool recursive, place_fn *each, void *ctx)
{
    return walk(p, path, 0, recursive, each, ctx);
}

/* ---- moving and removing */

static int unlink_one(struct place *p, const char *path, int flags)
{
    const char *name;
    int above = open_above(&name, p, path), rc = CALLBOARD_OK;

    if (above < 0)
        return broken(p, path, "deleting");
    if (unlinkat(above, name, flags) < 0 && errno != ENOENT)
        rc = broken(p, path, "deleting");
    close(above);
    return rc;
}

int place_remove(struct place *p, const char *path)
{
    return unlink_one(p, path, 0);
}

static int remove_tree(struct place *p, const char *path, size_t depth);

struct removal {
    size_t depth;
};

static int remove_entry(struct place *p, const struct place_entry *entry, void *ctx)
{
    const struct removal *r = ctx;

    return S_ISDIR(entry->mode) ? remove_tree(p, entry->path, r->depth + 1) : unlink_one(p, entry->path, 0);
}

static int remove_tree(struct place *p, const char *path, size_t depth)
{
    struct removal r = {depth};
    int rc = depth > PLACE_DEPTH_MAX ? too_long(p, path) : place_walk(p, path, false, remove_entry, &r);

    return rc == CALLBOARD_OK ? unlink_one(p, path, AT_REMOVEDIR) : rc;
}

int place_remove_all(struct place *p, const char *path)
{
    struct stat st;

    if (!place_stat(&st, p, path))
        return CALLBOARD_OK;
    return S_ISDIR(st.st_mode) ? remove_tree(p, path, 0) : unlink_one(p, path, 0);
}

int place_move(struct place *p, const char *from, const char *to)
{
    const char *from_name, *to_name;
    int from_above = -1, to_above = -1, rc = folder_above(p, to);

    if (rc != CALLBOARD_OK)
        return rc;
    if ((from_above = open_above(&from_name, p, from)) < 0)
        rc = broken(p, from, "moving");
    else if ((to_above = open_above(&to_name, p, to)) < 0)
        rc = broken(p, to, "moving");
    else if (renameat(from_above, from_name, to_above, to_name) < 0)
        rc = broken(p, from, "moving");
    if (from_above >= 0)
        close(from_above);
    if (to_above >= 0)
        close(to_above);
    return rc;
}

int place_scratch(struct place *p)
{
    int rc = place_remove_all(p, PLACE_SCRATCH);

    return rc == CALLBOARD_OK ? place_folder(p, PLACE_SCRATCH) : rc;
}
