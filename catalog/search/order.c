#include "catalog/search/order.h"

#include <stdlib.h>

#include "catalog/search/column.h"

#define SORT_MAX 1024  /* matches of a part up to which they are sorted rather than walked to */
#define SORT_SHARE 16  /* or one in so many values */
#define SMALL_GROUP 64 /* documents of a value that are kept as a list */
#define NO_GROUP (CB_RANK_NONE - 1) /* documents of any value, sorted */

/* A document at the head of its part, with the place of its value in each field's column. */
struct head {
    uint32_t doc, rank[CB_ORDER_FIELD_MAX];
};

/* One part of the snapshot, walked in order. */
struct lane {
    struct cb_order_run *run;
    uint32_t part;
    const struct cb_segment *segment;
    const uint64_t *match;
    struct cb_view views[CB_ORDER_FIELD_MAX];
    const uint32_t *ranks[CB_ORDER_FIELD_MAX]; /* NULL while nobody needed them */
    /* walking: the group of equal first values that comes next */
    int64_t next_group; /* place in views[0].v; n or -1: behind the last */
    bool missing_due, done;
    uint32_t group; /* of the documents at hand; CB_RANK_NONE: without a value */
    uint64_t *bits; /* the documents at hand, when they are many */
    bool in_bits;
    uint32_t bit; /* next, or one behind the next when walking back */
    uint32_t *docs, doc_n, doc_at, doc_cap;
    struct head head;
};

struct cb_order_run {
    const struct cb_snapshot *s;
    struct cb_arena *a;
    size_t order_n;
    bool desc[CB_ORDER_FIELD_MAX];
    bool reverse;
    struct cb_order_at after;
    bool bounded;
    struct lane *lanes;
    size_t lane_n;
    const struct lane *last_lane;
    struct head last;
};

/* ---- comparing */

static const uint32_t *ranks_of(struct lane *l, size_t field)
{
    if (!l->ranks[field] && l->views[field].n > 0)
        l->ranks[field] = cb_view_ranks(&l->views[field], l->run->desc[field], l->run->a);
    return l->ranks[field];
}

static uint32_t rank_of(struct lane *l, size_t field, uint32_t doc)
{
    const uint32_t *ranks = ranks_of(l, field);

    return ranks ? ranks[doc] : CB_RANK_NONE;
}

/* In the forward order: missing behind all, else by C in the field's direction. */
static int by_direction(const struct cb_order_run *r, size_t field, bool x_missing, bool y_missing,
                        int c)
{
    if (x_missing || y_missing)
        return x_missing - y_missing;
    return r->desc[field] ? -c : c;
}

/* Two documents of one lane. */
static int cmp_docs(const void *x, const void *y, void *lane)
{
    const uint32_t *a = x, *b = y;
    struct lane *l = lane;
    int c = 0;

    for (size_t f = 0; f < l->run->order_n && c == 0; f++) {
        uint32_t ra = rank_of(l, f, *a), rb = rank_of(l, f, *b);

        c = by_direction(l->run, f, ra == CB_RANK_NONE, rb == CB_RANK_NONE, ra < rb ? -1 : ra > rb);
    }
    if (c == 0)
        c = *a < *b ? -1 : *a > *b;
    return l->run->reverse ? -c : c;
}

static cb_value_text text_of(const struct lane *l, size_t field, uint32_t rank)
{
    return l->views[field].v[rank].text;
}

/* Heads of two lanes. */
static int cmp_heads(const struct lane *x, const struct lane *y)
{
    const struct cb_order_run *r = x->run;
    int c = 0;

    for (size_t f = 0; f < r->order_n && c == 0; f++) {
        bool xm = x->head.rank[f] == CB_RANK_NONE, ym = y->head.rank[f] == CB_RANK_NONE;

        c = by_direction(r, f, xm, ym,
                         xm || ym ? 0
                                  : cb_value_cmp(text_of(x, f, x->head.rank[f]),
                                                 text_of(y, f, y->head.rank[f])));
    }
    if (c == 0)
        c = cb_str_cmp(cb_segment_id(x->segment, x->head.doc),
                       cb_segment_id(y->segment, y->head.doc));
    return r->reverse ? -c : c;
}

