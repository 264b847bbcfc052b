/*
 * source_store.h - the sources: what the configuration names, who reads it now, what came of it.
 *
 * Identity  key: "git:<clean url>#<branch>" or "file:<absolute path>": the same source after a restart
 * Made      by the configuration; the one source of all registered locations (location_store.h); by a Location entity that leads to
 *           another repository or branch (link_store.h)
 * Lease     a row with owner, expiry and a fencing token that only grows; a pass's transaction checks the token
 */
#ifndef CB_PERSIST_SOURCE_STORE_H
#define CB_PERSIST_SOURCE_STORE_H

#include "catalog/persist/conn.h"

#define CB_SOURCE_TRY_MAX 20 /* tries that are remembered */
#define CB_LEASE_US (INT64_C(30) * 1000000) /* renewed at a third of it */

enum cb_source_made { CB_SOURCE_CONFIGURED, CB_SOURCE_REGISTERED, CB_SOURCE_DERIVED };
enum cb_source_state { CB_SOURCE_NEW, CB_SOURCE_READING, CB_SOURCE_OK, CB_SOURCE_FAILING };

struct cb_source_row {
    int64_t id;
    cb_str key, type, url, branch; /* url without credentials */
    cb_str paths;                  /* JSON array of globs */
    cb_str
        settings; /* hash of what decides how it is read: rules, paths, version of the rules of reading */
    int32_t position; /* order in the configuration; decides who gets a free name */
    bool configured;  /* false: nobody wants it any more, claims kept for now */
    enum cb_source_state state;
    cb_str commit, commit_author, commit_subject; /* last read; empty: never */
    cb_str read_settings;                         /* the settings of the last read */
    int64_t commit_at_us, read_at_us, tried_at_us, due_at_us;
    int32_t failures; /* in a row */
    cb_str error;     /* of the last try; empty when it went well */
    int64_t file_n, entity_n, problem_n, held_n;
    bool confirmed; /* somebody confirmed the held deletions */
    int64_t fence;
    cb_str lease_owner;
    int64_t generation; /* of its last pass */
    enum cb_source_made made;
    int64_t recheck_n; /* how often that was said: cb_pass_opts.recheck_n */
    bool recheck; /* what its Locations lead to fares otherwise: look, whatever the commit */
    int64_t took_ms; /* the last read, its transfer among it; 0: not known */
    cb_str tries;    /* the last CB_SOURCE_TRY_MAX, the newest last: '.' it went well, 'x' it failed */
    cb_str recent, last_change; /* JSON of what passes changed lately (source_get.sql); empty: none is kept */
    cb_str named; /* JSON [{"entity", "locationId"}]: the Locations of other sources that lead to it; empty: none */
};

/* Make the rows agree with the configuration: insert, update position and settings, mark those gone. Fills id. */
enum cb_code cb_source_configure(struct cb_conn *c, struct cb_source_row *rows, size_t n,
                                 struct cb_err *err) CB_MUSTCHECK;
/* All of them, configured first, by position. Texts in A. */
enum cb_code cb_source_all(struct cb_source_row **out, size_t *n, struct cb_arena *a,
                           struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_source_get(struct cb_source_row *out, struct cb_arena *a, struct cb_conn *c,
                           int64_t id, struct cb_err *err) CB_MUSTCHECK;
/* Take the lease for OWNER: CB_OK with *FENCE, CB_ECONFLICT while another holds it. */
enum cb_code cb_source_lease(struct cb_conn *c, int64_t id, cb_str owner, int64_t *fence,
                             struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_source_renew(struct cb_conn *c, int64_t id, cb_str owner, int64_t fence,
                             struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_source_release(struct cb_conn *c, int64_t id, cb_str owner, int64_t fence,
                               int64_t due_at_us, struct cb_err *err) CB_MUSTCHECK;
/* A try that brought nothing new (ERROR empty) or failed (ERROR: the sentence; also kept as a problem of the source).
 * When it fares otherwise than at the last try, the sources whose Locations lead to it have to look again. */
enum cb_code cb_source_tried(struct cb_conn *c, int64_t id, int64_t fence, cb_str error,
                             struct cb_err *err) CB_MUSTCHECK;
/* Ask whoever runs to read it now (notifies). CB_ENOTFOUND. */
enum cb_code cb_source_nudge(struct cb_conn *c, int64_t id, struct cb_err *err) CB_MUSTCHECK;
/* Let the held deletions go through at the next pass, and nudge. CB_ENOTFOUND; CB_ECONFLICT when nothing is held. */
enum cb_code cb_source_confirm(struct cb_conn *c, int64_t id, struct cb_err *err) CB_MUSTCHECK;
/*
 * Take it from whoever reads it, for the length of the caller's transaction (a pass that is joined): *FENCE is the pass's.
 * CB_ENOTFOUND.
 */
enum cb_code cb_source_seize(struct cb_conn *c, int64_t id, int64_t *fence,
                             struct cb_err *err) CB_MUSTCHECK;
/* Nobody wants it any more: in the transaction of the pass that dropped its claims. */
enum cb_code cb_source_let_go(struct cb_conn *c, int64_t id, struct cb_err *err) CB_MUSTCHECK;
/* One that was let go of is wanted again, and due now. */
enum cb_code cb_source_revive(struct cb_conn *c, int64_t id, struct cb_err *err) CB_MUSTCHECK;
/* Every configured source has been read once since it was configured? */
enum cb_code cb_source_all_read(struct cb_conn *c, bool *out, struct cb_err *err) CB_MUSTCHECK;

#endif
