#include "catalog/relate/bits.h"

/* Counting is compiled twice where the processor may have an instruction for it. */
#if defined(__x86_64__)
#define FAST __attribute__((target("popcnt,avx2")))
#define HAVE_FAST() (__builtin_cpu_supports("popcnt") && __builtin_cpu_supports("avx2"))
#else
#define FAST
#define HAVE_FAST() true
#endif

void cb_bits_fill(uint64_t *w, uint32_t doc_n)
{
    uint32_t full = doc_n / 64;

    if (full > 0)
        memset(w, 0xff, full * sizeof(*w));
    if (doc_n % 64)
        w[full] = (UINT64_C(1) << doc_n % 64) - 1;
}

void cb_bits_and(uint64_t *w, const uint64_t *x, uint32_t word_n)
{
    for (uint32_t i = 0; i < word_n; i++)
        w[i] &= x[i];
}

void cb_bits_or(uint64_t *w, const uint64_t *x, uint32_t word_n)
{
    for (uint32_t i = 0; i < word_n; i++)
        w[i] |= x[i];
}

void cb_bits_andnot(uint64_t *w, const uint64_t *x, uint32_t word_n)
{
    for (uint32_t i = 0; i < word_n; i++)
        w[i] &= ~x[i];
}

#define COUNT(term)                                                                                \
    size_t n = 0;                                                                                  \
    for (uint32_t i = 0; i < word_n; i++)                                                          \
        n += (size_t)__builtin_popcountll(term);                                                   \
    return n

FAST static size_t count_fast(const uint64_t *w, uint32_t word_n)
{
    COUNT(w[i]);
}

static size_t count_slow(const uint64_t *w, uint32_t word_n)
{
    COUNT(w[i]);
}

FAST static size_t count_and_fast(const uint64_t *w, const uint64_t *x, uint32_t word_n)
{
    COUNT(w[i] & x[i]);
}

static size_t count_and_slow(const uint64_t *w, const uint64_t *x, uint32_t word_n)
{
    COUNT(w[i] & x[i]);
}

size_t cb_bits_count(const uint64_t *w, uint32_t word_n)
{
    return HAVE_FAST() ? count_fast(w, word_n) : count_slow(w, word_n);
}

size_t cb_bits_count_and(const uint64_t *w, const uint64_t *x, uint32_t word_n)
{
    return HAVE_FAST() ? count_and_fast(w, x, word_n) : count_and_slow(w, x, word_n);
}

bool cb_bits_any(const uint64_t *w, uint32_t word_n)
{
    for (uint32_t i = 0; i < word_n; i++)
        if (w[i])
            return true;
    return false;
}

uint32_t cb_bits_next(const uint64_t *w, uint32_t doc_n, uint32_t from)
{
    uint32_t i = from >> 6, word_n = cb_bits_words(doc_n);
    uint64_t word;

    if (from >= doc_n)
        return doc_n;
    word = w[i] & (~UINT64_C(0) << (from & 63));
    while (word == 0) {
        if (++i >= word_n)
            return doc_n;
        word = w[i];
    }
    return i * 64 + (uint32_t)__builtin_ctzll(word);
}

uint32_t cb_bits_prev(const uint64_t *w, uint32_t below)
{
    uint32_t i;
    uint64_t word;

    if (below == 0)
        return UINT32_MAX;
    i = (below - 1) >> 6;
    word = w[i] & (~UINT64_C(0) >> (63 - ((below - 1) & 63)));
    while (word == 0) {
        if (i-- == 0)
            return UINT32_MAX;
        word = w[i];
    }
    return i * 64 + 63 - (uint32_t)__builtin_clzll(word);
}
