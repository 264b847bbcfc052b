/*
 * posting.h - which documents of a segment: one inline, a sorted array while few, words when many.
 *
 * Shape     n 0: none; n 1: AT is the document; n = all: nothing is stored; few: AT indexes `few`; many: AT is the
 *           number of a set in `many`
 * Lifetime  the pools belong to a segment, or to an arena for an answer's own postings
 */
#ifndef CB_RELATE_POSTING_H
#define CB_RELATE_POSTING_H

#include "catalog/base/arena.h"
#include "catalog/relate/bits.h"
#include "catalog/relate/block.h"

struct cb_posting {
    uint32_t n : 31; /* documents */
    uint32_t
        same : 1; /* in a dictionary: the same value as the one before, written in other case */
    uint32_t at;
};

struct cb_pools {
    uint32_t doc_n, word_n; /* documents; words of one set */
    CB_PILE(uint32_t) few;
    CB_PILE(uint64_t) many;
};

enum cb_posting_kind {
    CB_POSTING_NONE,
    CB_POSTING_ONE,
    CB_POSTING_ALL,
    CB_POSTING_FEW,
    CB_POSTING_MANY
};

/* A function of the counts alone, so that it need not be stored: words once an array would be as long. */
static inline enum cb_posting_kind cb_posting_kind(const struct cb_pools *p, uint32_t n)
{
    if (n <= 1)
        return n ? CB_POSTING_ONE : CB_POSTING_NONE;
    if (n == p->doc_n)
        return CB_POSTING_ALL;
    return (uint64_t)n * 32 > p->doc_n ? CB_POSTING_MANY : CB_POSTING_FEW;
}

void cb_pools_init(struct cb_pools *p, uint32_t doc_n);
void cb_pools_fini(struct cb_pools *p);
/* Set the place of a posting of N documents aside. */
struct cb_posting cb_posting_room(struct cb_pools *p, uint32_t n);
/* Write document number I (ascending) of one made by room. */
void cb_posting_fill(struct cb_pools *p, struct cb_posting *q, uint32_t i, uint32_t doc);
/* From words, or from an ascending array. */
struct cb_posting cb_posting_from_bits(struct cb_pools *p, const uint64_t *w);
struct cb_posting cb_posting_from_docs(struct cb_pools *p, const uint32_t *docs, uint32_t n);
/* The same documents in other pools. */
struct cb_posting cb_posting_copy(struct cb_pools *to, const struct cb_pools *from,
                                  struct cb_posting q);

bool cb_posting_has(const struct cb_pools *p, struct cb_posting q, uint32_t doc);
/* W |= Q. */
void cb_posting_or(const struct cb_pools *p, struct cb_posting q, uint64_t *w);
/* How many of them are in W. */
size_t cb_posting_count_in(const struct cb_pools *p, struct cb_posting q, const uint64_t *w);
/* The documents in ascending order: start with *I = 0; UINT32_MAX at the end. */
uint32_t cb_posting_next(const struct cb_pools *p, struct cb_posting q, uint32_t *i);

#endif
