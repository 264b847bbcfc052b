/*
 * publish.h - a folder of files as one commit: pushed to a branch of a repository, or as a bare
 * repository that was not there before.
 *
 * Commit    of the files that bulk.h reads, without those that a .gitignore among them names. With
 *           a base it stands on that branch's newest commit, whose other files stay as they are;
 *           without one it is the first commit of its branch
 * Push      by the git program in a child (transport.h), never forced: a branch that is there and
 *           not behind the new commit stays as it is (CB_ECONFLICT), so does one that the other
 *           end protects (CB_EDENIED, with what it says). The other end takes all of it or nothing
 * Here      a repository of its own under DATA_DIR/publish, gone when the call returns; what a
 *           callboard that was killed left there goes at the next call, or its next start. A new
 *           repository gets its name when it is whole
 * Limits    those of bulk.h; CB_PUBLISH_...
 * Threads   any number at once
 */
#ifndef CB_FETCH_PUBLISH_H
#define CB_FETCH_PUBLISH_H

#include <stdatomic.h>

#include "catalog/base/arena.h"
#include "catalog/base/err.h"
#include "catalog/fetch/credential.h"

#define CB_PUBLISH_DEADLINE_US (INT64_C(300) * 1000000) /* of one fetch or push */
#define CB_PUBLISH_DISK_MAX (INT64_C(4) << 30)          /* bytes of a base that is fetched */
#define CB_PUBLISH_MESSAGE_MAX 65536                    /* bytes of a commit's message */
#define CB_PUBLISH_GONE_MAX 10000                       /* paths to delete */
#define CB_PUBLISH_PART_MAX 4                           /* parts of a new repository's name */
#define CB_PUBLISH_NAME_MAX 100                         /* bytes of each */

struct cb_publish {
    int folder;                         /* its files; borrowed */
    cb_str into;                        /* where in the repository they go; empty: the root */
    const cb_str *gone;                 /* files and folders of the base that go */
    size_t gone_n;
    cb_str url;                         /* clone URL; of create and remove: none */
    cb_str branch;                      /* "main" */
    cb_str base;                        /* a branch of the same repository; empty: none */
    bool empty;                         /* a commit even when it changes nothing */
    cb_str message, name, email;        /* of author and committer */
    const struct cb_credential *secret; /* NULL: none */
    const char *data_dir;
    int64_t deadline_us;                /* 0: CB_PUBLISH_DEADLINE_US */
    const atomic_bool *stop;            /* NULL, or true: nobody waits any more */
};

struct cb_published {
    cb_str commit;  /* hex */
    bool unchanged; /* the base has these files already: nothing was pushed, COMMIT is the base's */
};

/* CB_EINVAL, CB_EDENIED, CB_ELIMIT: what was given. CB_ENOTFOUND: no such repository or base. */
enum cb_code cb_publish_push(struct cb_published *out, struct cb_arena *a,
                             const struct cb_publish *p, struct cb_err *err) CB_MUSTCHECK;
/*
 * The bare repository NAME below the folder ROOT, which is made when it is missing: *DIR is its path,
 * "<ROOT>/<NAME>.git". CB_ECONFLICT: there is one.
 */
enum cb_code cb_publish_create(struct cb_published *out, cb_str *dir, struct cb_arena *a,
                               const struct cb_publish *p, cb_str root, cb_str name,
                               struct cb_err *err) CB_MUSTCHECK;
/* It goes again, when it holds COMMIT and nothing else. CB_ECONFLICT: somebody has pushed. */
enum cb_code cb_publish_remove(struct cb_arena *a, cb_str root, cb_str name, cb_str commit,
                               struct cb_err *err) CB_MUSTCHECK;
/* What a killed callboard left under DATA_DIR/publish and REPOSITORIES (may be empty) goes. */
void cb_publish_sweep(const char *data_dir, cb_str repositories);
/*
 * The path of the repository NAME below ROOT: "shop" or "acme/shop", with or without ".git";
 * letters, digits and "-_." with a letter or digit in front. CB_EINVAL.
 */
enum cb_code cb_publish_path(cb_str *dir, struct cb_arena *a, cb_str root, cb_str name,
                             struct cb_err *err) CB_MUSTCHECK;

#endif
