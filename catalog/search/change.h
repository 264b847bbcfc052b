/*
 * change.h - what a change of the catalog is to somebody who watches a part of it.
 *
 * A wish sees an entity when its kind, its ref and the filter all let it through. It is asked of the version before and of
 * the one now: whoever begins to be seen is added, whoever is seen no more is removed, though it may go on existing.
 * Relations in the filter are those that the entity says itself (filter.h, cb_filter_match_row).
 *
 * As JSON   {"ref","change":"added|changed|removed","path","line"}, removed ones that still exist with "exists":true, and with
 *           wish.body "entity": as its own file says it, with the relations it says and its status
 * Threads   pure
 */
#ifndef CB_SEARCH_CHANGE_H
#define CB_SEARCH_CHANGE_H

#include "catalog/persist/change_store.h"
#include "catalog/search/filter.h"

#define CB_CHANGE_NAME_MAX 100 /* kinds, and refs, of one wish */

/* Made in an arena; all empty: everything. */
struct cb_change_wish {
    struct cb_filter *filter;
    const cb_str *kinds, *refs; /* lower case */
    size_t kind_n, ref_n;
    bool body;
};

enum cb_change { CB_CHANGE_NONE, CB_CHANGE_ADDED, CB_CHANGE_CHANGED, CB_CHANGE_REMOVED };

/*
 * FILTERS as by-query's; KINDS and REFS may hold commas. CB_EINVAL, CB_ELIMIT. Texts are borrowed or in A.
 */
enum cb_code cb_change_wish_parse(struct cb_change_wish *out, struct cb_arena *a, const cb_str *filters, size_t filter_n,
                                  const cb_str *kinds, size_t kind_n, const cb_str *refs, size_t ref_n, struct cb_err *err) CB_MUSTCHECK;
/* The same text for the same wish. */
void cb_change_wish_put(struct cb_buf *out, const struct cb_change_wish *w);
enum cb_change cb_change_of(const struct cb_change_wish *w, const struct cb_change_row *row, struct cb_arena *scratch);
/* {"generation":…,"at":…,"source":…,"commit":{…} without its end: what all changes of a generation share. */
void cb_change_put_head(struct cb_buf *out, const struct cb_change_row *row);
void cb_change_put(struct cb_buf *out, const struct cb_change_wish *w, const struct cb_change_row *row, enum cb_change change);

#endif
