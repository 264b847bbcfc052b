#include "catalog/search/column.h"

#include <stdlib.h>

#define RELATIONS "relations."

bool cb_column_is_relation(cb_str key, int *type)
{
    *type = -1;
    if (!cb_str_starts(key, CB_LIT(RELATIONS)))
        return false;
    *type = cb_relation_find(cb_str_sub(key, sizeof(RELATIONS) - 1, key.n), true);
    return true;
}

struct pair {
    uint32_t other, doc;
};

struct pairs {
    const struct cb_names *names;
    uint32_t part;
    CB_PILE(struct pair) all;
};

static int take_pair(cb_doc d, uint32_t other, void *ctx)
{
    struct pairs *p = ctx;

    if (d.segment == p->part)
        cb_pile_push(&p->all, (struct pair){other, d.n});
    return 0;
}

static int by_text(const void *x, const void *y, void *names)
{
    const struct pair *a = x, *b = y;
    const struct cb_names *n = names;

    if (a->other != b->other)
        return cb_str_cmp(cb_intern_text(n->refs, a->other), cb_intern_text(n->refs, b->other));
    return a->doc < b->doc ? -1 : a->doc > b->doc;
}

static void pools_fini(void *pools)
{
    cb_pools_fini(pools);
}

/* A dictionary of the other ends of relations: their refs, each with the documents that see them. */
static void make_values(struct cb_view *out, struct pairs *p, const struct cb_segment *g,
                        struct cb_arena *a)
{
    struct cb_value *values = CB_NEW_N(a, struct cb_value, p->all.n);
    struct cb_pools *pools = CB_NEW(a, struct cb_pools);
    uint64_t *bits = CB_NEW_N(a, uint64_t, g->pools.word_n);
    uint32_t *docs = CB_NEW_N(a, uint32_t, p->all.n), n = 0;

    cb_pools_init(pools, g->doc_n);
    cb_arena_defer(a, pools_fini, pools);
    for (size_t i = 0, end; i < p->all.n; i = end) {
        cb_str text = cb_intern_text(p->names->refs, p->all.v[i].other);

        for (end = i; end < p->all.n && p->all.v[end].other == p->all.v[i].other; end++) {
            docs[end - i] = p->all.v[end].doc;
            cb_bits_set(bits, p->all.v[end].doc);
        }
        values[n++] = (struct cb_value){cb_value_make(text.p, text.n, CB_VALUE_PLAIN),
                                        cb_posting_from_docs(pools, docs, (uint32_t)(end - i))};
    }
    *out = (struct cb_view){.segment = g, .pools = pools, .v = values, .n = n};
    out->any = out->valued = cb_posting_from_bits(pools, bits);
    out->multi = p->all.n > out->valued.n;
}

static bool relation_view(struct cb_view *out, const struct cb_snapshot *s, uint32_t part,
                          uint8_t type, struct cb_arena *a)
{
    struct pairs p = {.names = cb_snapshot_names(s), .part = part};

    cb_snapshot_each_pair(s, type, take_pair, &p);
    if (p.all.n > 0) {
        qsort_r(p.all.v, p.all.n, sizeof(struct pair), by_text, (void *)(uintptr_t)p.names);
        make_values(out, &p, s->parts[part].segment, a);
    }
    cb_pile_fini(&p.all);
    return out->n > 0;
}

bool cb_column_view(struct cb_view *out, const struct cb_snapshot *s, uint32_t part, cb_str key,
                    struct cb_arena *a)
{
    int type;

    *out = (struct cb_view){0};
    if (!cb_column_is_relation(key, &type))
        return cb_segment_view(out, s->parts[part].segment, key, a);
    return type >= 0 && relation_view(out, s, part, (uint8_t)type, a);
}
