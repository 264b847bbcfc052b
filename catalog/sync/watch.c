#include "catalog/sync/watch.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/base/log.h"
#include "catalog/base/vec.h"

#define EVENTS (IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF)
#define FOLDER_DEPTH_MAX 32

struct one {
    int wd;
    int64_t owner;
    bool folder; /* new folders below it are watched too */
    char *path;
};

struct cb_watch {
    int fd;
    CB_VEC(struct one) all;
};

struct cb_watch *cb_watch_new(void)
{
    struct cb_watch *w = calloc(1, sizeof(*w));

    if (!w)
        abort();
    w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (w->fd < 0)
        cb_log(CB_LOG_WARN, "watch.off", "errno=%d hint=\"changes on this machine are found at the source's interval\"", errno);
    return w;
}

void cb_watch_free(struct cb_watch *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->all.n; i++)
        free(w->all.v[i].path);
    cb_vec_fini(&w->all);
    if (w->fd >= 0)
        close(w->fd);
    free(w);
}

int cb_watch_fd(const struct cb_watch *w)
{
    return w->fd;
}

static bool full(const struct cb_watch *w, int64_t owner)
{
    size_t n = 0;

    for (size_t i = 0; i < w->all.n; i++)
        n += w->all.v[i].owner == owner;
    return n >= CB_WATCH_FOLDER_MAX;
}

/* Two sources may watch the same folder: inotify gives both the same descriptor. */
static bool add(struct cb_watch *w, const char *path, int64_t owner, bool folder)
{
    int wd;
    char *copy;

    if (w->fd < 0 || full(w, owner))
        return false;
    wd = inotify_add_watch(w->fd, path, EVENTS | IN_ONLYDIR);
    if (wd < 0)
        return false; /* the interval finds it */
    for (size_t i = 0; i < w->all.n; i++)
        if (w->all.v[i].wd == wd && w->all.v[i].owner == owner)
            return false;
    if (!(copy = strdup(path)))
        abort();
    cb_vec_push(&w->all, (struct one){wd, owner, folder, copy});
    return true;
}

bool cb_watch_git(struct cb_watch *w, const char *git_dir, const char *branch, int64_t owner)
{
    char path[PATH_MAX];
    bool added = add(w, git_dir, owner, false);
    int n;

    n = snprintf(path, sizeof(path), "%s/refs/heads/%s", git_dir, branch);
    if (n < 0 || (size_t)n >= sizeof(path))
        return added;
    for (char *slash = strrchr(path, '/'); slash && (size_t)(slash - path) > strlen(git_dir); slash = strrchr(path, '/')) {
        *slash = '\0';
        added |= add(w, path, owner, false);
    }
    return added;
}

static bool add_below(struct cb_watch *w, const char *folder, int64_t owner, int depth)
{
    bool added = add(w, folder, owner, true);
    struct dirent *entry;
    DIR *dir;

    if (depth >= FOLDER_DEPTH_MAX || full(w, owner) || !(dir = opendir(folder)))
        return added;
    while ((entry = readdir(dir))) {
        char path[PATH_MAX];
        struct stat st;
        int n;

        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "node_modules") == 0)
            continue;
        n = snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (n > 0 && (size_t)n < sizeof(path) && lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
            added |= add_below(w, path, owner, depth + 1);
    }
    closedir(dir);
    return added;
}

bool cb_watch_folder(struct cb_watch *w, const char *folder, int64_t owner)
{
    return add_below(w, folder, owner, 0);
}

void cb_watch_forget(struct cb_watch *w, int64_t owner)
{
    size_t kept = 0;

    for (size_t i = 0; i < w->all.n; i++) {
        struct one one = w->all.v[i];
        bool shared = false;

        if (one.owner != owner) {
            w->all.v[kept++] = one;
            continue;
        }
        for (size_t j = 0; j < w->all.n; j++)
            shared |= j != i && w->all.v[j].wd == one.wd && w->all.v[j].owner != owner;
        if (!shared)
            inotify_rm_watch(w->fd, one.wd);
        free(one.path);
        w->all.v[i].path = NULL;
    }
    w->all.n = kept;
}

/* The kernel let go of a folder that is gone. */
static void ignored(struct cb_watch *w, int wd)
{
    size_t kept = 0;

    for (size_t i = 0; i < w->all.n; i++) {
        if (w->all.v[i].wd == wd)
            free(w->all.v[i].path);
        else
            w->all.v[kept++] = w->all.v[i];
    }
    w->all.n = kept;
}

static void one_event(struct cb_watch *w, const struct inotify_event *e, void (*changed)(int64_t, void *), void *ctx)
{
    size_t n = w->all.n; /* those added below need no look */

    for (size_t i = 0; i < n; i++) {
        struct one *one = &w->all.v[i];
        char path[PATH_MAX];
        int len;

        if (one->wd != e->wd && !(e->mask & IN_Q_OVERFLOW))
            continue;
        if (e->len && strlen(e->name) > 5 && strcmp(e->name + strlen(e->name) - 5, ".lock") == 0)
            continue; /* Git's own, before the rename that counts */
        changed(one->owner, ctx);
        if (!(e->mask & IN_ISDIR) || !(e->mask & (IN_CREATE | IN_MOVED_TO)) || !e->len)
            continue;
        len = snprintf(path, sizeof(path), "%s/%s", one->path, e->name);
        if (len > 0 && (size_t)len < sizeof(path)) {
            if (one->folder)
                (void)add_below(w, path, one->owner, 1);
            else
                (void)add(w, path, one->owner, false);
        }
    }
}

void cb_watch_read(struct cb_watch *w, void (*changed)(int64_t owner, void *ctx), void *ctx)
{
    char bytes[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t n;

    if (w->fd < 0)
        return;
    while ((n = read(w->fd, bytes, sizeof(bytes))) > 0) {
        for (char *p = bytes; p < bytes + n;) {
            const struct inotify_event *e = (const struct inotify_event *)(void *)p;

            if (e->mask & IN_IGNORED)
                ignored(w, e->wd);
            else
                one_event(w, e, changed, ctx);
            p += sizeof(*e) + e->len;
        }
    }
}
