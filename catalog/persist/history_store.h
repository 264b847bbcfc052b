/*
 * history_store.h - the past: how far back it goes, what a moment is called, and what becomes of it.
 *
 * Moment    a generation: what was served from its pass until the next one. People also name it by a time (the newest
 *           generation then) or by a commit (the last generation that a reading of it made)
 * Horizon   the oldest generation that is kept; 0: all are. What was served from it on can be told, and what each
 *           generation after it brought; versions that ended with it or before are pruned, a few at a time
 * Truth     the horizon moves before anything goes, so whoever reads it in his transaction's snapshot finds all that it
 *           promises
 */
#ifndef CB_PERSIST_HISTORY_STORE_H
#define CB_PERSIST_HISTORY_STORE_H

#include "catalog/persist/conn.h"

#define CB_HISTORY_COMMIT_MIN 7 /* digits of a commit that are enough to name it */
#define CB_HISTORY_COMMIT_MAX 64
#define CB_HISTORY_COMMITS_SAID 10 /* of those that begin alike, in a sentence */
#define CB_HISTORY_PRUNE_N 1000    /* rows that go in one transaction */

struct cb_history_range {
    int64_t oldest, newest;       /* generations; oldest 0: nothing was pruned */
    int64_t oldest_us, newest_us; /* when they came; 0 before the first pass */
    char epoch[37];
};

enum cb_code cb_history_range(struct cb_history_range *out, struct cb_conn *c,
                              struct cb_err *err) CB_MUSTCHECK;
/* A reader that has generation *OLDEST or a later one can be told what came after it; an earlier one must begin anew. */
enum cb_code cb_history_oldest(int64_t *oldest, struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;
/*
 * The generation that TEXT names: a whole number, an ISO 8601 time or date (midnight UTC), or the first
 * CB_HISTORY_COMMIT_MIN or more digits of a commit. A whole number that is no generation may be a commit.
 * CB_EINVAL: none of these, in the future, or several commits begin so. CB_ENOTFOUND: nobody read that commit, or the moment
 * is before the first or the oldest that is kept. The sentence says which moments there are.
 */
enum cb_code cb_history_moment(int64_t *generation, struct cb_conn *c, cb_str text,
                               struct cb_err *err) CB_MUSTCHECK;
/* CB_ENOTFOUND with that sentence when GENERATION is not one of RANGE. */
enum cb_code cb_history_within(const struct cb_history_range *range, int64_t generation,
                               struct cb_err *err) CB_MUSTCHECK;
/* From now on nothing that ended before KEPT_FROM_US need be told. *MOVED: the horizon is another one than before. */
enum cb_code cb_history_forget(bool *moved, struct cb_conn *c, int64_t kept_from_us,
                               struct cb_err *err) CB_MUSTCHECK;
/* Delete some of what lies behind the horizon, at most CB_HISTORY_PRUNE_N rows; *N 0: nothing is left there. */
enum cb_code cb_history_prune(int64_t *n, struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;

#endif
