/*
 * bits.h - sets of documents as plain words: 64 documents a word, bit I of word I / 64.
 *
 * Why       answers about up to a million documents are a few thousand words: and, or, not and counting run at
 *           memory speed, and the result of one step is the input of the next (docs/decisions/0002)
 * Shape     bits behind the last document are 0
 * Threads   pure
 */
#ifndef CB_RELATE_BITS_H
#define CB_RELATE_BITS_H

#include "catalog/base/str.h"

static inline uint32_t cb_bits_words(uint32_t doc_n)
{
    return (doc_n + 63) / 64;
}

static inline bool cb_bits_get(const uint64_t *w, uint32_t i)
{
    return w[i >> 6] >> (i & 63) & 1;
}

static inline void cb_bits_set(uint64_t *w, uint32_t i)
{
    w[i >> 6] |= UINT64_C(1) << (i & 63);
}

static inline void cb_bits_clear(uint64_t *w, uint32_t i)
{
    w[i >> 6] &= ~(UINT64_C(1) << (i & 63));
}

/* All of DOC_N, nothing behind. */
void cb_bits_fill(uint64_t *w, uint32_t doc_n);
void cb_bits_and(uint64_t *w, const uint64_t *x, uint32_t word_n);
void cb_bits_or(uint64_t *w, const uint64_t *x, uint32_t word_n);
void cb_bits_andnot(uint64_t *w, const uint64_t *x, uint32_t word_n);
size_t cb_bits_count(const uint64_t *w, uint32_t word_n);
size_t cb_bits_count_and(const uint64_t *w, const uint64_t *x, uint32_t word_n);
bool cb_bits_any(const uint64_t *w, uint32_t word_n);
/* The first set one at or behind FROM, below DOC_N; DOC_N when there is none. */
uint32_t cb_bits_next(const uint64_t *w, uint32_t doc_n, uint32_t from);
/* The last set one below BELOW; UINT32_MAX when there is none. */
uint32_t cb_bits_prev(const uint64_t *w, uint32_t below);

#endif
