#include "catalog/search/column.h"

#include <stdlib.h>
#include <string.h>

#define RELATIONS "relations."
#define PROBLEMS "problems"
#define HEALTH "health"
#define ORPHAN "metadata.annotations.backstage.io/orphan"

bool cb_column_is_relation(cb_str key, int *type)
{
    *type = -1;
    if (!cb_str_starts(key, CB_LIT(RELATIONS)))
        return false;
    *type = cb_relation_find(cb_str_sub(key, sizeof(RELATIONS) - 1, key.n), true);
    return true;
}

bool cb_column_is_problem(cb_str key)
{
    return cb_str_eq(key, CB_LIT(HEALTH)) || cb_str_eq(key, CB_LIT(PROBLEMS)) || cb_str_eq(key, CB_LIT(PROBLEMS ".rule")) || cb_str_eq(key, CB_LIT(PROBLEMS ".severity"));
}

struct pair {
    uint32_t other, doc;
};

/* Documents of a part, each with the id of a text: a value of the column. */
struct pairs {
    const struct cb_intern *texts;
    CB_PILE(struct pair) all;
};

static int take_pair(cb_doc d, uint32_t other, void *ctx)
{
    struct pairs *p = ctx;

    cb_pile_push(&p->all, (struct pair){other, d.n});
    return 0;
}

static int by_text(const void *x, const void *y, void *texts)
{
    const struct pair *a = x, *b = y;

    if (a->other != b->other)
        return cb_str_cmp(cb_intern_text(texts, a->other), cb_intern_text(texts, b->other));
    return a->doc < b->doc ? -1 : a->doc > b->doc;
}

static void pools_fini(void *pools)
{
    cb_pools_fini(pools);
}

/* A dictionary of the texts, such as refs of the other ends of relations, each with its documents; a pair may come twice. */
static void make_values(struct cb_view *out, struct pairs *p, const struct cb_segment *g,
                        struct cb_arena *a)
{
    struct cb_value *values = CB_NEW_N(a, struct cb_value, p->all.n);
    struct cb_pools *pools = CB_NEW(a, struct cb_pools);
    uint64_t *bits = CB_NEW_N(a, uint64_t, g->pools.word_n);
    uint32_t *docs = CB_NEW_N(a, uint32_t, p->all.n), n = 0;
    size_t pair_n = 0;

    if (p->all.n > 1)
        qsort_r(p->all.v, p->all.n, sizeof(struct pair), by_text, (void *)(uintptr_t)p->texts);

    cb_pools_init(pools, g->doc_n);
    cb_arena_defer(a, pools_fini, pools);
    for (size_t i = 0, end; i < p->all.n; i = end) {
        cb_str text = cb_intern_text(p->texts, p->all.v[i].other);
        uint32_t doc_n = 0;

        for (end = i; end < p->all.n && p->all.v[end].other == p->all.v[i].other; end++) {
            if (doc_n > 0 && docs[doc_n - 1] == p->all.v[end].doc)
                continue;
            docs[doc_n++] = p->all.v[end].doc;
            cb_bits_set(bits, p->all.v[end].doc);
        }
        pair_n += doc_n;
        values[n++] = (struct cb_value){cb_value_make(text.p, text.n, CB_VALUE_PLAIN),
                                        cb_posting_from_docs(pools, docs, doc_n)};
    }
    *out = (struct cb_view){.segment = g, .pools = pools, .v = values, .n = n};
    out->any = out->valued = cb_posting_from_bits(pools, bits);
    out->multi = pair_n > out->valued.n;
}

static bool relation_view(struct cb_view *out, const struct cb_snapshot *s, uint32_t part,
                          uint8_t type, struct cb_arena *a)
{
    struct pairs p = {.texts = cb_snapshot_names(s)->refs};

    cb_snapshot_each_pair(s, part, type, take_pair, &p);
    if (p.all.n > 0)
        make_values(out, &p, s->parts[part].segment, a);
    cb_pile_fini(&p.all);
    return out->n > 0;
}

static bool problem_view(struct cb_view *out, const struct cb_snapshot *s, uint32_t part, cb_str key,
                         struct cb_arena *a)
{
    const struct cb_names *names = cb_snapshot_names(s);
    const struct cb_segment *g = s->parts[part].segment;
    const uint64_t *dangling = cb_snapshot_dangling(s) + s->word_at[part], *live = s->parts[part].live->w;
    bool severity = cb_str_ends(key, CB_LIT(".severity"));
    struct pairs p = {.texts = names->keys};

