/*
 * workspace.h - the folder in which a run works: made, measured, read and taken away.
 *
 * Place     <scaffolder.workspaces>/<id of the run>, 0700. What is in it is a stranger's: no link is ever followed
 * Limits    CB_WORKSPACE_DEPTH_MAX folders within one another; CB_WORKSPACE_FILE_N_MAX entries are counted, beyond that it is full
 * Threads   any; a folder has one owner
 */
#ifndef CB_SCAFFOLD_WORKSPACE_H
#define CB_SCAFFOLD_WORKSPACE_H

#include "catalog/base/arena.h"
#include "catalog/base/err.h"

#define CB_WORKSPACE_DEPTH_MAX 128
#define CB_WORKSPACE_FILE_N_MAX 200000

/* The folder of all of them, 0700. CB_EUNAVAILABLE. */
enum cb_code cb_workspace_open(const char *dir, struct cb_err *err) CB_MUSTCHECK;
/* NUL-terminated, in A. */
cb_str cb_workspace_path(struct cb_arena *a, cb_str dir, cb_str id);
/* *MADE false: it was there. */
enum cb_code cb_workspace_make(bool *made, const char *path, struct cb_err *err) CB_MUSTCHECK;
bool cb_workspace_there(const char *path);
/* Bytes and entries in it; looks no further than beyond MOST. CB_ELIMIT: too deep, or too many entries. */
enum cb_code cb_workspace_measure(int64_t *bytes, int64_t *entry_n, const char *path, int64_t most, struct cb_err *err) CB_MUSTCHECK;
/* With all that is in it; what is not there is no error. */
void cb_workspace_remove(const char *path);
/* Every folder in DIR by its name. */
void cb_workspace_each(const char *dir, void (*each)(const char *name, void *ctx), void *ctx);

struct cb_workspace_file {
    cb_str path;     /* relative, "src/main.c" */
    cb_str bytes;    /* of a link: where it leads */
    bool executable, link;
};

/* All files, by path. CB_ELIMIT: over MOST bytes together. */
enum cb_code cb_workspace_read(struct cb_workspace_file **out, size_t *n, struct cb_arena *a, const char *path, int64_t most,
                               struct cb_err *err) CB_MUSTCHECK;
/* A file in it, with the folders that it needs. CB_EDENIED: PATH leads out of it. */
enum cb_code cb_workspace_put(const char *path, cb_str file, cb_str bytes, bool executable, struct cb_err *err) CB_MUSTCHECK;

#endif
