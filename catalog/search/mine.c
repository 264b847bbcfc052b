#include "catalog/search/mine.h"

#include <stdlib.h>

#include "catalog/search/column.h"
#include "catalog/search/facet.h"
#include "catalog/search/order.h"

/* The worst first; behind them those with nothing wrong. */
static const cb_str severities[] = {CB_LIT("error"), CB_LIT("warning"), CB_LIT("info"), CB_LIT("")};
#define CLEAN (CB_COUNT(severities) - 1)

/* The columns of a part that say what is wrong with its documents. */
struct look {
    bool made;
    struct cb_view severities, rules;
};

/* One question; words of all parts, as cb_filter_bits has them. */
struct ask {
    const struct cb_snapshot *s;
    struct cb_arena *a;
    struct look looks[CB_PART_MAX]; /* by part, made when the first one there is looked at */
    struct cb_filter *owned;
    uint64_t *standing[CB_COUNT(severities)]; /* owned, and this is their worst */
};

static struct cb_filter *in(struct cb_arena *a, const char *key, const cb_str *values, size_t n)
{
    struct cb_filter *f = cb_filter_term(a, CB_FILTER_IN, cb_str_cstr(key));

    f->value_n = n;
    f->values = CB_NEW_N(a, cb_str, n ? n : 1);
    for (size_t i = 0; i < n; i++)
        f->values[i] = cb_arena_lower(a, values[i]);
    return f;
}

/* Each of the owned stands where its worst problem is. */
static void sort_by_worst(struct ask *k)
{
    uint64_t *left = cb_filter_bits(k->owned, k->s, k->a);

    for (size_t i = 0; i < CLEAN; i++) {
        k->standing[i] = cb_filter_bits(in(k->a, "problems.severity", &severities[i], 1), k->s, k->a);
        cb_bits_and(k->standing[i], left, k->s->word_n);
        cb_bits_andnot(left, k->standing[i], k->s->word_n);
    }
    k->standing[CLEAN] = left;
}

static bool has(const struct cb_view *v, uint32_t i, const struct cb_mine_item *item)
{
    return cb_posting_has(v->pools, v->v[i].docs, item->doc.n);
}

static void look_at(struct cb_mine_item *item, struct ask *k)
{
    uint32_t part = item->doc.segment;
    struct look *look = &k->looks[part];
    cb_str *rules;

    if (!look->made) {
        cb_column_view(&look->severities, k->s, part, CB_LIT("problems.severity"), k->a);
        cb_column_view(&look->rules, k->s, part, CB_LIT("problems.rule"), k->a);
        look->made = true;
    }
    for (size_t i = 0; i < CLEAN && item->severity.n == 0; i++) {
        uint32_t at = cb_view_at(&look->severities, severities[i]);

        if (at < look->severities.n && cb_value_cmp_str(look->severities.v[at].text, severities[i]) == 0 &&
            has(&look->severities, at, item))
            item->severity = severities[i];
    }
    if (item->severity.n == 0)
        return;
    item->rules = rules = CB_NEW_N(k->a, cb_str, look->rules.n ? look->rules.n : 1);
    for (uint32_t i = 0; i < look->rules.n; i++)
        if (has(&look->rules, i, item))
            rules[item->rule_n++] = cb_value_text_of(look->rules.v[i].text, k->a);
}

void cb_mine_look(struct cb_mine_item *items, size_t n, const struct cb_snapshot *s, struct cb_arena *a)
{
    struct ask *k = CB_NEW(a, struct ask);

    k->s = s;
    k->a = a;
    for (size_t i = 0; i < n; i++)
        look_at(&items[i], k);
}

static void fill_kind(struct cb_mine_kind *kind, struct ask *k, size_t limit)
{
    static const struct cb_order by_name = {.field = CB_LIT("metadata.name")};
    uint64_t *of_kind = cb_filter_bits(in(k->a, "kind", &kind->kind, 1), k->s, k->a);
    size_t room = kind->total < limit ? kind->total : limit;

    kind->items = CB_NEW_N(k->a, struct cb_mine_item, room ? room : 1);
    kind->worst = CLEAN;
    for (size_t i = 0; i < CB_COUNT(severities); i++) {
        uint64_t *here = CB_NEW_N(k->a, uint64_t, k->s->word_n + 1);
        struct cb_order_run *run;
        size_t n;

        memcpy(here, of_kind, k->s->word_n * sizeof(*here));
        cb_bits_and(here, k->standing[i], k->s->word_n);
        if ((n = cb_bits_count(here, k->s->word_n)) == 0)
            continue;
        if (i < CLEAN)
            kind->troubled += n;
        if (i < kind->worst)
            kind->worst = i;
        run = cb_order_start(k->a, k->s, here, &by_name, 1, false, NULL);
        while (kind->n < room && cb_order_next(run, &kind->items[kind->n].doc)) {
            struct cb_mine_item *item = &kind->items[kind->n++];

            if (i < CLEAN)
                look_at(item, k);
        }
    }
}

static int by_worst(const void *x, const void *y)
{
    const struct cb_mine_kind *a = x, *b = y;

    if (a->worst != b->worst)
        return a->worst < b->worst ? -1 : 1;
    if (a->total != b->total)
        return a->total > b->total ? -1 : 1;
    return cb_str_cmp(a->kind, b->kind);
}

void cb_mine_run(struct cb_mine *out, const struct cb_snapshot *s, const cb_str *owners, size_t owner_n, size_t limit,
                 struct cb_arena *a)
{
    static const cb_str key = CB_LIT("kind");
    struct ask *k = CB_NEW(a, struct ask);
    struct cb_facet kinds = {0};

    *out = (struct cb_mine){0};
    k->s = s;
    k->a = a;
    k->owned = in(a, "relations.ownedBy", owners, owner_n);
    sort_by_worst(k);
    if (cb_facet_run(&kinds, s, k->owned, &key, 1, a, NULL) != CB_OK)
        return; /* one facet is never too many */
    out->kinds = CB_NEW_N(a, struct cb_mine_kind, kinds.n ? kinds.n : 1);
    for (size_t i = 0; i < kinds.n; i++) {
        struct cb_mine_kind *kind = &out->kinds[out->n++];

        kind->kind = kinds.values[i].value;
        kind->total = kinds.values[i].n;
        fill_kind(kind, k, limit);
        out->total += kind->total;
        out->troubled += kind->troubled;
    }
    if (out->n > 1)
        qsort(out->kinds, out->n, sizeof(*out->kinds), by_worst);
}