    for (size_t i = 0; s->faults && i < s->faults->n; i++) {
        const struct cb_fault *f = &s->faults->v[i];
        cb_doc d = cb_snapshot_where(s, f->ref);

        if (d.segment == part)
            cb_pile_push(&p.all, (struct pair){severity ? f->severity : f->rule, d.n});
    }
    for (uint32_t d = cb_bits_next(dangling, g->doc_n, 0); d < g->doc_n; d = cb_bits_next(dangling, g->doc_n, d + 1))
        if (cb_bits_get(live, d))
            cb_pile_push(&p.all, (struct pair){severity ? names->warning : names->dangling, d});
    if (p.all.n > 0)
        make_values(out, &p, g, a);
    cb_pile_fini(&p.all);
    if (key.n == sizeof(PROBLEMS) - 1) { /* they are there, and have no value of their own */
        out->n = 0;
        out->valued = (struct cb_posting){0};
        out->multi = false;
    }
    return out->any.n > 0;
}

/* Adds to BITS the documents that have VALUE. */
static void add_having(uint64_t *bits, const struct cb_view *v, cb_str value)
{
    uint32_t at = cb_view_at(v, value), end = at < v->n ? cb_view_end(v, at) : at;

    for (; at < end; at++)
        if (cb_value_cmp_str(v->v[at].text, value) == 0)
            cb_posting_or(v->pools, v->v[at].docs, bits);
}

/* In the order of their words. */
enum health { BAD, LOST, TROUBLED, DOUBTFUL, WELL, HEALTHS };

/* What problems, and the lack of a location, make of an entity: each has one of these at least. */
static bool health_view(struct cb_view *out, const struct cb_snapshot *s, uint32_t part, struct cb_arena *a)
{
    static const cb_str words[HEALTHS] = {CB_LIT("error"), CB_LIT("orphan"), CB_LIT("problems"), CB_LIT("warning"), CB_LIT("well")};
    const struct cb_segment *g = s->parts[part].segment;
    uint32_t word_n = g->pools.word_n, n = 0;
    struct cb_value *values = CB_NEW_N(a, struct cb_value, HEALTHS);
    struct cb_pools *pools = CB_NEW(a, struct cb_pools);
    uint64_t *bits[HEALTHS];
    struct cb_view view = {0};

    for (size_t i = 0; i < HEALTHS; i++)
        bits[i] = CB_NEW_N(a, uint64_t, word_n + 1);
    if (problem_view(&view, s, part, CB_LIT(PROBLEMS ".severity"), a)) {
        add_having(bits[BAD], &view, words[BAD]);
        add_having(bits[DOUBTFUL], &view, words[DOUBTFUL]);
        cb_posting_or(view.pools, view.any, bits[TROUBLED]);
    }
    view = (struct cb_view){0};
    if (cb_segment_view(&view, g, CB_LIT(ORPHAN), a))
        add_having(bits[LOST], &view, CB_LIT("true"));
    memcpy(bits[WELL], s->parts[part].live->w, word_n * sizeof(uint64_t));
    cb_bits_andnot(bits[WELL], bits[TROUBLED], word_n);
    cb_bits_andnot(bits[WELL], bits[LOST], word_n);

    cb_pools_init(pools, g->doc_n);
    cb_arena_defer(a, pools_fini, pools);
    for (size_t i = 0; i < HEALTHS; i++)
        if (cb_bits_any(bits[i], word_n))
            values[n++] = (struct cb_value){cb_value_make(words[i].p, words[i].n, CB_VALUE_PLAIN),
                                            cb_posting_from_bits(pools, bits[i])};
    cb_bits_or(bits[WELL], bits[TROUBLED], word_n);
    cb_bits_or(bits[WELL], bits[LOST], word_n);
    *out = (struct cb_view){.segment = g, .pools = pools, .v = values, .n = n, .multi = true};
    out->any = out->valued = cb_posting_from_bits(pools, bits[WELL]);
    return n > 0;
}

bool cb_column_view(struct cb_view *out, const struct cb_snapshot *s, uint32_t part, cb_str key,
                    struct cb_arena *a)
{
    int type;

    *out = (struct cb_view){0};
    if (cb_str_eq(key, CB_LIT(HEALTH)))
        return health_view(out, s, part, a);
    if (cb_column_is_problem(key))
        return problem_view(out, s, part, key, a);
    if (!cb_column_is_relation(key, &type))
        return cb_segment_view(out, s->parts[part].segment, key, a);
    return type >= 0 && relation_view(out, s, part, (uint8_t)type, a);
}
