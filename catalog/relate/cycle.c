#include "catalog/relate/cycle.h"

#include <assert.h>
#include <stdlib.h>

#include "catalog/relate/link.h"

#define LOOK_EVERY 4096 /* links between two looks at the deadline */
#define NOBODY UINT32_MAX

uint64_t cb_cycle_usual(void)
{
    return cb_reach_types(cb_reach_usual(), true);
}

/* ---- components */

struct frame {
    struct cb_link_run run;
    uint32_t ref;
};

struct search {
    const struct cb_snapshot *s;
    uint64_t types;
    const struct cb_stop *stop;
    uint32_t *index; /* by ref, from 1 in order of the first visit; 0: not visited */
    uint32_t *low;   /* by ref: the least index that is reached and still open */
    uint64_t *open;  /* by ref, bits: on the pile */
    CB_PILE(uint32_t) pile;
    CB_PILE(struct frame) frames;
    CB_PILE(uint32_t) members; /* of all rings, one after the other */
    CB_PILE(size_t) ends;
    uint32_t visited, looked;
    uint64_t *selves; /* by ref, bits: says it of itself */
};

static void enter(struct search *t, uint32_t ref)
{
    struct frame f = {.ref = ref};

    t->index[ref] = t->low[ref] = ++t->visited;
    cb_bits_set(t->open, ref);
    cb_pile_push(&t->pile, ref);
    cb_link_start(&f.run, t->s, ref, t->types);
    cb_pile_push(&t->frames, f);
}

/* All that lies on the pile from REF on is one component. */
static void leave(struct search *t, uint32_t ref)
{
    size_t before = t->members.n;
    uint32_t x;

    do {
        x = t->pile.v[--t->pile.n];
        cb_bits_clear(t->open, x);
        cb_pile_push(&t->members, x);
    } while (x != ref);
    if (t->members.n - before == 1 && !cb_bits_get(t->selves, ref))
        t->members.n = before;
    else
        cb_pile_push(&t->ends, t->members.n);
}

static void least(struct search *t, uint32_t ref, uint32_t value)
{
    if (value < t->low[ref])
        t->low[ref] = value;
}

/* One link on, or back to where we came from. False when told to stop. */
static bool step(struct search *t)
{
    struct frame *f = &t->frames.v[t->frames.n - 1];
    uint32_t ref = f->ref, to;

    if (++t->looked % LOOK_EVERY == 0 && cb_stop_now(t->stop))
        return false;
    if (cb_link_next(&f->run)) {
        to = f->run.ref;
        if (cb_snapshot_where(t->s, to).segment == CB_DOC_NONE)
            return true;
        if (to == ref)
            cb_bits_set(t->selves, ref);
        if (t->index[to] == 0)
            enter(t, to);
        else if (cb_bits_get(t->open, to))
            least(t, ref, t->index[to]);
        return true;
    }
    t->frames.n--;
    if (t->frames.n)
        least(t, t->frames.v[t->frames.n - 1].ref, t->low[ref]);
    if (t->low[ref] == t->index[ref])
        leave(t, ref);
    return true;
}

static bool visit_all(struct search *t, uint32_t ref_n)
{
    for (uint32_t ref = 0; ref < ref_n; ref++) {
        if (t->index[ref] || cb_snapshot_where(t->s, ref).segment == CB_DOC_NONE)
            continue;
        enter(t, ref);
        while (t->frames.n)
            if (!step(t))
                return false;
    }
    return true;
}

static int by_size(const void *x, const void *y, void *names)
{
    const struct cb_cycle *a = x, *b = y;
    const struct cb_names *n = names;

    if (a->n != b->n)
        return a->n > b->n ? -1 : 1;
    return cb_str_cmp(cb_intern_text(n->refs, a->refs[0]), cb_intern_text(n->refs, b->refs[0]));
}

static void keep(struct cb_cycles *out, const struct search *t, uint32_t ref_n, struct cb_arena *a)
{
    uint32_t *refs = cb_arena_alloc(a, t->members.n * sizeof(*refs));
    size_t from = 0;

    if (t->members.n)
        memcpy(refs, t->members.v, t->members.n * sizeof(*refs));
    out->n = t->ends.n;
    out->v = CB_NEW_N(a, struct cb_cycle, out->n + 1);
    for (size_t i = 0; i < out->n; i++) {
        out->v[i] = (struct cb_cycle){refs + from, t->ends.v[i] - from};
        cb_refs_sort(t->s, out->v[i].refs, out->v[i].n, a);
        from = t->ends.v[i];
    }
    if (out->n > 1)
        qsort_r(out->v, out->n, sizeof(*out->v), by_size,
                (void *)(uintptr_t)cb_snapshot_names(t->s));
    out->ring_of = cb_arena_alloc(a, ref_n * sizeof(*out->ring_of));
    memset(out->ring_of, 0xff, ref_n * sizeof(*out->ring_of));
    out->via = cb_arena_alloc(a, ref_n * sizeof(*out->via));
    out->type = cb_arena_alloc(a, ref_n);
    for (size_t i = 0; i < out->n; i++)
        for (size_t k = 0; k < out->v[i].n; k++)
            out->ring_of[out->v[i].refs[k]] = (uint32_t)i;
}

