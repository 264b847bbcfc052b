/*
 * mirror.h - one Git repository, as near as it has to be: read in place, or a bare mirror.
 *
 * A repository on this machine (plain path or file://) is opened where it is. Any other (https,
 * http, ssh, scp-like, git) has a bare mirror under data_dir/mirrors/<hash of url>, brought by the
 * git program in a child (transport.h) with --depth 1 --filter=blob:none where the server allows
 * it; the blobs that a tree is asked for come in one batch.
 *
 * Cost      nothing new, here: reading one ref of a repository that stays open, under 0.1 ms
 *           nothing new, https: one request on a kept connection (glance.h), about 1 ms of CPU; 3
 *           ms with its share of connecting. Where a server takes no such request (old, plain
 *           files, moved), over ssh and git: one "git ls-remote", 60 to 100 ms of CPU, most of it
 *           for the connection
 * Upkeep    a mirror is made under another name and renamed when it is whole; leftovers of a killed
 *           transfer go at the next update; a damaged mirror, and one that has grown
 *           (CB_MIRROR_PACK_MAX packs, or four times its first size) is made anew, which forgets
 *           older commits: cb_mirror_tree then says CB_ENOTFOUND for them
 * Errors    of update: whatever it is, what was read before stays true; CB_ENOTFOUND says that
 *           repository or branch is not there (any more)
 * Lifetime  cb_mirror: long; a tree from it: until closed, holds the mirror's lock for reading, and
 *           may outlive it
 * Threads   one pass at a time for each mirror (the source's lease sees to that); mirrors of one
 *           URL in several sources or processes wait for each other
 */
#ifndef CB_FETCH_MIRROR_H
#define CB_FETCH_MIRROR_H

#include "catalog/fetch/credential.h"
#include "catalog/fetch/tree.h"

struct cb_mirror;

struct cb_mirror_opts {
    const char *data_dir;                    /* mirrors live in data_dir/mirrors */
    const struct cb_credential_set *secrets; /* copied from; may be NULL */
    int64_t deadline_us;    /* how long one transfer may take; 0: CB_MIRROR_DEADLINE_US */
    int64_t disk_max_bytes; /* of one mirror; 0: CB_MIRROR_DISK_MAX */
    bool file_urls; /* file:// and plain paths allowed: by configuration, not registered by API */
};

#define CB_MIRROR_DEADLINE_US (INT64_C(300) * 1000000)
#define CB_MIRROR_DISK_MAX (INT64_C(4) << 30)
#define CB_MIRROR_PACK_MAX 32                    /* packs of one mirror before it is made anew */
#define CB_MIRROR_GROWTH_MIN (INT64_C(64) << 20) /* bytes over four times its first size */
#define CB_MIRROR_ASK_US (INT64_C(60) * 1000000) /* how long the question for a ref may take */

/*
 * URL is checked here: scheme allow-list, no option-like text ("-oProxy"), no control bytes.
 * CB_EINVAL, CB_EDENIED.
 */
enum cb_code cb_mirror_open(struct cb_mirror **out, cb_str url, const struct cb_mirror_opts *opts,
                            struct cb_err *err) CB_MUSTCHECK;
void cb_mirror_close(struct cb_mirror *m);
/*
 * Bring the newest commit of BRANCH (empty: the remote's HEAD) and say its hex id; cheap when
 * nothing is new.
 */
enum cb_code cb_mirror_update(struct cb_mirror *m, cb_str branch, struct cb_arena *a,
                              cb_str *commit, struct cb_err *err) CB_MUSTCHECK;
/* The tree of a commit that is here. CB_ENOTFOUND. Close with tree->ops->close. */
enum cb_code cb_mirror_tree(struct cb_tree **out, struct cb_mirror *m, cb_str commit,
                            struct cb_err *err) CB_MUSTCHECK;
/* NULL for a remote one; else the git directory whose refs can be watched. */
const char *cb_mirror_local_dir(const struct cb_mirror *m);
/*
 * URL without password, token, and https user: for logs, annotations and errors. The user of an ssh
 * URL is no secret and part of the address: it stays.
 */
cb_str cb_git_url_clean(struct cb_arena *a, cb_str url);
/*
 * Remove the mirrors under DATA_DIR of which no URL is in KEEP and that nobody has updated for
 * AGE_US. Says how many went.
 */
size_t cb_mirror_sweep(const char *data_dir, const cb_str *keep, size_t keep_n, int64_t age_us);
/* Is there a mirror of URL under DATA_DIR: has somebody updated one? */
bool cb_mirror_exists(const char *data_dir, cb_str url);
/* The branch that was resolved by the last update ("main"). */
cb_str cb_mirror_branch(const struct cb_mirror *m);

/*
 * A folder (or the folder of one file) of this machine as a tree; ids are hashes of the bytes,
 * cached by inode, size, mtime.
 */
enum cb_code cb_folder_tree(struct cb_tree **out, const char *root,
                            struct cb_err *err) CB_MUSTCHECK;

#endif