/* The head against the place behind which the walk begins. */
static int cmp_after(const struct lane *l)
{
    const struct cb_order_run *r = l->run;
    int c = 0;

    for (size_t f = 0; f < r->order_n && c == 0; f++) {
        bool xm = l->head.rank[f] == CB_RANK_NONE, ym = !r->after.values[f].p;

        c = by_direction(
            r, f, xm, ym,
            xm || ym ? 0 : cb_value_cmp_str(text_of(l, f, l->head.rank[f]), r->after.values[f]));
    }
    if (c == 0)
        c = cb_str_cmp(cb_segment_id(l->segment, l->head.doc), r->after.id);
    return r->reverse ? -c : c;
}

/* ---- groups of equal first values */

static bool values_fall(const struct cb_order_run *r)
{
    return r->order_n > 0 && r->desc[0] != r->reverse;
}

static void put_doc(struct lane *l, uint32_t doc)
{
    if (l->doc_n == l->doc_cap) {
        uint32_t cap = l->doc_cap ? l->doc_cap * 2 : SMALL_GROUP,
                 *docs = CB_NEW_N(l->run->a, uint32_t, cap);

        if (l->doc_n)
            memcpy(docs, l->docs, l->doc_n * sizeof(*docs));
        l->docs = docs;
        l->doc_cap = cap;
    }
    l->docs[l->doc_n++] = doc;
}

/* Of a document with several values only the one that counts. */
static bool counts(struct lane *l, uint32_t doc, uint32_t group)
{
    return !l->views[0].multi || rank_of(l, 0, doc) == group;
}

static void list_from_bits(struct lane *l)
{
    const uint64_t *w = l->bits;

    l->doc_n = 0;
    for (uint32_t d = cb_bits_next(w, l->segment->doc_n, 0); d < l->segment->doc_n;
         d = cb_bits_next(w, l->segment->doc_n, d + 1))
        put_doc(l, d);
    l->in_bits = false;
}

static void sort_docs(struct lane *l)
{
    if (l->doc_n > 1) /* of none there may be no array */
        qsort_r(l->docs, l->doc_n, sizeof(*l->docs), cmp_docs, l);
}

/* The documents at hand are in bits: as they are for one field, sorted for several. */
static void open_bits(struct lane *l)
{
    l->in_bits = true;
    l->bit = l->run->reverse ? l->segment->doc_n : 0;
    l->doc_at = 0;
    if (l->run->order_n > 1) {
        list_from_bits(l);
        sort_docs(l);
    }
}

static uint64_t *clean_bits(struct lane *l)
{
    if (!l->bits)
        l->bits = CB_NEW_N(l->run->a, uint64_t, l->segment->pools.word_n);
    else
        memset(l->bits, 0, l->segment->pools.word_n * sizeof(*l->bits));
    return l->bits;
}

static void open_missing(struct lane *l)
{
    uint64_t *w = clean_bits(l);

    l->group = CB_RANK_NONE;
    memcpy(w, l->match, l->segment->pools.word_n * sizeof(*w));
    if (l->run->order_n > 0 && l->views[0].n > 0) {
        uint64_t *valued = CB_NEW_N(l->run->a, uint64_t, l->segment->pools.word_n);

        cb_posting_or(l->views[0].pools, l->views[0].valued, valued);
        cb_bits_andnot(w, valued, l->segment->pools.word_n);
    }
    open_bits(l);
}

static void open_small(struct lane *l, uint32_t from, uint32_t to)
{
    const struct cb_view *v = &l->views[0];

    l->in_bits = false;
    l->doc_n = l->doc_at = 0;
    for (uint32_t k = from; k < to; k++) {
        uint32_t i = 0, d;

        while ((d = cb_posting_next(v->pools, v->v[k].docs, &i)) != UINT32_MAX)
            if (cb_bits_get(l->match, d) && counts(l, d, from))
                put_doc(l, d);
    }
    if (l->doc_n > 1)
        sort_docs(l);
}

static void open_big(struct lane *l, uint32_t from, uint32_t to)
{
    uint64_t *w = clean_bits(l);

    for (uint32_t k = from; k < to; k++)
        cb_posting_or(l->views[0].pools, l->views[0].v[k].docs, w);
    cb_bits_and(w, l->match, l->segment->pools.word_n);
    if (l->views[0].multi)
        for (uint32_t d = cb_bits_next(w, l->segment->doc_n, 0); d < l->segment->doc_n;
             d = cb_bits_next(w, l->segment->doc_n, d + 1))
            if (!counts(l, d, from))
                cb_bits_clear(w, d);
    open_bits(l);
}

