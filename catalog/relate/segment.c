#include "catalog/relate/segment.h"

#include <stdlib.h>

#include "catalog/entity/term.h"

#define RANK_CACHE_SHARE 8 /* ranks are kept for keys that at least one document in so many has */

struct cb_segment *cb_segment_ref(struct cb_segment *s)
{
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

void cb_segment_unref(struct cb_segment *s)
{
    if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < s->columns.n; i++) {
        cb_block_free(atomic_load(&s->columns.v[i].low), s->doc_n * sizeof(uint32_t));
        cb_block_free(atomic_load(&s->columns.v[i].high), s->doc_n * sizeof(uint32_t));
    }
    cb_block_free(s->docs, s->doc_n * sizeof(*s->docs));
    cb_block_free(s->ref_of, s->doc_n * sizeof(*s->ref_of));
    cb_pile_fini(&s->columns);
    cb_pile_fini(&s->values);
    cb_pools_fini(&s->pools);
    cb_adjacency_fini(&s->edges);
    for (size_t i = 0; i < s->blobs.all.n; i++)
        cb_blob_unref(s->blobs.all.v[i]);
    cb_pile_fini(&s->blobs.all);
    free(s);
}

cb_str cb_segment_id(const struct cb_segment *s, uint32_t doc)
{
    return cb_intern_text(s->names->refs, s->ref_of[doc]);
}

