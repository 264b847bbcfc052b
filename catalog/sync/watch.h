/*
 * watch.h - hear at once that a repository or folder of this machine changed: inotify.
 *
 * What      of a git directory: its HEAD, packed-refs and the folder of the branch's ref; of a folder: every folder below
 *           it but .git and node_modules
 * Limits    CB_WATCH_FOLDER_MAX folders of one source; beyond that (or without inotify) the interval alone finds changes
 * Threads   one
 */
#ifndef CB_SYNC_WATCH_H
#define CB_SYNC_WATCH_H

#include "catalog/base/err.h"

#define CB_WATCH_FOLDER_MAX 2000

struct cb_watch;

/* Never NULL; without inotify it watches nothing. */
struct cb_watch *cb_watch_new(void);
void cb_watch_free(struct cb_watch *w);
int cb_watch_fd(const struct cb_watch *w); /* -1 without inotify */
/*
 * Watch for OWNER; calling again adds what came since. True when something was added: what happened to it before now was
 * not heard of, so look once more.
 */
bool cb_watch_git(struct cb_watch *w, const char *git_dir, const char *branch, int64_t owner);
bool cb_watch_folder(struct cb_watch *w, const char *folder, int64_t owner);
void cb_watch_forget(struct cb_watch *w, int64_t owner);
/* Call CHANGED for each owner something happened to since the last call. */
void cb_watch_read(struct cb_watch *w, void (*changed)(int64_t owner, void *ctx), void *ctx);

#endif
