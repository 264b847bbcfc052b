/* Relations asked for from either end: who sees a type, who sees it with whom (snapshot_in.h). */
#include <stdlib.h>

#include "catalog/relate/snapshot_in.h"

/* Edges of document D with TYPE: they lie together, [*FROM, *TO). */
static void edges_of_type(const struct cb_segment *g, uint32_t d, uint8_t type, uint32_t *from,
                          uint32_t *to)
{
    const struct cb_adjacency *a = &g->edges;
    uint8_t rank = g->names->rank[type];
    uint32_t low = a->out_at[d], high = a->out_at[d + 1], end = high;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (g->names->rank[a->out_type[mid]] < rank)
            low = mid + 1;
        else
            high = mid;
    }
    *from = *to = low;
    while (*to < end && a->out_type[*to] == type)
        (*to)++;
}

bool cb_doc_says(const struct cb_snapshot *s, cb_doc d, uint8_t type, uint32_t ref)
{
    const struct cb_segment *g = s->parts[d.segment].segment;
    cb_str text = cb_intern_text(g->names->refs, ref);
    uint32_t low, high;

    edges_of_type(g, d.n, type, &low, &high);
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        int c = g->edges.out_ref[mid] == ref
                    ? 0
                    : cb_str_cmp(cb_intern_text(g->names->refs, g->edges.out_ref[mid]), text);

        if (c == 0)
            return true;
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

static void seers_in_part(const struct cb_snapshot *s, uint32_t p, uint8_t type, uint64_t *w)
{
    const struct cb_part *part = &s->parts[p];
    const struct cb_adjacency *a = &part->segment->edges;
    uint8_t inverse = cb_relations[type].inverse;
    uint64_t *own = w + s->word_at[p];

    if (a->type_n[type] == 0 && a->type_n[inverse] == 0)
        return;
    for (uint32_t t = 0; t < a->target_n; t++) {
        cb_doc at = {CB_DOC_NONE, 0};
        bool told = false;

        for (uint32_t i = a->in_at[t]; i < a->in_at[t + 1]; i++) {
            if ((a->in_type[i] != type && a->in_type[i] != inverse) ||
                !cb_bits_get(part->live->w, a->in_doc[i]))
                continue;
            if (a->in_type[i] == type)
                cb_bits_set(own, a->in_doc[i]);
            if (a->in_type[i] != inverse || told)
                continue;
            at = cb_snapshot_where(s, a->target[t]);
            told = true;
            if (at.segment != CB_DOC_NONE)
                cb_bits_set(w + s->word_at[at.segment], at.n);
        }
    }
}

static uint64_t *words_new(const struct cb_snapshot *s)
{
    uint64_t *w = calloc(s->word_n ? s->word_n : 1, sizeof(*w));

    if (!w)
        abort();
    return w;
}

/* W, or what somebody else has kept meanwhile. */
static const uint64_t *keep_words(_Atomic(uint64_t *) *kept, uint64_t *w)
{
    uint64_t *first = NULL;

    if (atomic_compare_exchange_strong(kept, &first, w))
        return w;
    free(w);
    return first;
}

const uint64_t *cb_snapshot_seers(const struct cb_snapshot *s, uint8_t type)
{
    _Atomic(uint64_t *) *kept = (_Atomic(uint64_t *) *)(uintptr_t)&s->seers[type];
    uint64_t *w = atomic_load_explicit(kept, memory_order_acquire);

    if (w)
        return w;
    w = words_new(s);
    for (uint32_t p = 0; p < s->part_n; p++)
        if (s->parts[p].segment)
            seers_in_part(s, p, type, w);
    return keep_words(kept, w);
}

void cb_snapshot_seers_of(const struct cb_snapshot *s, uint8_t type, uint32_t other, uint64_t *w)
{
    cb_doc at = cb_snapshot_where(s, other);
    uint32_t from, to;

    for (uint32_t p = 0; p < s->part_n; p++) {
        const struct cb_part *part = &s->parts[p];
        const struct cb_adjacency *a;
        uint32_t t;

        if (!part->segment || (t = cb_adjacency_target(&part->segment->edges, other)) == UINT32_MAX)
            continue;
        a = &part->segment->edges;
        for (uint32_t i = a->in_at[t]; i < a->in_at[t + 1]; i++)
            if (a->in_type[i] == type && cb_bits_get(part->live->w, a->in_doc[i]))
                cb_bits_set(w + s->word_at[p], a->in_doc[i]);
    }
    if (at.segment == CB_DOC_NONE)
        return;
    edges_of_type(s->parts[at.segment].segment, at.n, cb_relations[type].inverse, &from, &to);
    for (; from < to; from++) {
        cb_doc d = cb_snapshot_where(s, s->parts[at.segment].segment->edges.out_ref[from]);

        if (d.segment != CB_DOC_NONE)
            cb_bits_set(w + s->word_at[d.segment], d.n);
    }
}

/* Said of document D by others only. */
static int pairs_told(const struct cb_snapshot *s, cb_doc d, uint8_t type, cb_pair_fn *each, void *ctx)
{
    uint32_t ref = s->parts[d.segment].segment->ref_of[d.n];
    uint8_t inverse = cb_relations[type].inverse;
    int stop = 0;

    for (uint32_t p = 0; p < s->part_n && !stop; p++) {
        const struct cb_part *part = &s->parts[p];
        const struct cb_adjacency *a = part->segment ? &part->segment->edges : NULL;
        uint32_t t;

        if (!a || a->type_n[inverse] == 0 || (t = cb_adjacency_target(a, ref)) == UINT32_MAX)
            continue;
        for (uint32_t i = a->in_at[t]; i < a->in_at[t + 1] && !stop; i++) {
            uint32_t other = part->segment->ref_of[a->in_doc[i]];

            if (a->in_type[i] == inverse && cb_bits_get(part->live->w, a->in_doc[i]) && !cb_doc_says(s, d, type, other))
                stop = each(d, other, ctx);
        }
    }
    return stop;
}

int cb_snapshot_each_pair(const struct cb_snapshot *s, uint32_t part, uint8_t type, cb_pair_fn *each, void *ctx)
{
    const struct cb_segment *g = s->parts[part].segment;
    const uint64_t *live = s->parts[part].live->w;
    int stop = 0;

    for (uint32_t d = cb_bits_next(live, g->doc_n, 0); d < g->doc_n && !stop; d = cb_bits_next(live, g->doc_n, d + 1)) {
        uint32_t from = 0, to = 0;

        if (g->edges.type_n[type] > 0)
            edges_of_type(g, d, type, &from, &to);
        for (; from < to && !stop; from++)
            stop = each((cb_doc){part, d}, g->edges.out_ref[from], ctx);
        if (!stop)
            stop = pairs_told(s, (cb_doc){part, d}, type, each, ctx);
    }
    return stop;
}

/* Said by the documents of part P themselves: edges lie together by their target, nobody else is asked. */
static void count_said(const struct cb_snapshot *s, uint32_t p, uint8_t type, const uint64_t *match,
                       uint32_t *n, struct cb_ref_pile *met)
{
    const struct cb_adjacency *a = &s->parts[p].segment->edges;
    const uint64_t *own = match + s->word_at[p];

    for (uint32_t t = 0, i = 0; t < a->target_n; t++) {
        uint32_t end = a->in_at[t + 1], k = 0;

        for (; i < end; i++)
            if (a->in_type[i] == type)
                k += cb_bits_get(own, a->in_doc[i]);
        if (k == 0)
            continue;
        if (n[a->target[t]] == 0)
            cb_pile_push(met, a->target[t]);
        n[a->target[t]] += k;
    }
}

/* Said by the other end only. */
static void count_told(const struct cb_snapshot *s, uint32_t p, uint8_t type, const uint64_t *match,
                       uint32_t *n, struct cb_ref_pile *met)
{
    const struct cb_segment *g = s->parts[p].segment;
    const struct cb_adjacency *a = &g->edges;
    uint8_t inverse = cb_relations[type].inverse;

    for (uint32_t t = 0, i = 0; t < a->target_n; t++)
        for (; i < a->in_at[t + 1]; i++) {
            uint32_t other = g->ref_of[a->in_doc[i]];
            cb_doc at;

            if (a->in_type[i] != inverse || !cb_bits_get(s->parts[p].live->w, a->in_doc[i]))
                continue;
            at = cb_snapshot_where(s, a->target[t]);
            if (at.segment == CB_DOC_NONE || !cb_bits_get(match + s->word_at[at.segment], at.n) ||
                cb_doc_says(s, at, type, other))
                continue;
            if (n[other]++ == 0)
                cb_pile_push(met, other);
        }
}

void cb_snapshot_count_ends(const struct cb_snapshot *s, uint8_t type, const uint64_t *match,
                            uint32_t *n, struct cb_ref_pile *met)
{
    for (uint32_t p = 0; p < s->part_n; p++) {
        const struct cb_adjacency *a;

        if (!s->parts[p].segment)
            continue;
        a = &s->parts[p].segment->edges;
        if (a->type_n[type] > 0)
            count_said(s, p, type, match, n, met);
        if (a->type_n[cb_relations[type].inverse] > 0)
            count_told(s, p, type, match, n, met);
    }
}

int cb_snapshot_each_dangling(const struct cb_snapshot *s,
                              int (*each)(cb_doc from, uint8_t type, cb_str target, void *ctx),
                              void *ctx)
{
    int stop = 0;

    for (uint32_t p = 0; p < s->part_n && !stop; p++) {
        const struct cb_part *part = &s->parts[p];
        const struct cb_adjacency *a = part->segment ? &part->segment->edges : NULL;

        for (uint32_t t = 0; a && t < a->target_n && !stop; t++) {
            if (cb_snapshot_where(s, a->target[t]).segment != CB_DOC_NONE)
                continue;
            for (uint32_t i = a->in_at[t]; i < a->in_at[t + 1] && !stop; i++)
                if (cb_bits_get(part->live->w, a->in_doc[i]))
                    stop = each((cb_doc){p, a->in_doc[i]}, a->in_type[i],
                                cb_intern_text(part->segment->names->refs, a->target[t]), ctx);
        }
    }
    return stop;
}

struct dangling {
    const struct cb_snapshot *s;
    uint64_t *w;
};

static int mark_dangling(cb_doc from, uint8_t type, cb_str target, void *ctx)
{
    struct dangling *d = ctx;

    (void)type;
    (void)target;
    cb_bits_set(d->w + d->s->word_at[from.segment], from.n);
    return 0;
}

const uint64_t *cb_snapshot_dangling(const struct cb_snapshot *s)
{
    _Atomic(uint64_t *) *kept = (_Atomic(uint64_t *) *)(uintptr_t)&s->dangling;
    struct dangling d = {s, atomic_load_explicit(kept, memory_order_acquire)};

    if (d.w)
        return d.w;
    d.w = words_new(s);
    cb_snapshot_each_dangling(s, mark_dangling, &d);
    return keep_words(kept, d.w);
}
