/*
 * store.h - one bare mirror's folder: made whole, locked, cleaned of what a killed transfer left.
 *
 *   data_dir/mirrors/<hash>        the repository
 *   data_dir/mirrors/<hash>.new    one that is being made
 *   data_dir/mirrors/<hash>.old    one that is being removed
 *   data_dir/mirrors/<hash>.lock   held by whoever updates
 *   data_dir/mirrors/<hash>.use    held for reading by open trees, alone while the folder is exchanged
 *
 * Threads   each call takes its locks with descriptors of its own
 */
#ifndef CB_FETCH_STORE_H
#define CB_FETCH_STORE_H

#include "catalog/base/err.h"

#define CB_STORE_SWAP_WAIT_US                                                                      \
    (10 * INT64_C(1000000)) /* how long an exchange waits for open trees */

struct cb_store {
    char *dir, *fresh, *old, *lock, *use;
};

/* Makes data_dir/mirrors. KEY names the mirror: 32 hex digits. CB_EUNAVAILABLE. */
enum cb_code cb_store_init(struct cb_store *s, const char *data_dir, const char *key,
                           struct cb_err *err) CB_MUSTCHECK;
void cb_store_fini(struct cb_store *s);
/* Wait for the lock of updates. CB_ETIMEOUT: another one held it for WAIT_US. */
enum cb_code cb_store_lock(int *fd, const struct cb_store *s, int64_t wait_us,
                           struct cb_err *err) CB_MUSTCHECK;
/* The lock of readers, shared. */
enum cb_code cb_store_use(int *fd, const struct cb_store *s, struct cb_err *err) CB_MUSTCHECK;
void cb_store_unlock(int fd);
/*
 * Under the lock: lock files and half packs of a transfer that was killed, folders half made or
 * half removed.
 */
void cb_store_clean(const struct cb_store *s);
/*
 * An empty bare repository at s->fresh whose origin is URL; PARTIAL: objects may be missing.
 * CB_EUNAVAILABLE: the disk.
 */
enum cb_code cb_store_make(const struct cb_store *s, cb_str url, bool partial,
                           struct cb_err *err) CB_MUSTCHECK;
/*
 * Put s->fresh in the place of s->dir. CB_EUNAVAILABLE: it is being read for longer than WAIT_US.
 */
enum cb_code cb_store_swap(const struct cb_store *s, int64_t wait_us,
                           struct cb_err *err) CB_MUSTCHECK;
/* Remove the repository; false when it is being read. */
bool cb_store_remove(const struct cb_store *s);
void cb_store_drop(const char *dir);
bool cb_store_exists(const struct cb_store *s);
/* Marks are empty files, or small numbers, in the repository's folder. */
bool cb_store_mark_get(const char *dir, const char *name, int64_t *value);
void cb_store_mark_put(const char *dir, const char *name, int64_t value);
size_t cb_store_packs(const struct cb_store *s);

#endif
