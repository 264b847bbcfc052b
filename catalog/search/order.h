/*
 * order.h - documents in a total order, from any place in it, in either direction.
 *
 * Order     field after field by lower-cased value, its direction each; documents without a value behind all others in
 *           both directions; of several values the least (ascending) or greatest (descending); ties by ref. Nobody is
 *           left out, nobody comes twice
 * Work      the values of the first field are walked in order and only as far as asked; few documents are sorted instead
 */
#ifndef CB_SEARCH_ORDER_H
#define CB_SEARCH_ORDER_H

#include "catalog/relate/snapshot.h"

#define CB_ORDER_FIELD_MAX 8

struct cb_order {
    cb_str field; /* as asked */
    bool desc;
};

/* A place in the order: that of a document which may be gone by now. */
struct cb_order_at {
    cb_str values[CB_ORDER_FIELD_MAX]; /* lower case; p NULL: none */
    cb_str id;
};

struct cb_order_run;

/*
 * Walk MATCH (cb_filter_bits; kept for the length of the run), backwards when REVERSE, starting behind AFTER (may be
 * NULL). Everything in A.
 */
struct cb_order_run *cb_order_start(struct cb_arena *a, const struct cb_snapshot *s,
                                    const uint64_t *match, const struct cb_order *orders,
                                    size_t order_n, bool reverse, const struct cb_order_at *after);
bool cb_order_next(struct cb_order_run *r, cb_doc *out);
/* Where the document that next gave last stands; texts in A. */
void cb_order_where(const struct cb_order_run *r, struct cb_order_at *out, struct cb_arena *a);
/* Take from MATCH all that have no value for FIELD. */
void cb_order_require(uint64_t *match, const struct cb_snapshot *s, cb_str field,
                      struct cb_arena *a);

#endif
