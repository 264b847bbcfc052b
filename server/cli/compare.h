/*
 * compare.h - do two catalogs answer the same? Each is asked the same questions over HTTP; what differs has a reason where one is known.
 *
 * Asked     every entity (by pages), the facets of CB_COMPARE_FACETS, a seeded sample of filters in order, one entity by name each
 * Not       uid, etag and the order of relations: they differ by design
 * Known     what docs/compatibility.md says: entities that Backstage hides beside something broken, the status of an entity at its
 *           last good version, where an entity says it comes from, a Location that stands for a registration
 * Reasons   of a missing entity from the other side's /api/explain, where it has one (callboard)
 * Limits    those of upstream.h; CB_COMPARE_ENTITY_MAX entities a side, CB_COMPARE_ROW_MAX differences are kept, all are counted
 */
#ifndef CB_CLI_COMPARE_H
#define CB_CLI_COMPARE_H

#include "server/cli/upstream.h"

#define CB_COMPARE_ENTITY_MAX 50000
#define CB_COMPARE_ROW_MAX 10000
#define CB_COMPARE_PAGE 200 /* entities a request */
#define CB_COMPARE_EXPLAIN_MAX 200 /* missing entities whose reason is asked for */
#define CB_COMPARE_FACETS "kind,metadata.namespace,spec.type,spec.lifecycle,metadata.tags,relations.ownedBy"

struct cb_compare_row {
    const char *what;  /* "missing", "extra", "field", "relation", "facet", "filter", "name" */
    cb_str subject;    /* an entity's ref, a filter, a facet's value */
    cb_str field;
    cb_str theirs, ours, why;
    bool known;        /* a deviation on purpose */
};

struct cb_compare {
    struct cb_upstream *theirs, *ours;
    const char *filter;   /* of --filter; NULL: everything */
    int64_t sample_n;
    uint64_t seed;
    struct cb_arena *arena;
    /* out */
    struct cb_compare_row *rows;
    size_t row_n, differ_n, known_n;
    size_t their_n, our_n, common_n, question_n;
};

enum cb_code cb_compare_run(struct cb_compare *c, struct cb_err *err) CB_MUSTCHECK;

#endif
