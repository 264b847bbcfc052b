#include "catalog/relate/posting.h"

void cb_pools_init(struct cb_pools *p, uint32_t doc_n)
{
    *p = (struct cb_pools){.doc_n = doc_n, .word_n = cb_bits_words(doc_n)};
}

void cb_pools_fini(struct cb_pools *p)
{
    cb_pile_fini(&p->few);
    cb_pile_fini(&p->many);
}

static uint64_t *set_at(const struct cb_pools *p, uint32_t at)
{
    return p->many.v + (size_t)at * p->word_n;
}

struct cb_posting cb_posting_room(struct cb_pools *p, uint32_t n)
{
    struct cb_posting q = {.n = n};

    switch (cb_posting_kind(p, n)) {
    case CB_POSTING_FEW:
        q.at = (uint32_t)p->few.n;
        cb_pile_reserve(&p->few, p->few.n + n);
        p->few.n += n;
        break;
    case CB_POSTING_MANY:
        q.at = (uint32_t)(p->many.n / p->word_n);
        cb_pile_reserve(&p->many, p->many.n + p->word_n);
        memset(p->many.v + p->many.n, 0, p->word_n * sizeof(uint64_t));
        p->many.n += p->word_n;
        break;
    default:
        break;
    }
    return q;
}

void cb_posting_fill(struct cb_pools *p, struct cb_posting *q, uint32_t i, uint32_t doc)
{
    switch (cb_posting_kind(p, q->n)) {
    case CB_POSTING_ONE:
        q->at = doc;
        break;
    case CB_POSTING_FEW:
        p->few.v[q->at + i] = doc;
        break;
    case CB_POSTING_MANY:
        cb_bits_set(set_at(p, q->at), doc);
        break;
    default:
        break;
    }
}

struct cb_posting cb_posting_from_bits(struct cb_pools *p, const uint64_t *w)
{
    uint32_t n = (uint32_t)cb_bits_count(w, p->word_n), i = 0;
    struct cb_posting q = cb_posting_room(p, n);

    if (cb_posting_kind(p, n) == CB_POSTING_MANY) {
        memcpy(set_at(p, q.at), w, p->word_n * sizeof(*w));
        return q;
    }
    for (uint32_t d = cb_bits_next(w, p->doc_n, 0); d < p->doc_n;
         d = cb_bits_next(w, p->doc_n, d + 1))
        cb_posting_fill(p, &q, i++, d);
    return q;
}

struct cb_posting cb_posting_from_docs(struct cb_pools *p, const uint32_t *docs, uint32_t n)
{
    struct cb_posting q = cb_posting_room(p, n);

    for (uint32_t i = 0; i < n; i++)
        cb_posting_fill(p, &q, i, docs[i]);
    return q;
}

struct cb_posting cb_posting_copy(struct cb_pools *to, const struct cb_pools *from,
                                  struct cb_posting q)
{
    struct cb_posting r;
    uint32_t i = 0;

    if (from->doc_n == to->doc_n && cb_posting_kind(from, q.n) == CB_POSTING_MANY)
        return cb_posting_from_bits(to, set_at(from, q.at));
    r = cb_posting_room(to, q.n);
    for (uint32_t k = 0, d; (d = cb_posting_next(from, q, &i)) != UINT32_MAX; k++)
        cb_posting_fill(to, &r, k, d);
    return r;
}

bool cb_posting_has(const struct cb_pools *p, struct cb_posting q, uint32_t doc)
{
    uint32_t low = 0, high = q.n;

    switch (cb_posting_kind(p, q.n)) {
    case CB_POSTING_NONE:
        return false;
    case CB_POSTING_ONE:
        return q.at == doc;
    case CB_POSTING_ALL:
        return true;
    case CB_POSTING_MANY:
        return cb_bits_get(set_at(p, q.at), doc);
    case CB_POSTING_FEW:
        break;
    }
    while (low < high) {
        uint32_t mid = (low + high) / 2;

        if (p->few.v[q.at + mid] < doc)
            low = mid + 1;
        else
            high = mid;
    }
    return low < q.n && p->few.v[q.at + low] == doc;
}

void cb_posting_or(const struct cb_pools *p, struct cb_posting q, uint64_t *w)
{
    switch (cb_posting_kind(p, q.n)) {
    case CB_POSTING_NONE:
        break;
    case CB_POSTING_ONE:
        cb_bits_set(w, q.at);
        break;
    case CB_POSTING_ALL:
        cb_bits_fill(w, p->doc_n);
        break;
    case CB_POSTING_MANY:
        cb_bits_or(w, set_at(p, q.at), p->word_n);
        break;
    case CB_POSTING_FEW:
        for (uint32_t i = 0; i < q.n; i++)
            cb_bits_set(w, p->few.v[q.at + i]);
        break;
    }
}

size_t cb_posting_count_in(const struct cb_pools *p, struct cb_posting q, const uint64_t *w)
{
    size_t n = 0;

    switch (cb_posting_kind(p, q.n)) {
    case CB_POSTING_NONE:
        break;
    case CB_POSTING_ONE:
        return cb_bits_get(w, q.at);
    case CB_POSTING_ALL:
        return cb_bits_count(w, p->word_n);
    case CB_POSTING_MANY:
        return cb_bits_count_and(w, set_at(p, q.at), p->word_n);
    case CB_POSTING_FEW:
        for (uint32_t i = 0; i < q.n; i++)
            n += cb_bits_get(w, p->few.v[q.at + i]);
        break;
    }
    return n;
}

uint32_t cb_posting_next(const struct cb_pools *p, struct cb_posting q, uint32_t *i)
{
    uint32_t d;

    switch (cb_posting_kind(p, q.n)) {
    case CB_POSTING_NONE:
        break;
    case CB_POSTING_ONE:
        return (*i)++ == 0 ? q.at : UINT32_MAX;
    case CB_POSTING_ALL:
        return *i < p->doc_n ? (*i)++ : UINT32_MAX;
    case CB_POSTING_MANY:
        d = cb_bits_next(set_at(p, q.at), p->doc_n, *i);
        *i = d + 1;
        return d < p->doc_n ? d : UINT32_MAX;
    case CB_POSTING_FEW:
        return *i < q.n ? p->few.v[q.at + (*i)++] : UINT32_MAX;
    }
    return UINT32_MAX;
}
