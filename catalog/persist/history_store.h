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

#include "catalog/entity/relation.h"
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

/* ---- what became of a name, and what each generation brought */

enum cb_history_change { CB_HISTORY_ADDED, CB_HISTORY_CHANGED, CB_HISTORY_REMOVED, CB_HISTORY_RETURNED };

/* "added", "changed", "removed", "returned": as far as kept history tells. */
const char *cb_history_change_name(enum cb_history_change change);

/* A pass, as people want to know it. */
struct cb_history_pass {
    int64_t generation, at_us;
    int64_t source_id;
    cb_str source_key; /* empty: the source's row is gone */
    cb_str commit, author, subject;
    int64_t authored_us;
};

struct cb_history_version {
    struct cb_history_pass pass;
    enum cb_history_change change;
    int64_t until;     /* generation that ended it, of cb_history_version_at; 0: it is served */
    int64_t source_id; /* of the document: not the pass's when another claim took over */
    cb_str source_key, path;
    uint32_t line, flags;
    cb_str body, status;         /* empty when it was removed */
    cb_str old_body, old_status; /* what was there before; empty: nothing */
    struct cb_edge *edges;       /* of cb_history_version_at */
    size_t edge_n;
};

/* V and its texts are good for the call. Non-zero stops. */
typedef int cb_history_version_fn(const struct cb_history_version *v, void *ctx);
/*
 * What became of REF before generation BEFORE (INT64_MAX: all), newest first, at most LIMIT, one at a time.
 * CB_ENOTFOUND: nobody ever claimed that name, or what is known of it is kept no more.
 */
enum cb_code cb_history_versions(struct cb_conn *c, cb_str ref, int64_t before, int64_t limit,
                                 cb_history_version_fn *each, void *ctx,
                                 struct cb_err *err) CB_MUSTCHECK;
/* What was served under REF at GENERATION: *FOUND false when nothing was. */
enum cb_code cb_history_version_at(struct cb_history_version *out, bool *found, struct cb_arena *a,
                                   struct cb_conn *c, cb_str ref, int64_t generation,
                                   struct cb_err *err) CB_MUSTCHECK;

#define CB_HISTORY_SCAN_N 2000 /* generations that one question for changes looks at */

struct cb_history_question {
    int64_t generation; /* to begin with, */
    cb_str ref;         /* and in it behind this one */
    bool back;          /* newest first */
    cb_str kind, owner; /* lower case; empty: any */
    int64_t source_id;  /* 0: any */
    int64_t limit;
};

struct cb_history_entry {
    struct cb_history_pass pass;
    int64_t added, changed, removed; /* of the pass */
    cb_str ref;                      /* empty: it brought no entity */
    enum cb_history_change change;
};

/*
 * One entry an entity and generation, at most LIMIT; those of a generation by ref. *MORE: ask again from *NEXT and *NEXT_REF, also
 * when nothing was found among CB_HISTORY_SCAN_N generations. RANGE is what the answer was read from.
 * CB_ENOTFOUND: forward from a generation whose predecessor is kept no more.
 */
enum cb_code cb_history_changes(struct cb_history_entry **out, size_t *n, bool *more, int64_t *next,
                                cb_str *next_ref, struct cb_history_range *range, struct cb_arena *a,
                                struct cb_conn *c, const struct cb_history_question *q,
                                struct cb_err *err) CB_MUSTCHECK;

/* ---- forgetting */

/* From now on nothing that ended before KEPT_FROM_US need be told. *MOVED: the horizon is another one than before. */
enum cb_code cb_history_forget(bool *moved, struct cb_conn *c, int64_t kept_from_us,
                               struct cb_err *err) CB_MUSTCHECK;
/* Delete some of what lies behind the horizon, at most CB_HISTORY_PRUNE_N rows; *N 0: nothing is left there. */
enum cb_code cb_history_prune(int64_t *n, struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;

#endif
