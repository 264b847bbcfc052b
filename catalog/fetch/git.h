/*
 * git.h - what a Git repository on this machine says, read by libgit2. No program is run here.
 *
 * Owner     a repository of another user is opened all the same: git's own check for that keeps a
 *           stranger's configuration from naming programs (hooks, pagers, monitors) for it to run;
 *           libgit2 runs none, and callboard opens only what its configuration names, or what it
 *           made itself
 * Config    neither the system's nor the user's Git configuration is read
 * Threads   cb_git_* from anywhere; one repository, and the trees from it, one thread at a time
 */
#ifndef CB_FETCH_GIT_H
#define CB_FETCH_GIT_H

#include <git2.h>

#include "catalog/fetch/bulk.h"

/* What a tree asks of the mirror it came from; all may be NULL. */
struct cb_git_hooks {
    /* Bring these blobs, which are not here. */
    enum cb_code (*bring)(void *ctx, const git_oid *ids, size_t id_n, struct cb_err *err);
    /* The store is damaged: an object that must be here cannot be read. */
    void (*broken)(void *ctx);
    void (*close)(void *ctx);
    void *ctx;
};

/* Before any function of libgit2 that is not asked for through here; again is harmless. */
void cb_git_start(void);
/*
 * Make an empty bare repository at DIR, whose HEAD is BRANCH and whose origin is URL (empty: none);
 * PARTIAL: objects of its origin may be missing. CB_EUNAVAILABLE: the disk.
 */
enum cb_code cb_git_make(git_repository **out, const char *dir, cb_str branch, cb_str url,
                         bool partial, struct cb_err *err) CB_MUSTCHECK;
/*
 * Open the repository at DIR: bare, or with a work tree, a linked work tree, one with alternates.
 * Keep it: libgit2 1.5 leaks memory for each line of configuration each time it opens a repository
 * with extensions.
 * CB_ENOTFOUND: none there. CB_EUNSUPPORTED: a format that libgit2 cannot read (SHA-256, reftable).
 */
enum cb_code cb_git_open(git_repository **out, const char *dir, struct cb_err *err) CB_MUSTCHECK;
/*
 * The commit BRANCH (empty: HEAD) points at, as 40 hex digits in A, and the branch's name; refs are
 * read anew.
 * CB_ENOTFOUND: no such branch, or no commits yet.
 */
enum cb_code cb_git_tip(git_repository *repo, cb_str branch, struct cb_arena *a, cb_str *commit,
                        cb_str *name, struct cb_err *err) CB_MUSTCHECK;
/* OBJECTS is a repository's object folder. Are the commit and its top tree there and readable? */
bool cb_git_has_commit(const char *objects, cb_str commit);
/*
 * The tree of COMMIT (hex). HOOKS may be NULL; close is called only for a tree that was given.
 * CB_ENOTFOUND.
 */
enum cb_code cb_git_tree(struct cb_tree **out, const char *objects, cb_str commit,
                         const struct cb_git_hooks *hooks, struct cb_err *err) CB_MUSTCHECK;
/*
 * Everything below the folder AT (empty: the root) of a TREE made by cb_git_tree, as bulk.h has it
 * but without folders; of a file it alone, under its own name, and *ONE is true. What is not here
 * comes in one batch. CB_ENOTFOUND: no such file or folder.
 */
enum cb_code cb_git_all(bool *one, struct cb_tree *tree, cb_str at, struct cb_bulk_sum *sum,
                        cb_bulk_fn *each, void *ctx, struct cb_err *err) CB_MUSTCHECK;

#endif
