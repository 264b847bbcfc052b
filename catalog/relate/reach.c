#include "catalog/relate/reach.h"

#include <stdlib.h>

#include "catalog/relate/link.h"

#define FEW 48          /* refs that are sorted by comparing texts */
#define LOOK_EVERY 4096 /* refs between two looks at the deadline */
#define BIT(type) (UINT64_C(1) << (type))

/* Of each pair, the type as seen from what fails. */
static const uint8_t carries[] = {
    CB_RELATION_OWNER_OF,         CB_RELATION_PART_OF,       CB_RELATION_PROVIDES_API,
    CB_RELATION_CONSUMES_API + 1, CB_RELATION_DEPENDENCY_OF, CB_RELATION_MEMBER_OF,
    CB_RELATION_CHILD_OF,
};

uint64_t cb_reach_usual(void)
{
    return UINT64_C(3) << CB_RELATION_DEPENDS_ON | UINT64_C(3) << CB_RELATION_CONSUMES_API |
           UINT64_C(3) << CB_RELATION_PROVIDES_API;
}

uint64_t cb_reach_types(uint64_t pairs, bool needs)
{
    uint64_t types = 0;

    for (size_t i = 0; i < CB_COUNT(carries); i++)
        if (pairs & (BIT(carries[i]) | BIT(cb_relations[carries[i]].inverse)))
            types |= BIT(needs ? cb_relations[carries[i]].inverse : carries[i]);
    return types;
}

uint64_t cb_reach_inverse(uint64_t types)
{
    uint64_t other = 0;

    for (size_t i = 0; i < cb_relation_n; i++)
        if (types & BIT(i))
            other |= BIT(cb_relations[i].inverse);
    return other;
}

/* ---- order */

static int by_text(const void *x, const void *y, void *names)
{
    const uint32_t *a = x, *b = y;
    const struct cb_names *n = names;

    return *a == *b ? 0 : cb_str_cmp(cb_intern_text(n->refs, *a), cb_intern_text(n->refs, *b));
}

static void sort_few(const struct cb_names *names, uint32_t *refs, size_t n)
{
    if (n > 1)
        qsort_r(refs, n, sizeof(*refs), by_text, (void *)(uintptr_t)names);
}

/* One ascending row of refs: documents of a part that are wanted, or those that are nowhere. */
struct row {
    const uint64_t *w; /* NULL: of refs */
    const struct cb_segment *g;
    const uint32_t *refs;
    uint32_t at, n, ref;
};

static bool row_next(struct row *r)
{
    if (!r->w) {
        if (r->at >= r->n)
            return false;
        r->ref = r->refs[r->at++];
        return true;
    }
    r->at = cb_bits_next(r->w, r->n, r->at);
    if (r->at >= r->n)
        return false;
    r->ref = r->g->ref_of[r->at++];
    return true;
}

static void merge_rows(const struct cb_names *names, struct row *rows, size_t row_n, uint32_t *refs)
{
    size_t n = 0;

    while (row_n > 1) {
        size_t least = 0;

        for (size_t i = 1; i < row_n; i++)
            if (by_text(&rows[i].ref, &rows[least].ref, (void *)(uintptr_t)names) < 0)
                least = i;
        refs[n++] = rows[least].ref;
        if (!row_next(&rows[least]))
            rows[least] = rows[--row_n];
    }
    if (row_n == 1)
        do
            refs[n++] = rows[0].ref;
        while (row_next(&rows[0]));
}

void cb_refs_sort(const struct cb_snapshot *s, uint32_t *refs, size_t n, struct cb_arena *a)
{
    const struct cb_names *names = cb_snapshot_names(s);
    struct row rows[CB_PART_MAX + 1];
    size_t nowhere_n = 0, row_n = 0;
    uint32_t *nowhere;
    uint64_t *w;

    if (n <= FEW || n < s->word_n / 16) {
        sort_few(names, refs, n);
        return;
    }
    w = CB_NEW_N(a, uint64_t, s->word_n);
    nowhere = cb_arena_alloc(a, n * sizeof(*nowhere));
    for (size_t i = 0; i < n; i++) {
        cb_doc d = cb_snapshot_where(s, refs[i]);

        if (d.segment == CB_DOC_NONE)
            nowhere[nowhere_n++] = refs[i];
        else
            cb_bits_set(w + s->word_at[d.segment], d.n);
    }
    sort_few(names, nowhere, nowhere_n);
    rows[row_n] = (struct row){.refs = nowhere, .n = (uint32_t)nowhere_n};
    row_n += row_next(&rows[row_n]);
    for (uint32_t p = 0; p < s->part_n; p++) {
        const struct cb_segment *g = s->parts[p].segment;

        if (!g)
            continue;
        rows[row_n] = (struct row){.w = w + s->word_at[p], .g = g, .n = g->doc_n};
        row_n += row_next(&rows[row_n]);
    }
    merge_rows(names, rows, row_n, refs);
}

/* ---- the walk */

enum cb_code cb_ref_of(uint32_t *out, const struct cb_snapshot *s, cb_str id, struct cb_err *err)
{
    uint32_t ref = cb_intern_find(cb_snapshot_names(s)->refs, id);

    if (ref == CB_INTERN_NONE || cb_snapshot_where(s, ref).segment == CB_DOC_NONE)
        return cb_fail(err, CB_ENOTFOUND, "No entity with ref %" CB_FMT " in the catalog",
                       CB_ARG(id));
    *out = ref;
    return CB_OK;
}

