/*
 * cursor.h - where a page ended: base64 of JSON with the fields that Backstage's cursors have, in both verbs the same.
 *
 * Fields    orderFields, orderFieldValues (the values, then the ref), firstSortFieldValues, isPrevious, query,
 *           fullTextFilter, totalItems; `filter`, the older form, and a uid in place of the ref are understood too
 * Trust     not signed: a cursor can ask nothing that a query could not
 */
#ifndef CB_SEARCH_CURSOR_H
#define CB_SEARCH_CURSOR_H

#include "catalog/search/filter.h"
#include "catalog/search/order.h"

#define CB_CURSOR_MAX 65536 /* bytes of a cursor's text */
#define CB_CURSOR_FIRST_MAX                                                                        \
    200 /* bytes of a value in firstSortFieldValues, which only marks that there was a first */

struct cb_cursor {
    struct cb_order orders[CB_ORDER_FIELD_MAX];
    size_t order_n;
    bool placed;           /* it has orderFieldValues */
    struct cb_order_at at; /* id may be a uid */
    bool first;            /* it has firstSortFieldValues: not the first page */
    struct cb_order_at first_at;
    bool is_previous;
    struct cb_filter *filter;
    cb_str text;
    cb_str *text_fields;
    size_t text_field_n;
    int64_t total;
};

/* base64 of JSON as in the reference §8. CB_EINVAL "Malformed cursor: …". */
enum cb_code cb_cursor_parse(struct cb_cursor **out, struct cb_arena *a, cb_str text,
                             struct cb_err *err) CB_MUSTCHECK;
cb_str cb_cursor_format(struct cb_arena *a, const struct cb_cursor *c);

#endif
