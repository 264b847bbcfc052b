/*
 * filter.h - which entities: the filter parameters and the predicates of Backstage's catalog API, as set algebra.
 *
 * Grammar   reference: catalog API, "filter grammar" and "Predicates"; messages are Backstage's
 * Beyond    existence of inner paths matches, values of any length match
 * Keys      "relations.<type>" is answered from the edges, both directions; every other key from the terms, those of the
 *           status among them. "metadata.etag" everybody has; its value is worked out while an entity is sent, so that no
 *           equality matches: it would need every entity's bytes at each generation. "health", "problems", "problems.rule" and
 *           "problems.severity" from relate/fault.h; of a moment of the past only references to nothing are known
 * Limits    CB_ELIMIT over CB_FILTER_TERM_MAX and CB_FILTER_DEPTH_MAX
 * Threads   pure on a snapshot
 */
#ifndef CB_SEARCH_FILTER_H
#define CB_SEARCH_FILTER_H

#include "catalog/base/node.h"
#include "catalog/relate/snapshot.h"

#define CB_FILTER_TERM_MAX 1000 /* terms of one filter or predicate: each value is one */
#define CB_FILTER_DEPTH_MAX 32  /* nesting of a predicate */

enum cb_filter_op {
    CB_FILTER_ALL,
    CB_FILTER_AND,
    CB_FILTER_OR, /* of nothing: nobody */
    CB_FILTER_NOT,
    CB_FILTER_EXISTS,
    CB_FILTER_IN,
    CB_FILTER_PREFIX
};

/* A small tree; made in an arena. */
struct cb_filter {
    enum cb_filter_op op;
    cb_str key;     /* lower case */
    bool relation;  /* the key is "relations.<type>" */
    int type;       /* then: index of the type, -1 when there is no such type */
    cb_str *values; /* lower case; of PREFIX one */
    size_t value_n;
    struct cb_filter **kids;
    size_t kid_n;
};

/* filter=a=b,c&filter=d: PARAMS in order. OUT NULL-filter (matches all) when PARAM_N is 0. CB_EINVAL, CB_ELIMIT. */
enum cb_code cb_filter_parse(struct cb_filter **out, struct cb_arena *a, const cb_str *params,
                             size_t param_n, struct cb_err *err) CB_MUSTCHECK;
/* A predicate of a POST body. */
enum cb_code cb_filter_predicate(struct cb_filter **out, struct cb_arena *a,
                                 const struct cb_node *query, struct cb_err *err) CB_MUSTCHECK;
/* The older form that cursors may hold: {key, values?}, {not}, {anyOf}, {allOf}. */
enum cb_code cb_filter_legacy(struct cb_filter **out, struct cb_arena *a,
                              const struct cb_node *filter, struct cb_err *err) CB_MUSTCHECK;
/* Both must hold; either may be NULL. */
struct cb_filter *cb_filter_and(struct cb_arena *a, struct cb_filter *x, struct cb_filter *y);
/* As a predicate's JSON. */
void cb_filter_put(struct cb_buf *out, const struct cb_filter *f);
bool cb_filter_match(const struct cb_filter *f, const struct cb_snapshot *s, cb_doc d);
size_t cb_filter_count(const struct cb_filter *f, const struct cb_snapshot *s);
/* Living documents that match F (NULL: all), one bit each, part after part (snapshot_in.h); in A. */
uint64_t *cb_filter_bits(const struct cb_filter *f, const struct cb_snapshot *s,
                         struct cb_arena *a);

/* One version of an entity as a pass keeps it, without a snapshot around it. */
struct cb_filter_row {
    cb_str terms, status; /* packed, term.h; JSON or empty */
    const struct cb_edge *edges;
    size_t edge_n;
};
/*
 * Does F (NULL: all) match ROW? As in a snapshot, but for relations: those count that the entity says itself.
 * SCRATCH gets what has to be lower-cased.
 */
bool cb_filter_match_row(const struct cb_filter *f, const struct cb_filter_row *row, struct cb_arena *scratch);

/* For the parsers: a term with its key (any case), or NULL-valued ones, without counting. */
struct cb_filter *cb_filter_term(struct cb_arena *a, enum cb_filter_op op, cb_str key);
struct cb_filter *cb_filter_group(struct cb_arena *a, enum cb_filter_op op, struct cb_filter **kids,
                                  size_t n);

#endif