uint32_t cb_segment_at(const struct cb_segment *s, cb_str id)
{
    uint32_t low = 0, high = s->doc_n;

    while (low < high) {
        uint32_t mid = (low + high) / 2;

        if (cb_str_cmp(cb_segment_id(s, mid), id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

struct cb_column *cb_segment_column(const struct cb_segment *s, uint32_t key)
{
    size_t low = 0, high = s->columns.n;

    while (low < high) {
        size_t mid = (low + high) / 2;

        if (s->columns.v[mid].key < key)
            low = mid + 1;
        else
            high = mid;
    }
    return low < s->columns.n && s->columns.v[low].key == key ? &s->columns.v[low] : NULL;
}

static struct cb_view view_of(const struct cb_segment *s, struct cb_column *c)
{
    return (struct cb_view){.segment = s,
                            .column = c,
                            .pools = &s->pools,
                            .v = s->values.v + c->first,
                            .n = c->n,
                            .any = c->any,
                            .valued = c->valued,
                            .multi = c->multi};
}

static struct cb_column *column_of(const struct cb_segment *s, cb_str key)
{
    uint32_t id = cb_intern_find(s->names->keys, key);

    return id == CB_INTERN_NONE ? NULL : cb_segment_column(s, id);
}

/* Documents that have KEY as the row of an array item: for each "k.s", those listed in k with value s. */
static uint64_t *item_rows(const struct cb_segment *s, cb_str key, struct cb_arena *a)
{
    uint64_t *all = NULL, *some;

    for (size_t dot = 1; dot + 1 <= key.n; dot++) {
        struct cb_column *c;
        struct cb_view v;
        uint32_t at, end;

        if (key.p[dot] != '.' || !(c = column_of(s, (cb_str){key.p, dot})) || c->listed.n == 0)
            continue;
        v = view_of(s, c);
        at = cb_view_at(&v, (cb_str){key.p + dot + 1, key.n - dot - 1});
        if (at == v.n || cb_value_cmp_str(v.v[at].text, (cb_str){key.p + dot + 1, key.n - dot - 1}))
            continue;
        some = CB_NEW_N(a, uint64_t, s->pools.word_n);
        for (end = cb_view_end(&v, at); at < end; at++)
            cb_posting_or(v.pools, v.v[at].docs, some);
        if (c->listed.n < s->doc_n) {
            uint64_t *listed = CB_NEW_N(a, uint64_t, s->pools.word_n);

            cb_posting_or(v.pools, c->listed, listed);
            cb_bits_and(some, listed, s->pools.word_n);
        }
        if (all)
            cb_bits_or(all, some, s->pools.word_n);
        else
            all = some;
    }
    return all;
}

static void pools_fini(void *pools)
{
    cb_pools_fini(pools);
}

/* Value I of V at the end of TO, its documents copied. */
static uint32_t put_copy(struct cb_value *to, uint32_t n, struct cb_pools *pools,
                         const struct cb_view *v, uint32_t i)
{
    to[n] = (struct cb_value){v->v[i].text, cb_posting_copy(pools, v->pools, v->v[i].docs)};
    to[n].docs.same = n > 0 && cb_value_cmp(to[n - 1].text, to[n].text) == 0;
    return n + 1;
}

/* V with the rows of ROWS, value "true", added: in pools of its own. */
static void add_item_rows(struct cb_view *v, const struct cb_segment *s, uint64_t *rows,
                          struct cb_arena *a)
{
    struct cb_value *values = CB_NEW_N(a, struct cb_value, v->n + 1);
    struct cb_pools *pools = CB_NEW(a, struct cb_pools);
    uint64_t *bits = CB_NEW_N(a, uint64_t, s->pools.word_n);
    uint32_t at = 0, n = 0;
    bool known;

    cb_pools_init(pools, s->doc_n);
    cb_arena_defer(a, pools_fini, pools);
    /* Of the ways to write "true" the lower-case one comes last. */
    while (at < v->n && cb_value_cmp_str(v->v[at].text, CB_LIT("true")) <= 0)
        n = put_copy(values, n, pools, v, at++);
    known = at > 0 && cb_value_is(values[at - 1].text, CB_LIT("true"));
    if (v->n)
        cb_posting_or(v->pools, v->valued, bits);
    v->multi |= cb_bits_count_and(bits, rows, s->pools.word_n) > 0;
    cb_bits_or(bits, rows, s->pools.word_n);
    v->valued = cb_posting_from_bits(pools, bits);
    if (v->any.n)
        cb_posting_or(v->pools, v->any, bits);
    v->any = cb_posting_from_bits(pools, bits);
    if (known)
        cb_posting_or(pools, values[--n].docs, rows);
    values[n] = (struct cb_value){cb_value_make("true", 4, CB_VALUE_PLAIN),
                                  cb_posting_from_bits(pools, rows)};
    values[n].docs.same = n > 0 && cb_value_cmp(values[n - 1].text, values[n].text) == 0;
    n++;
    for (; at < v->n; at++)
        n = put_copy(values, n, pools, v, at);
    v->column = NULL;
    v->segment = s;
    v->pools = pools;
    v->v = values;
    v->n = n;
}

bool cb_segment_view(struct cb_view *out, const struct cb_segment *s, cb_str key,
                     struct cb_arena *a)
{
    struct cb_column *c;
    uint64_t *rows;

    *out = (struct cb_view){0};
    /* No row has such a key, and looking for all its parts would take a while. */
    if (key.n > CB_TERM_KEY_MAX)
        return false;
    c = column_of(s, key);
    rows = item_rows(s, key, a);
    if (c)
        *out = view_of(s, c);
    if (rows && cb_bits_any(rows, s->pools.word_n))
        add_item_rows(out, s, rows, a);
    return out->any.n > 0;
}

uint32_t cb_view_at(const struct cb_view *v, cb_str lower)
{
    uint32_t low = 0, high = v->n;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (cb_value_cmp_str(v->v[mid].text, lower) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

uint32_t cb_view_end(const struct cb_view *v, uint32_t at)
{
    do
        at++;
    while (at < v->n && v->v[at].docs.same);
    return at;
}

static void fill_ranks(const struct cb_view *v, bool greatest, uint32_t *ranks)
{
    uint32_t group = 0;

    memset(ranks, 0xff, v->segment->doc_n * sizeof(*ranks));
    for (uint32_t i = 0; i < v->n; i++) {
        uint32_t at = 0, d;

        if (!v->v[i].docs.same)
            group = i;
        while ((d = cb_posting_next(v->pools, v->v[i].docs, &at)) != UINT32_MAX)
            if (greatest || ranks[d] == CB_RANK_NONE)
                ranks[d] = group;
    }
}

const uint32_t *cb_view_ranks(const struct cb_view *v, bool greatest, struct cb_arena *a)
{
    size_t bytes = v->segment->doc_n * sizeof(uint32_t);
    _Atomic(uint32_t *) *kept = NULL;
    uint32_t *ranks, *first = NULL;

    greatest &= v->multi;
    if (v->column) {
        kept = greatest ? &v->column->high : &v->column->low;
        if ((ranks = atomic_load_explicit(kept, memory_order_acquire)))
            return ranks;
    }
    if (kept && (uint64_t)v->valued.n * RANK_CACHE_SHARE >= v->segment->doc_n &&
        atomic_fetch_add(&((struct cb_segment *)(uintptr_t)v->segment)->rank_n, 1) <
            CB_SEGMENT_RANK_MAX) {
        ranks = cb_block_new(bytes);
        fill_ranks(v, greatest, ranks);
        if (atomic_compare_exchange_strong(kept, &first, ranks))
            return ranks;
        cb_block_free(ranks, bytes);
        return first;
    }
    ranks = cb_arena_alloc(a, bytes);
    fill_ranks(v, greatest, ranks);
    return ranks;
}

size_t cb_segment_measure(const struct cb_segment *s)
{
    size_t bytes = sizeof(*s) + s->doc_n * (sizeof(*s->docs) + sizeof(*s->ref_of)) +
                   s->columns.cap * sizeof(*s->columns.v) + s->values.cap * sizeof(*s->values.v) +
                   s->pools.few.cap * sizeof(uint32_t) + s->pools.many.cap * sizeof(uint64_t) +
                   cb_adjacency_bytes(&s->edges);

    for (size_t i = 0; i < s->blobs.all.n; i++)
        bytes += s->blobs.all.v[i]->n;
    return bytes;
}
