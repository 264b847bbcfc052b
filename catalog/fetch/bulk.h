/*
 * bulk.h - whole folders of files, with their modes: out of a commit or a folder of this machine,
 * and into a folder. For what templates fetch and publish; descriptors are read through tree.h.
 *
 * Paths     relative to what was asked for, '/' between parts; each part sound: no "." or "..", no
 *           NUL, and no ".git" in whatever case, which is left out
 * Modes     a file, a file that may be executed, a symbolic link, a folder (of a folder alone: Git
 *           has none that are empty). Set-user-id and the like are not kept, nor owners and times
 * Links     are never followed. One that names something below the same folder is kept as it is
 *           written; any other refuses the whole: CB_EDENIED. Submodules are left out
 * Limits    CB_BULK_..., each with a sentence: CB_ELIMIT
 * Safety    every part is opened from the descriptor of the one before it, with O_NOFOLLOW:
 *           whatever somebody changes meanwhile, nothing outside is read or written
 * Threads   any; one at a time for each descriptor
 */
#ifndef CB_FETCH_BULK_H
#define CB_FETCH_BULK_H

#include "catalog/fetch/tree.h"

#define CB_BULK_FILE_MAX 10000                      /* files and links at once */
#define CB_BULK_BYTES_MAX (INT64_C(256) << 20)      /* of all of them */
#define CB_BULK_ONE_MAX (INT64_C(64) << 20)         /* bytes of one */
#define CB_BULK_PATH_MAX 1024                       /* bytes of a path */
#define CB_BULK_LINK_MAX 1024                       /* bytes of what a link names */

enum cb_bulk_mode { CB_BULK_FILE, CB_BULK_EXECUTABLE, CB_BULK_LINK, CB_BULK_FOLDER };

struct cb_bulk_entry {
    cb_str path;
    enum cb_bulk_mode mode;
    cb_str bytes; /* of a link what it names; until the callback returns */
};

/* What was seen so far, for the limits. Zeroed is ready. */
struct cb_bulk_sum {
    size_t file_n;
    int64_t bytes;
};

typedef enum cb_code cb_bulk_fn(const struct cb_bulk_entry *entry, void *ctx, struct cb_err *err);

/* Does the link PATH, which names TARGET, stay within the root whatever lies there? */
bool cb_bulk_link_is_sound(cb_str path, cb_str target);
/* Add one of BYTES to SUM. CB_ELIMIT, CB_EINVAL: PATH is none. */
enum cb_code cb_bulk_count(struct cb_bulk_sum *sum, cb_str path, int64_t bytes,
                           struct cb_err *err) CB_MUSTCHECK;
/*
 * Everything below the folder FD (borrowed), in order of names, folders before what is in them.
 * Special files refuse the whole: CB_EDENIED. CB_EUPSTREAM: it cannot be read.
 */
enum cb_code cb_bulk_read(int fd, struct cb_bulk_sum *sum, cb_bulk_fn *each, void *ctx,
                          struct cb_err *err) CB_MUSTCHECK;
/*
 * The folder PATH ("": ROOT itself) below the folder ROOT, as a descriptor; MAKE: it and its
 * parents are made. CB_EDENIED: it leaves ROOT, or a part of it is a link. CB_ENOTFOUND, CB_EINVAL:
 * a part is a file.
 */
enum cb_code cb_bulk_open(int *fd, int root, cb_str path, bool make,
                          struct cb_err *err) CB_MUSTCHECK;
/* Put ENTRY below the folder FD; a file or link that is there goes. CB_EINVAL: a folder is. */
enum cb_code cb_bulk_write(int fd, const struct cb_bulk_entry *entry,
                           struct cb_err *err) CB_MUSTCHECK;

#endif
