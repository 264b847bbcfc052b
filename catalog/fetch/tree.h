/*
 * tree.h - files as they were at one moment: a Git commit, or a folder of this machine.
 *
 * What the stages behind it see of Git: paths, ids of content, bytes. Two trees of one source are
 * compared by the ids.
 *
 * Paths     relative to the tree's root, '/' between parts, no "." or ".." part, no leading '/'
 * Safety    a path never leaves the root: symbolic links, gitlinks (submodules) and special files
 *           are not followed and read as CB_ENOTFOUND with a sentence that says so
 * Limits    CB_TREE_FILE_MAX, CB_TREE_DEPTH_MAX, CB_DESCRIPTOR_MAX
 * Threads   one thread at a time for each tree
 */
#ifndef CB_FETCH_TREE_H
#define CB_FETCH_TREE_H

#include "catalog/base/arena.h"
#include "catalog/base/err.h"

#define CB_DESCRIPTOR_MAX (16 * 1024 * 1024) /* bytes of one file that is read */
#define CB_TREE_FILE_MAX 1000000             /* files in one tree */
#define CB_TREE_DEPTH_MAX 64                 /* folders in a path */
#define CB_TREE_ID_MAX 32 /* bytes of a content's id: SHA-1, SHA-256, or a hash of the bytes */

struct cb_tree_id {
    uint8_t n;
    uint8_t bytes[CB_TREE_ID_MAX];
};

/* Who made the state that the tree shows. Empty texts and 0 for a folder. */
struct cb_tree_commit {
    cb_str id;      /* hex */
    cb_str author;  /* "Jane Doe <jane@example.com>" */
    cb_str subject; /* first line of the message */
    int64_t at_us;  /* author's time */
};

struct cb_tree {
    const struct cb_tree_ops *ops;
    struct cb_tree_commit commit;
};

struct cb_tree_ops {
    /*
     * Call EACH for every regular file whose path matches one of GLOBS, in order of bytes; a
     * non-zero answer stops.
     */
    enum cb_code (*each)(struct cb_tree *t, const cb_str *globs, size_t glob_n,
                         int (*each)(cb_str path, const struct cb_tree_id *id, void *ctx),
                         void *ctx, struct cb_err *err);
    /* The content's id of one file. CB_ENOTFOUND. */
    enum cb_code (*id)(struct cb_tree *t, cb_str path, struct cb_tree_id *out, struct cb_err *err);
    /*
     * Make sure that the bytes of these files are here: one batch for a partial clone, nothing
     * elsewhere.
     */
    enum cb_code (*want)(struct cb_tree *t, const cb_str *paths, size_t path_n, struct cb_err *err);
    /*
     * Bytes of one file, NUL-terminated, the NUL not counted. CB_ENOTFOUND, CB_ELIMIT,
     * CB_EUPSTREAM.
     */
    enum cb_code (*read)(struct cb_tree *t, struct cb_arena *a, cb_str path, cb_str *out,
                         struct cb_err *err);
    void (*close)(struct cb_tree *t);
};

/*
 * Does PATH match GLOB? As minimatch: '*' and '?' within a part, '**' as a whole part for any
 * number of parts, '[a-z]' and '[!a]', '{a,b}' without nesting; a part that begins with '.' must be
 * named so unless DOT. Case counts. Linear or bounded work for any pattern (CB_GLOB_STEPS_MAX).
 */
#define CB_GLOB_STEPS_MAX 100000
bool cb_glob_match(cb_str glob, cb_str path, bool dot);
bool cb_glob_is_pattern(cb_str text);
/*
 * TARGET as written in a descriptor at FROM ("apis/catalog-info.yaml"), resolved: "./x.yaml" and
 * "x.yaml" and "../y/[a-c].yaml" to a path (or glob) from the root. The root itself, as in "./", is
 * the empty slice.
 * CB_EINVAL: it is empty, leaves the root, is absolute, has a NUL, or lies over CB_TREE_DEPTH_MAX
 * deep.
 */
enum cb_code cb_tree_resolve(cb_str *out, struct cb_arena *a, cb_str from, cb_str target,
                             struct cb_err *err) CB_MUSTCHECK;
/*
 * Could PATH name a file of a tree: no empty, "." or ".." part, no NUL, no '/' at an end, not too
 * deep? CB_ENOTFOUND with a sentence.
 */
enum cb_code cb_tree_check_path(cb_str path, struct cb_err *err) CB_MUSTCHECK;

#endif
