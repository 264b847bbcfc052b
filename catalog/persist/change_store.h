/*
 * change_store.h - what each generation changed, in order, with the version before: for whoever follows the changes.
 *
 * Place     a reader stands behind (generation, ref): all rows up to it are read. A page goes on from there, so that a
 *           generation of any size is read in pieces, and reading may begin again anywhere
 * Threads   as the connection
 */
#ifndef CB_PERSIST_CHANGE_STORE_H
#define CB_PERSIST_CHANGE_STORE_H

#include "catalog/persist/entity_store.h"

#define CB_CHANGE_ROWS_MAX 4000 /* of one page */

struct cb_change_row {
    int64_t generation, at_us;              /* and when its pass ended */
    cb_str source, commit, author, subject; /* what was read; source: its key */
    cb_str id;                              /* lower-case ref; empty: the generation has nothing (more) */
    bool is, was;                           /* there is one now; there was one before */
    cb_str body, terms, status;             /* entity.h; of what is there now */
    uint32_t flags;
    struct cb_edges edges;
    cb_str path;
    uint32_t line;
    cb_str old_terms, old_status;
    struct cb_edges old_edges;
};

/* Where a reader stands: in GENERATION behind REF (empty: at its begin). Texts owned: cb_change_place_fini. */
struct cb_change_place {
    int64_t generation; /* the next one to read, or the one that is half read */
    struct cb_buf ref;
};

struct cb_change_page {
    char epoch[37];
    int64_t newest;  /* generation of the database */
    int64_t oldest;  /* the first one of which it is still known what it brought */
    bool more;       /* the page was full: there is more up to the generation that was asked for */
};

void cb_change_place_fini(struct cb_change_place *p);
typedef int cb_change_fn(const struct cb_change_row *row, void *ctx); /* non-zero stops, before PLACE moves over the row */
/*
 * Rows from PLACE on, of at most CB_DELTA_MAX generations up to TO, ROW_N at most (up to CB_CHANGE_ROWS_MAX). PLACE moves behind
 * what EACH took. Behind a page that is not full each generation up to min(TO, newest, PLACE + CB_DELTA_MAX) is whole, and PLACE
 * at the begin of the next one. Nothing is read when PLACE is older than page.oldest.
 */
enum cb_code cb_change_read(struct cb_change_page *page, struct cb_conn *c, struct cb_change_place *place, int64_t to, int32_t row_n,
                            cb_change_fn *each, void *ctx, struct cb_err *err) CB_MUSTCHECK;

#endif