static void open_group(struct lane *l, uint32_t from, uint32_t to)
{
    uint32_t n = 0;

    l->group = from;
    for (uint32_t k = from; k < to; k++)
        n += l->views[0].v[k].docs.n;
    if (n <= SMALL_GROUP)
        open_small(l, from, to);
    else
        open_big(l, from, to);
}

/* Put the next group's documents at hand; false when there is none. */
static bool next_group(struct lane *l)
{
    const struct cb_view *v = &l->views[0];
    bool fall = values_fall(l->run);

    if (l->run->reverse && l->missing_due) {
        l->missing_due = false;
        open_missing(l);
        return true;
    }
    /* Most values of a narrow question have nobody: they are passed here without ado. */
    while (l->next_group >= 0 && l->next_group < v->n) {
        uint32_t from = (uint32_t)l->next_group, to;

        if (fall) {
            to = from + 1;
            while (v->v[from].docs.same)
                from--;
            l->next_group = (int64_t)from - 1;
        } else {
            to = cb_view_end(v, from);
            l->next_group = to;
        }
        if (to - from == 1 && v->v[from].docs.n == 1 && !cb_bits_get(l->match, v->v[from].docs.at))
            continue;
        open_group(l, from, to);
        return true;
    }
    if (l->missing_due) {
        l->missing_due = false;
        open_missing(l);
        return true;
    }
    return false;
}

static bool take_doc(struct lane *l, uint32_t *doc)
{
    if (!l->in_bits) {
        if (l->doc_at == l->doc_n)
            return false;
        *doc = l->docs[l->doc_at++];
        return true;
    }
    if (l->run->reverse) {
        *doc = cb_bits_prev(l->bits, l->bit);
        if (*doc == UINT32_MAX)
            return false;
        l->bit = *doc;
        return true;
    }
    *doc = cb_bits_next(l->bits, l->segment->doc_n, l->bit);
    l->bit = *doc + 1;
    return *doc < l->segment->doc_n;
}

/* The lane's next document into its head. */
static void advance(struct lane *l)
{
    uint32_t doc;

    while (!take_doc(l, &doc))
        if (!next_group(l)) {
            l->done = true;
            return;
        }
    l->head.doc = doc;
    for (size_t f = 0; f < l->run->order_n; f++)
        l->head.rank[f] = f == 0 && l->group != NO_GROUP ? l->group : rank_of(l, f, doc);
}

/* ---- beginning */

/* Few matches: all of them, sorted; no group is walked to. */
static void sort_matches(struct lane *l)
{
    l->bits = CB_NEW_N(l->run->a, uint64_t, l->segment->pools.word_n);
    memcpy(l->bits, l->match, l->segment->pools.word_n * sizeof(*l->bits));
    list_from_bits(l);
    sort_docs(l);
    l->group = NO_GROUP;
    l->next_group = -1;
    l->missing_due = false;
}

/* Begin at the group of the place, or the first behind it. */
static void seek(struct lane *l)
{
    const struct cb_order_run *r = l->run;
    const struct cb_view *v = &l->views[0];
    bool fall = values_fall(r);
    uint32_t at;

    l->next_group = fall ? (int64_t)v->n - 1 : 0;
    l->missing_due = true;
    if (!r->bounded || r->order_n == 0)
        return;
    if (!r->after.values[0].p) {
        if (!r->reverse)
            l->next_group = -1;
        return;
    }
    l->missing_due = !r->reverse;
    at = cb_view_at(v, r->after.values[0]);
    if (!fall) {
        l->next_group = at;
        return;
    }
    if (at < v->n && cb_value_cmp_str(v->v[at].text, r->after.values[0]) == 0)
        at = cb_view_end(v, at);
    l->next_group = (int64_t)at - 1;
}