enum cb_code cb_cycle_all(struct cb_cycles *out, const struct cb_snapshot *s, uint64_t types,
                          const struct cb_stop *stop, struct cb_arena *a, struct cb_err *err)
{
    uint32_t ref_n = cb_intern_n(cb_snapshot_names(s)->refs);
    struct search t = {.s = s,
                       .types = types,
                       .stop = stop,
                       .index = CB_NEW_N(a, uint32_t, ref_n + 1),
                       .low = CB_NEW_N(a, uint32_t, ref_n + 1),
                       .open = CB_NEW_N(a, uint64_t, cb_bits_words(ref_n) + 1),
                       .selves = CB_NEW_N(a, uint64_t, cb_bits_words(ref_n) + 1)};
    enum cb_code rc = CB_OK;

    *out = (struct cb_cycles){.types = types};
    if (cb_stop_now(stop) || !visit_all(&t, ref_n))
        rc = cb_fail(err, CB_ETIMEOUT, "the deadline passed after %u entities were looked at",
                     t.visited);
    else
        keep(out, &t, ref_n, a);
    cb_pile_fini(&t.pile);
    cb_pile_fini(&t.frames);
    cb_pile_fini(&t.members);
    cb_pile_fini(&t.ends);
    return rc;
}

/* ---- one way round */

struct round {
    const struct cb_snapshot *s;
    const struct cb_cycles *cycles;
    uint32_t ring, first;
    struct cb_cycle_way way; /* refs as they are met, level by level */
    uint32_t *via;           /* by ref */
    uint8_t *type;           /* by ref: as seen from via */
    uint32_t last;           /* the member from which the first one is reached again */
    uint8_t last_type;
};

/* What REF leads to and nobody before it did. */
static void spread(struct round *r, uint32_t ref)
{
    struct cb_link_run run;

    for (cb_link_start(&run, r->s, ref, r->cycles->types); cb_link_next(&run);) {
        if (r->cycles->ring_of[run.ref] != r->ring)
            continue;
        if (run.ref == r->first) {
            if (r->last == NOBODY || (r->last == ref && run.type < r->last_type)) {
                r->last = ref;
                r->last_type = run.type;
            }
        } else if (r->via[run.ref] == NOBODY) {
            r->via[run.ref] = ref;
            r->type[run.ref] = run.type;
            r->way.refs[r->way.n++] = run.ref;
        } else if (r->via[run.ref] == ref && run.type < r->type[run.ref]) {
            r->type[run.ref] = run.type;
        }
    }
}

void cb_cycle_way(struct cb_cycle_way *out, struct cb_cycles *cycles, size_t at,
                  const struct cb_snapshot *s, struct cb_arena *a)
{
    const struct cb_cycle *c = &cycles->v[at];
    struct round r = {.s = s,
                      .cycles = cycles,
                      .ring = (uint32_t)at,
                      .first = c->refs[0],
                      .via = cycles->via,
                      .type = cycles->type,
                      .last = NOBODY};
    size_t i = 0, n = 1;

    for (size_t k = 0; k < c->n; k++)
        r.via[c->refs[k]] = NOBODY;
    r.way.refs = cb_arena_alloc(a, c->n * sizeof(*r.way.refs));
    r.way.refs[r.way.n++] = r.first;
    while (r.last == NOBODY) {
        size_t end = r.way.n;

        assert(i < end);
        for (; i < end && r.last == NOBODY; i++)
            spread(&r, r.way.refs[i]);
        cb_refs_sort(s, r.way.refs + end, r.way.n - end, a);
    }
    for (uint32_t x = r.last; x != r.first; x = r.via[x])
        n++;
    *out = (struct cb_cycle_way){CB_NEW_N(a, uint32_t, n), CB_NEW_N(a, uint8_t, n), n};
    out->refs[0] = r.first;
    out->types[n - 1] = r.last_type;
    for (uint32_t x = r.last; x != r.first; x = r.via[x]) {
        out->refs[--n] = x;
        out->types[n - 1] = r.type[x];
    }
}
