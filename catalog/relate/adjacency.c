#include "catalog/relate/adjacency.h"

#include <stdlib.h>

#define DIRECT_SPREAD 4 /* places of the direct index a target may cost */

struct edge {
    uint32_t ref, doc;
    uint8_t type, rank;
};

static int by_type_text(const void *x, const void *y, void *names)
{
    const struct edge *a = x, *b = y;
    const struct cb_names *n = names;

    if (a->rank != b->rank)
        return a->rank - b->rank;
    if (a->ref == b->ref)
        return 0;
    return cb_str_cmp(cb_intern_text(n->refs, a->ref), cb_intern_text(n->refs, b->ref));
}

static void sort_edges(struct edge *e, uint32_t n, const struct cb_names *names)
{
    if (n > 24) {
        qsort_r(e, n, sizeof(*e), by_type_text, (void *)(uintptr_t)names);
        return;
    }
    for (uint32_t i = 1; i < n; i++) {
        struct edge x = e[i];
        uint32_t k = i;

        for (; k > 0 && by_type_text(&e[k - 1], &x, (void *)(uintptr_t)names) > 0; k--)
            e[k] = e[k - 1];
        e[k] = x;
    }
}

/* One document's edges sorted and unique at the end of A's arrays. */
static void put_document(struct cb_adjacency *a, struct edge *e, uint32_t n,
                         const struct cb_names *names)
{
    sort_edges(e, n, names);
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0 && e[i].ref == e[i - 1].ref && e[i].type == e[i - 1].type)
            continue;
        a->out_ref[a->edge_n] = e[i].ref;
        a->type_n[e[i].type]++;
        a->out_type[a->edge_n++] = e[i].type;
    }
}

static void build_out(struct cb_adjacency *a, const struct cb_names *names, const uint32_t *out_at,
                      const uint32_t *ref, const uint8_t *type)
{
    CB_PILE(struct edge) edges = {0};

    for (uint32_t d = 0; d < a->doc_n; d++) {
        uint32_t n = out_at[d + 1] - out_at[d];

        edges.n = 0;
        for (uint32_t i = out_at[d]; i < out_at[d + 1]; i++)
            cb_pile_push(&edges, (struct edge){ref[i], d, type[i], names->rank[type[i]]});
        a->out_at[d] = a->edge_n;
        if (n > 0)
            put_document(a, edges.v, n, names);
    }
    a->out_at[a->doc_n] = a->edge_n;
    cb_pile_fini(&edges);
}

static int by_target(const void *x, const void *y)
{
    const struct edge *a = x, *b = y;

    if (a->ref != b->ref)
        return a->ref < b->ref ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank - b->rank;
    return a->doc < b->doc ? -1 : a->doc > b->doc;
}

/* Stable passes: by rank first, then by target; document order stays within both. */
static void sort_by_target(struct edge *e, uint32_t n, uint32_t base, uint32_t span)
{
    size_t at_bytes = ((size_t)span + 1) * sizeof(uint32_t), bytes = (size_t)n * sizeof(*e);
    uint32_t rank_at[CB_NAMES_TYPE_MAX + 1] = {0};
    struct edge *other;
    uint32_t *at;

    if ((uint64_t)span > (uint64_t)n * 8 + 1024) {
        if (n > 1)
            qsort(e, n, sizeof(*e), by_target);
        return;
    }
    other = cb_block_new(bytes);
    at = cb_block_new(at_bytes);
    for (uint32_t i = 0; i < n; i++)
        rank_at[e[i].rank + 1]++;
    for (uint32_t i = 0; i < CB_NAMES_TYPE_MAX; i++)
        rank_at[i + 1] += rank_at[i];
    for (uint32_t i = 0; i < n; i++)
        other[rank_at[e[i].rank]++] = e[i];
    memset(at, 0, at_bytes);
    for (uint32_t i = 0; i < n; i++)
        at[e[i].ref - base + 1]++;
    for (uint32_t i = 0; i < span; i++)
        at[i + 1] += at[i];
    for (uint32_t i = 0; i < n; i++)
        e[at[other[i].ref - base]++] = other[i];
    cb_block_free(at, at_bytes);
    cb_block_free(other, bytes);
}

