/*
 * query.h - filter, order, page and project the served catalog: what the entity routes and `callboard query` ask.
 *
 * Grammar   reference: catalog API §4 to §9; messages are Backstage's, in ERR
 * Work      set algebra on posting lists; nothing is answered by looking at every entity when an index can say it
 * Threads   pure on a snapshot; fit for a loop up to CB_QUERY_LOOP_DOCS answers, beyond that for a worker
 */
#ifndef CB_SEARCH_QUERY_H
#define CB_SEARCH_QUERY_H

#include "catalog/relate/snapshot.h"

#define CB_FILTER_TERM_MAX 1000   /* terms of one filter or predicate */
#define CB_FILTER_DEPTH_MAX 32    /* nesting of a predicate */
#define CB_ORDER_FIELD_MAX 8
#define CB_FIELD_MAX 100
#define CB_CURSOR_MAX 65536       /* bytes of a cursor's text */
#define CB_FACET_MAX 50           /* facets of one question */

struct cb_filter; /* a small tree; made in an arena */

/* filter=a=b,c&filter=d: PARAMS in order. OUT NULL-filter (matches all) when PARAM_N is 0. CB_EINVAL, CB_ELIMIT. */
enum cb_code cb_filter_parse(struct cb_filter **out, struct cb_arena *a, const cb_str *params, size_t param_n, struct cb_err *err) CB_MUSTCHECK;
/* A predicate of a POST body. */
enum cb_code cb_filter_predicate(struct cb_filter **out, struct cb_arena *a, const struct cb_node *query, struct cb_err *err) CB_MUSTCHECK;
/* Both must hold; either may be NULL. */
struct cb_filter *cb_filter_and(struct cb_arena *a, struct cb_filter *x, struct cb_filter *y);
bool cb_filter_match(const struct cb_filter *f, const struct cb_snapshot *s, cb_doc d);
size_t cb_filter_count(const struct cb_filter *f, const struct cb_snapshot *s);

struct cb_order {
    cb_str field; /* as asked */
    bool desc;
};

/* Which of Backstage's two ways of a list this is. */
struct cb_query {
    struct cb_filter *filter;      /* NULL: all */
    const struct cb_order *order;
    size_t order_n;
    bool order_drops_missing;      /* GET /entities without paging, by-query: as the reference says; false: missing last */
    bool default_by_uid;           /* without order: by uid; else by ref */
    cb_str text;                   /* full text term; empty: none */
    const cb_str *text_fields;
    size_t text_field_n;
    int64_t offset, limit;         /* limit -1: all */
    const struct cb_cursor *cursor; /* instead of the above */
    bool count;                    /* fill total */
};

struct cb_page {
    cb_doc *docs;
    size_t n;
    size_t total;      /* exact, when asked */
    bool more, before; /* is there something behind, in front */
    cb_str next, prev; /* cursors' texts, or empty */
};

enum cb_code cb_query_run(struct cb_page *out, const struct cb_snapshot *s, const struct cb_query *q, struct cb_arena *a, struct cb_err *err) CB_MUSTCHECK;
/* base64 of JSON as in the reference §8. CB_EINVAL "Malformed cursor: …". */
enum cb_code cb_cursor_parse(struct cb_cursor **out, struct cb_arena *a, cb_str text, struct cb_err *err) CB_MUSTCHECK;

/* ---- facets */
struct cb_facet_value {
    cb_str value; /* original case */
    size_t n;
};
struct cb_facet {
    cb_str name; /* as asked */
    struct cb_facet_value *values; /* by value, order of bytes */
    size_t n;
};
/* FACETS in the order asked. */
enum cb_code cb_facet_run(struct cb_facet *out, const struct cb_snapshot *s, const struct cb_filter *filter, const cb_str *facets,
                          size_t facet_n, struct cb_arena *a, struct cb_err *err) CB_MUSTCHECK;

/* ---- fields */
struct cb_fields;
/* Comma lists, repeated; CB_EINVAL for array brackets. NULL in OUT: the whole entity. */
enum cb_code cb_fields_parse(struct cb_fields **out, struct cb_arena *a, const cb_str *params, size_t param_n, bool split, struct cb_err *err) CB_MUSTCHECK;
/* The chosen fields of a served entity, appended: reads only what it needs. */
void cb_fields_put(struct cb_buf *out, const struct cb_fields *f, const struct cb_snapshot *s, cb_doc d);

#endif