static void expand(struct cb_reach *r, const struct cb_snapshot *s, uint32_t ref, uint64_t types,
                   uint32_t hop)
{
    struct cb_link_run run;

    if (cb_snapshot_where(s, ref).segment == CB_DOC_NONE)
        return;
    for (cb_link_start(&run, s, ref, types); cb_link_next(&run);) {
        if (cb_bits_get(r->seen, run.ref))
            continue;
        cb_bits_set(r->seen, run.ref);
        r->via[run.ref] = ref;
        r->type[run.ref] = run.type;
        r->hop[run.ref] = (uint8_t)hop;
        r->refs[r->n++] = run.ref;
    }
}

static bool goes_on(const struct cb_reach *r, const struct cb_snapshot *s, uint64_t types,
                    const struct cb_stop *stop)
{
    struct cb_link_run run;

    for (size_t i = r->hop_at[r->hop_n]; i < r->n; i++) {
        if (i % LOOK_EVERY == 0 && cb_stop_now(stop))
            return true;
        if (cb_snapshot_where(s, r->refs[i]).segment == CB_DOC_NONE)
            continue;
        for (cb_link_start(&run, s, r->refs[i], types); cb_link_next(&run);)
            if (!cb_bits_get(r->seen, run.ref))
                return true;
    }
    return false;
}

enum cb_code cb_reach_from(struct cb_reach *out, const struct cb_snapshot *s, uint32_t from,
                           uint64_t types, uint32_t hop_max, uint32_t until,
                           const struct cb_stop *stop, struct cb_arena *a, struct cb_err *err)
{
    size_t ref_n = cb_intern_n(cb_snapshot_names(s)->refs), i = 0;
    struct cb_reach r = {.refs = cb_arena_alloc(a, ref_n * sizeof(*r.refs)),
                         .via = cb_arena_alloc(a, ref_n * sizeof(*r.via)),
                         .type = cb_arena_alloc(a, ref_n),
                         .hop = cb_arena_alloc(a, ref_n),
                         .seen = CB_NEW_N(a, uint64_t, cb_bits_words((uint32_t)ref_n))};

    if (hop_max > CB_REACH_HOP_MAX)
        hop_max = CB_REACH_HOP_MAX;
    r.refs[r.n++] = from;
    r.via[from] = from;
    r.type[from] = r.hop[from] = 0;
    cb_bits_set(r.seen, from);
    r.hop_at[1] = 1;
    while (r.hop_n < hop_max && !(until != CB_INTERN_NONE && cb_bits_get(r.seen, until))) {
        size_t end = r.n;

        for (; i < end; i++) {
            if (i % LOOK_EVERY == LOOK_EVERY - 1 && cb_stop_now(stop))
                return cb_fail(err, CB_ETIMEOUT,
                               "the deadline passed after %zu entities were reached", r.n);
            expand(&r, s, r.refs[i], types, r.hop_n + 1);
        }
        if (r.n == end)
            break;
        cb_refs_sort(s, r.refs + end, r.n - end, a);
        r.hop_n++;
        r.hop_at[r.hop_n + 1] = r.n;
    }
    if (until == CB_INTERN_NONE && r.hop_n == hop_max)
        r.further = goes_on(&r, s, types, stop);
    *out = r;
    return CB_OK;
}

/* ---- counts */

static int by_n(const void *x, const void *y, void *names)
{
    const struct cb_tally *a = x, *b = y;

    if (a->n != b->n)
        return a->n > b->n ? -1 : 1;
    return by_text(&a->ref, &b->ref, names);
}

size_t cb_reach_tally(struct cb_tally **out, size_t *none, const struct cb_snapshot *s,
                      const uint32_t *refs, size_t n, uint8_t type, cb_str kind, struct cb_arena *a)
{
    const struct cb_names *names = cb_snapshot_names(s);
    uint32_t ref_n = cb_intern_n(names->refs);
    uint32_t *count = CB_NEW_N(a, uint32_t, ref_n), *last = CB_NEW_N(a, uint32_t, ref_n);
    CB_PILE(uint32_t) met = {0};
    size_t met_n;

    *none = 0;
    for (size_t i = 0; i < n; i++) {
        bool any = false;
        struct cb_link_run run;

        for (cb_link_start(&run, s, refs[i], BIT(type)); cb_link_next(&run);) {
            cb_str text = kind.n ? cb_intern_text(names->refs, run.ref) : CB_LIT("");

            if (kind.n && !(text.n > kind.n && text.p[kind.n] == ':' && cb_str_starts(text, kind)))
                continue;
            any = true;
            if (last[run.ref] == i + 1) /* said by both ends */
                continue;
            last[run.ref] = (uint32_t)i + 1;
            if (count[run.ref]++ == 0)
                cb_pile_push(&met, run.ref);
        }
        *none += !any;
    }
    *out = CB_NEW_N(a, struct cb_tally, met.n + 1);
    for (size_t i = 0; i < met.n; i++)
        (*out)[i] = (struct cb_tally){met.v[i], count[met.v[i]]};
    if (met.n > 1)
        qsort_r(*out, met.n, sizeof(**out), by_n, (void *)(uintptr_t)names);
    met_n = met.n;
    cb_pile_fini(&met);
    return met_n;
}
