#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "server/plugin/supervise_in.h"

#define SETTLE_US (INT64_C(200) * 1000) /* behind the last event: who copies files in is left to finish */

bool cb_folder_stat(struct cb_file_id *out, const char *path)
{
    struct stat st;

    *out = (struct cb_file_id){0};
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return false;
    *out = (struct cb_file_id){st.st_dev, st.st_ino, (uint64_t)st.st_size, st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec};
    return true;
}

static bool same_file(const struct cb_file_id *a, const struct cb_file_id *b)
{
    return a->dev == b->dev && a->ino == b->ino && a->size == b->size && a->mtime_ns == b->mtime_ns;
}

void cb_folder_open(struct cb_plugins *p)
{
    struct epoll_event e = {.events = EPOLLIN, .data.u64 = 2};

    if (p->watch >= 0)
        close(p->watch);
    p->watch = -1;
    if (p->env.only)
        return;
    p->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (p->watch < 0 || inotify_add_watch(p->watch, p->directory, IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE) < 0) {
        if (errno != ENOENT)
            cb_log(CB_LOG_WARN, "plugin.watch", "errno=%d hint=\"changed plugins are seen by a reload only\"", errno);
        if (p->watch >= 0)
            close(p->watch);
        p->watch = -1;
        return;
    }
    epoll_ctl(p->epoll, EPOLL_CTL_ADD, p->watch, &e);
}

void cb_folder_event(struct cb_plugins *p)
{
    char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

    while (read(p->watch, events, sizeof(events)) > 0)
        ;
    p->scan_us = cb_clock_mono_us() + SETTLE_US;
}

/* One file that is there. */
static void look_at(struct cb_plugins *p, cb_str name, const char *path)
{
    struct cb_plugin *g = cb_supervise_make(p, name);
    struct cb_file_id file;

    if (!g)
        return;
    if (!g->path.p || strcmp(g->path.p, path) != 0) {
        char *copy = strdup(path), *old;

        if (!copy)
            abort();
        pthread_mutex_lock(&p->lock);
        old = (char *)(uintptr_t)g->path.p;
        g->path = cb_str_cstr(copy);
        pthread_mutex_unlock(&p->lock);
        free(old);
    }
    g->missing = false;
    if (!cb_folder_stat(&file, path))
        return;
    if (!same_file(&file, &g->tried))
        cb_life_restart(p, g);
}

static cb_str name_of(const char *file)
{
    cb_str name = cb_str_cstr(file);

    if (!cb_str_ends(name, CB_LIT(".so")))
        return CB_LIT("");
    name.n -= 3;
    return cb_plugin_name_is(name) ? name : CB_LIT("");
}

/* Those without a file: configured ones are wrong, others are gone. */
static void look_for_missing(struct cb_plugins *p)
{
    for (struct cb_plugin *g = p->plugins; g; g = g->next) {
        struct cb_file_id file;

        if (!g->path.p || cb_folder_stat(&file, g->path.p))
            continue;
        if (!g->missing || g->current) {
            g->missing = true;
            cb_life_restart(p, g);
        }
    }
}

/* Sections for which there is no file at all. */
static void look_at_sections(struct cb_plugins *p)
{
    for (const struct cb_node *n = p->config->plugins ? p->config->plugins->first : NULL; n; n = n->next) {
        struct cb_plugin *g;
        char path[4096];

        if (cb_str_eq(n->key, CB_LIT("directory")))
            continue;
        if (!cb_plugin_name_is(n->key)) {
            cb_log(CB_LOG_WARN, "plugin.section", "name=%s hint=\"a plugin's name is of small letters, digits and -\"",
                   cb_log_quote(p->scratch, n->key, 100));
            continue;
        }
        g = cb_supervise_make(p, n->key);
        if (!g || g->path.p)
            continue;
        snprintf(path, sizeof(path), "%s/%" CB_FMT ".so", p->directory, CB_ARG(n->key));
        pthread_mutex_lock(&p->lock);
        g->path = cb_str_cstr(strdup(path));
        pthread_mutex_unlock(&p->lock);
        g->missing = true;
        cb_life_restart(p, g);
    }
}

void cb_folder_scan(struct cb_plugins *p)
{
    DIR *dir = p->env.only ? NULL : opendir(p->directory);
    const struct dirent *e;
    char path[4096];

    p->scan_us = 0;
    cb_arena_reset(p->scratch);
    if (p->env.only) {
        const char *slash = strrchr(p->env.only, '/');
        cb_str name = name_of(slash ? slash + 1 : p->env.only);

        look_at(p, name.n ? name : CB_LIT("plugin"), p->env.only);
        return;
    }
    while (dir && (e = readdir(dir))) {
        cb_str name = name_of(e->d_name);

        if (name.n && (size_t)snprintf(path, sizeof(path), "%s/%s", p->directory, e->d_name) < sizeof(path))
            look_at(p, name, path);
    }
    if (dir)
        closedir(dir);
    else if (p->config->plugin_directory.n)
        cb_log(CB_LOG_WARN, "plugin.directory", "path=%s errno=%d", cb_log_quote(p->scratch, cb_str_cstr(p->directory), 300), errno);
    look_for_missing(p);
    look_at_sections(p);
}
