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

static void tally_part(struct tally *t, const struct cb_snapshot *s, uint32_t p, cb_str key,
                       const uint64_t *match, struct cb_arena *a)
{
    const struct cb_part *part = &s->parts[p];
    bool whole = !match && part->live->n == part->segment->doc_n;
    const uint64_t *own = match ? match + s->word_at[p] : part->live->w;
    struct cb_view v;

    if (!cb_column_view(&v, s, p, key, a))
        return;
    for (uint32_t i = 0; i < v.n; i++) {
        size_t n = whole ? v.v[i].docs.n : cb_posting_count_in(v.pools, v.v[i].docs, own);
        cb_str text;

        if (n == 0 || too_long(text = cb_value_text_of(v.v[i].text, a)))
            continue;
        cb_pile_push(t, (struct cb_facet_value){text, n});
    }
}

/* A ref and where it stands in the order of texts, as far as the biggest part's documents tell. */
struct end {
    uint64_t place;
    uint32_t ref;
};

static int by_place(const void *x, const void *y)
{
    const struct end *a = x, *b = y;

    return a->place < b->place ? -1 : a->place > b->place;
}

static uint32_t biggest_part(const struct cb_snapshot *s)
{
    uint32_t best = 0;

    for (uint32_t p = 1; p < s->part_n; p++)
        if (s->parts[p].segment &&
            (!s->parts[best].segment || s->parts[p].segment->doc_n > s->parts[best].segment->doc_n))
            best = p;
    return best;
}

/* Documents are in order of their ids: most refs are sorted by a number, the rest stands between two. */
static void sort_ends(struct end *ends, size_t n, const struct cb_snapshot *s)
{
    const struct cb_intern *refs = cb_snapshot_names(s)->refs;
    uint32_t p = s->part_n ? biggest_part(s) : 0;

    for (size_t i = 0; i < n; i++) {
        cb_doc d = cb_snapshot_where(s, ends[i].ref);

        ends[i].place =
            d.segment == p
                ? (uint64_t)d.n * 2 + 1
                : (uint64_t)cb_segment_at(s->parts[p].segment, cb_intern_text(refs, ends[i].ref)) *
                      2;
    }
    qsort(ends, n, sizeof(*ends), by_place);
}

static void tally_relation(struct tally *t, const struct cb_snapshot *s, uint8_t type,
                           const uint64_t *match, struct cb_arena *a)
{
    const struct cb_intern *refs = cb_snapshot_names(s)->refs;
    uint32_t *n = calloc(cb_intern_n(refs) + 1, sizeof(*n));
    struct cb_ref_pile met = {0};
    struct end *ends;

    if (!n)
        abort();
    cb_snapshot_count_ends(s, type, match ? match : cb_filter_bits(NULL, s, a), n, &met);
    ends = CB_NEW_N(a, struct end, met.n + 1);
    for (size_t i = 0; i < met.n; i++)
        ends[i].ref = met.v[i];
    if (met.n > 0)
        sort_ends(ends, met.n, s);
    for (size_t i = 0; i < met.n; i++) {
        cb_str text = cb_intern_text(refs, ends[i].ref);

        if (!too_long(text))
            cb_pile_push(t, (struct cb_facet_value){text, n[ends[i].ref]});
    }
    free(n);
    cb_pile_fini(&met);
}

enum cb_code cb_facet_run(struct cb_facet *out, const struct cb_snapshot *s,
                          const struct cb_filter *filter, const cb_str *facets, size_t facet_n,
                          struct cb_arena *a, struct cb_err *err)
{
    const uint64_t *match =
        filter && filter->op != CB_FILTER_ALL ? cb_filter_bits(filter, s, a) : NULL;
    struct tally t = {0};

    if (facet_n > CB_FACET_MAX)
        return cb_fail(err, CB_ELIMIT, "more than %d facets asked for at once", CB_FACET_MAX);
    for (size_t i = 0; i < facet_n; i++) {
        cb_str key = cb_arena_lower(a, facets[i]);
        int type;

        t.n = 0;
        if (cb_column_is_relation(key, &type)) {
            if (type >= 0)
                tally_relation(&t, s, (uint8_t)type, match, a);
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
