/*
 * facet.h - how many entities have which value of a key.
 *
 * Values    in the author's case (two casings are two), by order of bytes; an array's items count each; none over
 *           CB_FACET_VALUE_MAX characters, as Backstage's
 * Work      a count of an intersection for each value; an empty filter reads the counts that are there
 */
#ifndef CB_SEARCH_FACET_H
#define CB_SEARCH_FACET_H

#include "catalog/search/filter.h"

#define CB_FACET_MAX 50        /* facets of one question */
#define CB_FACET_VALUE_MAX 200 /* UTF-16 units of a value that is told */

struct cb_facet_value {
    cb_str value; /* original case */
    size_t n;
};
struct cb_facet {
    cb_str name;                   /* as asked */
    struct cb_facet_value *values; /* by value, order of bytes */
    size_t n;
};
/* FACETS in the order asked. CB_ELIMIT over CB_FACET_MAX. */
enum cb_code cb_facet_run(struct cb_facet *out, const struct cb_snapshot *s,
                          const struct cb_filter *filter, const cb_str *facets, size_t facet_n,
                          struct cb_arena *a, struct cb_err *err) CB_MUSTCHECK;

#endif