static void build_in(struct cb_adjacency *a, const struct cb_names *names)
{
    size_t bytes = (size_t)a->edge_n * sizeof(struct edge);
    struct edge *e = cb_block_new(bytes);
    uint32_t low = UINT32_MAX, high = 0, k = 0;

    for (uint32_t d = 0; d < a->doc_n; d++)
        for (uint32_t i = a->out_at[d]; i < a->out_at[d + 1]; i++) {
            uint8_t type = a->out_type[i];

            e[i] = (struct edge){a->out_ref[i], d, type, names->rank[cb_relations[type].inverse]};
            low = e[i].ref < low ? e[i].ref : low;
            high = e[i].ref > high ? e[i].ref : high;
        }
    sort_by_target(e, a->edge_n, low, a->edge_n ? high - low + 1 : 0);
    for (uint32_t i = 0; i < a->edge_n; i++)
        a->target_n += i == 0 || e[i].ref != e[i - 1].ref;
    a->target = cb_block_new(a->target_n * sizeof(uint32_t));
    a->in_at = cb_block_new((a->target_n + 1) * sizeof(uint32_t));
    a->in_doc = cb_block_new(a->edge_n * sizeof(uint32_t));
    a->in_type = cb_block_new(a->edge_n);
    for (uint32_t i = 0; i < a->edge_n; i++) {
        if (i == 0 || e[i].ref != e[i - 1].ref) {
            a->target[k] = e[i].ref;
            a->in_at[k++] = i;
        }
        a->in_doc[i] = e[i].doc;
        a->in_type[i] = e[i].type;
    }
    a->in_at[k] = a->edge_n;
    cb_block_free(e, bytes);
}

static void build_direct(struct cb_adjacency *a)
{
    uint32_t span;

    if (a->target_n < 64)
        return;
    a->direct_base = a->target[0];
    span = a->target[a->target_n - 1] - a->direct_base + 1;
    if (span / DIRECT_SPREAD > a->target_n)
        return;
    a->direct_n = span;
    a->direct = cb_block_new((size_t)span * sizeof(uint32_t));
    memset(a->direct, 0, (size_t)span * sizeof(uint32_t));
    for (uint32_t i = 0; i < a->target_n; i++)
        a->direct[a->target[i] - a->direct_base] = i + 1;
}

void cb_adjacency_init(struct cb_adjacency *a, const struct cb_names *names, uint32_t doc_n,
                       const uint32_t *out_at, const uint32_t *ref, const uint8_t *type)
{
    uint32_t most = out_at[doc_n];

    *a = (struct cb_adjacency){.doc_n = doc_n};
    a->out_at = cb_block_new((doc_n + 1) * sizeof(uint32_t));
    a->out_ref = cb_block_new(most * sizeof(uint32_t));
    a->out_type = cb_block_new(most);
    build_out(a, names, out_at, ref, type);
    a->out_ref = cb_block_resize(a->out_ref, most * sizeof(uint32_t), a->edge_n * sizeof(uint32_t));
    a->out_type = cb_block_resize(a->out_type, most, a->edge_n);
    build_in(a, names);
    build_direct(a);
}

void cb_adjacency_fini(struct cb_adjacency *a)
{
    cb_block_free(a->out_at, (a->doc_n + 1) * sizeof(uint32_t));
    cb_block_free(a->out_ref, a->edge_n * sizeof(uint32_t));
    cb_block_free(a->out_type, a->edge_n);
    cb_block_free(a->target, a->target_n * sizeof(uint32_t));
    cb_block_free(a->in_at, (a->target_n + 1) * sizeof(uint32_t));
    cb_block_free(a->in_doc, a->edge_n * sizeof(uint32_t));
    cb_block_free(a->in_type, a->edge_n);
    cb_block_free(a->direct, (size_t)a->direct_n * sizeof(uint32_t));
}

size_t cb_adjacency_bytes(const struct cb_adjacency *a)
{
    return ((size_t)a->doc_n + a->target_n * 2 + a->edge_n * 2 + a->direct_n) * sizeof(uint32_t) +
           a->edge_n * 2;
}

uint32_t cb_adjacency_target(const struct cb_adjacency *a, uint32_t ref)
{
    uint32_t low = 0, high = a->target_n;

    if (a->direct)
        return ref - a->direct_base < a->direct_n ? a->direct[ref - a->direct_base] - 1
                                                  : UINT32_MAX;
    while (low < high) {
        uint32_t mid = (low + high) / 2;

        if (a->target[mid] < ref)
            low = mid + 1;
        else
            high = mid;
    }
    return low < a->target_n && a->target[low] == ref ? low : UINT32_MAX;
}
