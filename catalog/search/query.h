/*
 * query.h - filter, order, page and project the served catalog: what the entity routes and `callboard query` ask.
 *
 * Grammar   reference: catalog API §4 to §9; messages are Backstage's, in ERR
 * Work      set algebra on posting lists; nothing is answered by looking at every entity when an index can say it
 * Threads   pure on a snapshot; fit for a loop up to CB_QUERY_LOOP_DOCS answers, beyond that for a worker
 */
#ifndef CB_SEARCH_QUERY_H
#define CB_SEARCH_QUERY_H

#include "catalog/search/cursor.h"
#include "catalog/search/facet.h"
#include "catalog/search/filter.h"
#include "catalog/search/order.h"
#include "catalog/search/project.h"
#include "catalog/search/text.h"

#define CB_QUERY_LOOP_DOCS                                                                         \
    500 /* entities of an answer that a loop may write itself: about a millisecond */

/* Which of Backstage's two ways of a list this is. */
struct cb_query {
    struct cb_filter *filter; /* NULL: all */
    const struct cb_order *order;
    size_t order_n;
    bool
        order_drops_missing; /* GET /entities without paging, by-query: as the reference says; false: missing last */
    bool default_by_uid;       /* without order: by uid; else by ref */
    cb_str text;               /* full text term; empty: none */
    const cb_str *text_fields; /* none: the first order field, else CB_QUERY_TEXT_FIELDS */
    size_t text_field_n;
    int64_t offset, limit;          /* limit -1: all */
    const struct cb_cursor *cursor; /* instead of filter, order, text and offset */
    bool count;                     /* fill total */
};

struct cb_page {
    cb_doc *docs;
    size_t n;
    size_t total;      /* exact, when asked */
    bool more, before; /* is there something behind, in front */
    cb_str next, prev; /* cursors' texts, or empty */
};

/* CB_ELIMIT over CB_ORDER_FIELD_MAX order fields. */
enum cb_code cb_query_run(struct cb_page *out, const struct cb_snapshot *s,
                          const struct cb_query *q, struct cb_arena *a,
                          struct cb_err *err) CB_MUSTCHECK;

#endif
