#include "catalog/search/facet.h"

#include <stdlib.h>

#include "catalog/search/column.h"

struct tally {
    struct cb_facet_value *v;
    size_t n, cap;
};

static int by_value(const void *x, const void *y)
{
    const struct cb_facet_value *a = x, *b = y;

    return cb_str_cmp(a->value, b->value);
}

/* Sorted, each value once. Most dictionaries are in this order already. */
static void settle(struct cb_facet *out, struct tally *t, struct cb_arena *a)
{
    bool sorted = true;
    size_t n = 0;

    for (size_t i = 1; i < t->n && sorted; i++)
        sorted = by_value(&t->v[i - 1], &t->v[i]) <= 0;
    if (!sorted)
        qsort(t->v, t->n, sizeof(*t->v), by_value);
    for (size_t i = 0; i < t->n; i++) {
        if (n > 0 && cb_str_eq(t->v[n - 1].value, t->v[i].value))
            t->v[n - 1].n += t->v[i].n;
        else
            t->v[n++] = t->v[i];
    }
    out->n = n;
    out->values = CB_NEW_N(a, struct cb_facet_value, n ? n : 1);
    if (n)
        memcpy(out->values, t->v, n * sizeof(*t->v));
}

static size_t utf16_units(cb_str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80 ? 1 + ((unsigned char)s.p[i] >= 0xf0) : 0;
    return n;
}

static bool too_long(cb_str s)
{
    return s.n > CB_FACET_VALUE_MAX && utf16_units(s) > CB_FACET_VALUE_MAX;
}

static void tally_part(struct tally *t, const struct cb_snapshot *s, uint32_t p, cb_str key, const uint64_t *match,
                       struct cb_arena *a)
{
    const struct cb_part *part = &s->parts[p];
    bool whole = !match && part->live->n == part->segment->doc_n;
    const uint64_t *own = match ? match + s->word_at[p] : part->live->w;
    struct cb_view v;

    if (!cb_segment_view(&v, part->segment, key, a))
        return;
    for (uint32_t i = 0; i < v.n; i++) {
        size_t n = whole ? v.v[i].docs.n : cb_posting_count_in(v.pools, v.v[i].docs, own);
        cb_str text;

        if (n == 0 || too_long(text = cb_value_text_of(v.v[i].text, a)))
            continue;
        cb_pile_push(t, (struct cb_facet_value){text, n});
    }
}

struct ends {
    const struct cb_snapshot *s;
    const uint64_t *match; /* NULL: all */
    uint32_t *n;           /* by ref */
    CB_PILE(uint32_t) met;
};

static int count_end(cb_doc d, uint32_t other, void *ctx)
{
    struct ends *e = ctx;

    if (e->match && !cb_bits_get(e->match + e->s->word_at[d.segment], d.n))
        return 0;
    if (e->n[other]++ == 0)
        cb_pile_push(&e->met, other);
    return 0;
}

static void tally_relation(struct tally *t, const struct cb_snapshot *s, uint8_t type, const uint64_t *match)
{
    const struct cb_intern *refs = cb_snapshot_names(s)->refs;
    struct ends e = {.s = s, .match = match};

    e.n = calloc(cb_intern_n(refs) + 1, sizeof(*e.n));
    if (!e.n)
        abort();
    cb_snapshot_each_pair(s, type, count_end, &e);
    for (size_t i = 0; i < e.met.n; i++) {
        cb_str text = cb_intern_text(refs, e.met.v[i]);

        if (!too_long(text))
            cb_pile_push(t, (struct cb_facet_value){text, e.n[e.met.v[i]]});
    }
    free(e.n);
    cb_pile_fini(&e.met);
}

enum cb_code cb_facet_run(struct cb_facet *out, const struct cb_snapshot *s, const struct cb_filter *filter,
                          const cb_str *facets, size_t facet_n, struct cb_arena *a, struct cb_err *err)
{
    const uint64_t *match = filter && filter->op != CB_FILTER_ALL ? cb_filter_bits(filter, s, a) : NULL;
    struct tally t = {0};

    if (facet_n > CB_FACET_MAX)
        return cb_fail(err, CB_ELIMIT, "more than %d facets asked for at once", CB_FACET_MAX);
    for (size_t i = 0; i < facet_n; i++) {
        cb_str key = cb_arena_lower(a, facets[i]);
        int type;

        t.n = 0;
        if (cb_column_is_relation(key, &type)) {
            if (type >= 0)
                tally_relation(&t, s, (uint8_t)type, match);
        } else {
            for (uint32_t p = 0; p < s->part_n; p++)
                if (s->parts[p].segment)
                    tally_part(&t, s, p, key, match, a);
        }
        out[i].name = facets[i];
        settle(&out[i], &t, a);
    }
    cb_pile_fini(&t);
    return CB_OK;
}
