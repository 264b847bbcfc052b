/*
 * segment.h - an immutable part of the served catalog: documents by id, their texts, and every index over them.
 *
 *   docs      by id (order of bytes); a document's number is its place
 *   columns   one a key, by id of the key; each a dictionary: values by lower-case bytes, each with its documents
 *   pools     the documents of values
 *   edges     adjacency.h
 *   blobs     bodies and texts; shared with the segments that this one was merged from
 *
 * A string item s of an array under key k is also found as key "k.s" (term.h). Such rows are not kept: column k
 * lists the documents that have them all (`listed`), and cb_segment_view makes column "k.s" from it when asked.
 *
 * Lifetime  counted; made by build.h and merge.h
 * Threads   any; ranks are made on first use and published by one compare-and-swap
 */
#ifndef CB_RELATE_SEGMENT_H
#define CB_RELATE_SEGMENT_H

#include "catalog/relate/adjacency.h"
#include "catalog/relate/posting.h"
#include "catalog/relate/value.h"

#define CB_SEGMENT_DOC_MAX (1u << 30)
#define CB_SEGMENT_RANK_MAX 32 /* kept rank arrays of one segment; more are made for one question */
#define CB_RANK_NONE UINT32_MAX

struct cb_record {
    const char *body, *status; /* in blobs */
    uint64_t hash[2];          /* of the body */
    int64_t source;
    uint32_t body_n, status_n, flags; /* flags: cb_entity_flag */
};

struct cb_value {
    cb_value_text text;
    struct cb_posting docs;
};

struct cb_column {
    uint32_t key, first, n;        /* id of the key; its values */
    struct cb_posting any, valued; /* documents with a row of the key, with a value */
    struct cb_posting
        listed; /* documents whose values here are array items with rows of their own */
    bool multi; /* some document has several values */
    _Atomic(uint32_t *) low, high; /* by document: place of its least, its greatest value */
};

struct cb_segment {
    atomic_size_t refs;
    const struct cb_names *names;
    uint32_t doc_n;
    struct cb_record *docs;
    uint32_t *ref_of; /* by document: id of its ref; apart, so that a walk reads nothing else */
    CB_PILE(struct cb_column) columns;
    CB_PILE(struct cb_value) values;
    struct cb_pools pools;
    struct cb_adjacency edges;
    struct cb_blobs blobs;
    atomic_uint rank_n;
    size_t bytes;
};

/* A column as a question sees it: from the segment, or made in an arena. */
struct cb_view {
    const struct cb_segment *segment;
    struct cb_column *column; /* NULL when made */
    const struct cb_pools *pools;
    const struct cb_value *v;
    uint32_t n;
    struct cb_posting any, valued;
    bool multi;
};

struct cb_segment *cb_segment_ref(struct cb_segment *s);
void cb_segment_unref(struct cb_segment *s); /* accepts NULL */
/* Number of the first document whose id is not below ID. */
uint32_t cb_segment_at(const struct cb_segment *s, cb_str id);
cb_str cb_segment_id(const struct cb_segment *s, uint32_t doc);
struct cb_column *cb_segment_column(const struct cb_segment *s, uint32_t key);
/* The column of KEY (lower case); false when no document has it. What must be made is made in A. */
bool cb_segment_view(struct cb_view *out, const struct cb_segment *s, cb_str key,
                     struct cb_arena *a);
/* First value that is not below LOWER, and the first behind those equal to it. */
uint32_t cb_view_at(const struct cb_view *v, cb_str lower);
uint32_t cb_view_end(const struct cb_view *v, uint32_t at); /* of the group of equal values at AT */
/* By document: place of its least (or greatest) value, CB_RANK_NONE without one. Kept, or made in A. */
const uint32_t *cb_view_ranks(const struct cb_view *v, bool greatest, struct cb_arena *a);
/* Bytes it holds, for metrics; set once when made. */
size_t cb_segment_measure(const struct cb_segment *s);

#endif