/* In the first group, one field or none: documents up to the place are passed by their id. */
static void seek_doc(struct lane *l)
{
    const struct cb_order_run *r = l->run;
    uint32_t at;
    bool same;

    if (!r->bounded || r->order_n > 1 || !l->in_bits)
        return;
    if (r->order_n == 0)
        same = true;
    else if (l->group == CB_RANK_NONE)
        same = !r->after.values[0].p;
    else
        same = r->after.values[0].p &&
               cb_value_cmp_str(text_of(l, 0, l->group), r->after.values[0]) == 0;
    if (!same)
        return;
    at = cb_segment_at(l->segment, r->after.id);
    l->bit = at;
}

static void lane_start(struct lane *l)
{
    struct cb_order_run *r = l->run;
    size_t n = cb_bits_count(l->match, l->segment->pools.word_n);

    if (n == 0) {
        l->done = true;
        return;
    }
    l->group = CB_RANK_NONE;
    if (r->order_n > 0 && (n <= SORT_MAX || n * SORT_SHARE < l->views[0].n)) {
        sort_matches(l);
    } else {
        seek(l);
        if (!next_group(l)) {
            l->done = true;
            return;
        }
        seek_doc(l);
    }
    advance(l);
    while (r->bounded && !l->done && cmp_after(l) <= 0)
        advance(l);
}

struct cb_order_run *cb_order_start(struct cb_arena *a, const struct cb_snapshot *s,
                                    const uint64_t *match, const struct cb_order *orders,
                                    size_t order_n, bool reverse, const struct cb_order_at *after)
{
    struct cb_order_run *r = CB_NEW(a, struct cb_order_run);

    r->s = s;
    r->a = a;
    r->order_n = order_n > CB_ORDER_FIELD_MAX ? CB_ORDER_FIELD_MAX : order_n;
    r->reverse = reverse;
    r->bounded = after != NULL;
    if (after)
        r->after = *after;
    r->lanes = CB_NEW_N(a, struct lane, s->part_n + 1);
    for (size_t f = 0; f < r->order_n; f++)
        r->desc[f] = orders[f].desc;
    for (uint32_t p = 0; p < s->part_n; p++) {
        struct lane *l = &r->lanes[r->lane_n];

        if (!s->parts[p].segment)
            continue;
        *l = (struct lane){
            .run = r, .part = p, .segment = s->parts[p].segment, .match = match + s->word_at[p]};
        for (size_t f = 0; f < r->order_n; f++)
            cb_column_view(&l->views[f], s, p, cb_arena_lower(a, orders[f].field), a);
        lane_start(l);
        r->lane_n += !l->done;
    }
    return r;
}

bool cb_order_next(struct cb_order_run *r, cb_doc *out)
{
    struct lane *least = NULL;

    for (size_t i = 0; i < r->lane_n; i++)
        if (!r->lanes[i].done && (!least || cmp_heads(&r->lanes[i], least) < 0))
            least = &r->lanes[i];
    if (!least)
        return false;
    *out = (cb_doc){least->part, least->head.doc};
    r->last_lane = least;
    r->last = least->head;
    advance(least);
    return true;
}

void cb_order_where(const struct cb_order_run *r, struct cb_order_at *out, struct cb_arena *a)
{
    *out = (struct cb_order_at){.id = cb_segment_id(r->last_lane->segment, r->last.doc)};
    for (size_t f = 0; f < r->order_n; f++) {
        struct cb_buf scratch = CB_BUF_INIT;

        if (r->last.rank[f] == CB_RANK_NONE)
            continue;
        out->values[f] =
            cb_arena_str(a, cb_value_lower(text_of(r->last_lane, f, r->last.rank[f]), &scratch));
        cb_buf_fini(&scratch);
    }
}

void cb_order_require(uint64_t *match, const struct cb_snapshot *s, cb_str field,
                      struct cb_arena *a)
{
    cb_str key = cb_arena_lower(a, field);
    uint64_t *valued = CB_NEW_N(a, uint64_t, s->word_n + 1);
    struct cb_view v;
    int type;

    if (cb_column_is_relation(key, &type)) {
        if (type >= 0)
            cb_bits_and(match, cb_snapshot_seers(s, (uint8_t)type), s->word_n);
        else
            memset(match, 0, s->word_n * sizeof(*match));
        return;
    }
    for (uint32_t p = 0; p < s->part_n; p++)
        if (s->parts[p].segment && cb_column_view(&v, s, p, key, a))
            cb_posting_or(v.pools, v.valued, valued + s->word_at[p]);
    cb_bits_and(match, valued, s->word_n);
}
