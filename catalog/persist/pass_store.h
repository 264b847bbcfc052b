/*
 * pass_store.h - one pass is one transaction: entities, claims, history and problems together, or nothing.
 *
 * A pass streams what it read (COPY into a staging table), so that its memory is bounded; at the end statements over
 * sets work out, for every touched name in sorted order under its row's lock:
 *   claims   all claims on a name are kept. The holder keeps it while he claims it; a free name goes to the first by
 *            source position, path, line. A loser takes over in the transaction in which the winner goes.
 *   versions one append-only row (ref, first pass, last pass, body, terms, edges, status) whenever what is served of the
 *            entity itself changes; the losers' bodies wait in their claims
 *   stale    an entity whose document is now broken keeps its last good version, with a status, also when its file was
 *            renamed in the same pass and the broken document still tells its name
 *   held     when more than opts.hold_over_n AND more than half of the source's entities would go, additions and changes
 *            apply and the deletions wait (claim.held), worked out anew by each later pass, until source.confirmed
 * Last statement: under one short lock the pass gets the next generation, a gap-free number, and NOTIFY tells it.
 * A pass in which nothing changed takes no generation.
 * Crash    nothing of it is there: the connection's transaction is gone
 */
#ifndef CB_PERSIST_PASS_STORE_H
#define CB_PERSIST_PASS_STORE_H

#include "catalog/parse/descriptor.h"
#include "catalog/persist/conn.h"
#include "catalog/persist/link_store.h"

#define CB_PASS_HOLD_OVER_N 10 /* "more than half, and more than ten" */
#define CB_PASS_PATH_MAX                                                                           \
    2048 /* bytes of a path; a longer one is CB_ELIMIT, and the pass may go on without the file */

struct cb_pass;

struct cb_pass_opts {
    int64_t source_id, fence;
    cb_str commit, author, subject; /* what was read; empty for a folder */
    int64_t authored_at_us;
    cb_str settings; /* kept as source.read_settings */
    int64_t
        hold_over_n; /* CB_PASS_HOLD_OVER_N; -1: never hold (a source taken out of the configuration) */
    int64_t recheck_n; /* of the source's row, before its targets were looked at; -1: they were not */
    bool joined; /* in the transaction of cb_pass_together; a failure rolls that back */
};

/* A file as the last pass left it. */
struct cb_file_row {
    cb_str path;
    cb_str content_id;      /* hex */
    cb_str origin_location; /* of the first one that led to it: a file is read once a pass */
    cb_str state;           /* opaque JSON of the conductor: includes with their ids, targets */
};

/* The status of an entity of the file: for a broken one (id "" = every one that nobody can tell), or for a Location whose target fails. */
struct cb_status {
    cb_str id;
    cb_str json; /* {"items":[…]} */
};

struct cb_pass_result {
    int64_t generation; /* 0: nothing changed */
    int64_t added, changed, removed, held, problems, stale,
        lost; /* entities; lost: claims that do not hold their name */
    bool moved; /* its Locations lead elsewhere than before */
};

/* Files of a source as they stand, for comparing. EACH's texts are borrowed for the call. */
enum cb_code cb_pass_files(struct cb_conn *c, int64_t source_id,
                           int (*each)(const struct cb_file_row *, void *), void *ctx,
                           struct cb_err *err) CB_MUSTCHECK;
/* Begin a transaction that several passes join, and end it: committed when RC is CB_OK, else rolled back, and RC again. */
enum cb_code cb_pass_together(struct cb_conn *c, struct cb_err *err) CB_MUSTCHECK;
enum cb_code cb_pass_together_end(struct cb_conn *c, enum cb_code rc,
                                  struct cb_err *err) CB_MUSTCHECK;
/* Opens the transaction on C and checks the fence (CB_ECONFLICT: somebody else reads this source now). */
enum cb_code cb_pass_begin(struct cb_pass **out, struct cb_conn *c, const struct cb_pass_opts *opts,
                           struct cb_err *err) CB_MUSTCHECK;
/* FILE now says D: entities, problems. Claims of the file that are in neither D's entities nor its broken documents go. Copies. */
enum cb_code cb_pass_put_file(struct cb_pass *p, const struct cb_file_row *file,
                              const struct cb_descriptor *d, const struct cb_status *status,
                              size_t status_n, struct cb_err *err) CB_MUSTCHECK;
/* An unchanged file whose row alone differs (origin, state). */
enum cb_code cb_pass_touch_file(struct cb_pass *p, const struct cb_file_row *file,
                                struct cb_err *err) CB_MUSTCHECK;
/* The file is no longer part of the source. */
enum cb_code cb_pass_del_file(struct cb_pass *p, cb_str path, struct cb_err *err) CB_MUSTCHECK;
/*
 * Nothing but this: the claim of PATH that holds the name ID goes, though its file may still have it, and the next pass reads that
 * file anew. What the source is known for stays: its commit, its failures, what waits to be confirmed. Borrows until the end.
 */
void cb_pass_forget(struct cb_pass *p, cb_str path, cb_str id);
/* A problem of the source as a whole (path empty). All such from earlier passes go. */
enum cb_code cb_pass_put_problem(struct cb_pass *p, const struct cb_problem *problem,
                                 struct cb_err *err) CB_MUSTCHECK;
/* Where its Location entities lead; with ONLY, those of that file. Borrowed until the end of the pass. */
void cb_pass_put_links(struct cb_pass *p, const struct cb_location_link *links, size_t n, cb_str only);
/* The end, either way; frees P. Commit tries again by itself nothing: CB_ECONFLICT means run the pass anew. */
enum cb_code cb_pass_commit(struct cb_pass *p, struct cb_pass_result *out,
                            struct cb_err *err) CB_MUSTCHECK;
void cb_pass_abort(struct cb_pass *p);

#endif
