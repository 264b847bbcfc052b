/*
 * link.h - the relations of one ref, either end's, as integers: no text is read, nothing is sorted, nothing is allocated.
 *
 *   struct cb_link_run run;
 *   for (cb_link_start(&run, s, ref, types); cb_link_next(&run);) use(run.type, run.ref);
 *
 * Types     a bit set of relation types as seen from REF: a pair that is asked for in both directions has both bits
 * Twice     what both ends say is told twice; who must count uses serve.h, or marks what it has met
 * Missing   a ref that nobody has registered has links too: of those who name it
 * Order     by part, then as adjacency.h keeps them: the same for the same snapshot
 */
#ifndef CB_RELATE_LINK_H
#define CB_RELATE_LINK_H

#include "catalog/relate/snapshot_in.h"

struct cb_link_run {
    const struct cb_snapshot *s;
    const struct cb_segment *g; /* whose edges are at hand */
    const uint64_t *live;       /* NULL: the ref's own edges */
    uint64_t types;
    uint32_t of, part, at, end;
    /* the link at hand */
    uint32_t ref;
    uint8_t type; /* as seen from the ref that was asked about */
};

static inline void cb_link_start(struct cb_link_run *r, const struct cb_snapshot *s, uint32_t ref,
                                 uint64_t types)
{
    cb_doc d = cb_snapshot_where(s, ref);

    *r = (struct cb_link_run){.s = s, .types = types, .of = ref};
    if (d.segment == CB_DOC_NONE)
        return;
    r->g = s->parts[d.segment].segment;
    r->at = r->g->edges.out_at[d.n];
    r->end = r->g->edges.out_at[d.n + 1];
}

/* On to the next part that has edges to the ref. */
static inline bool cb_link_part(struct cb_link_run *r)
{
    while (r->part < r->s->part_n) {
        const struct cb_part *part = &r->s->parts[r->part++];
        uint32_t t;

        if (!part->segment || (t = cb_adjacency_target(&part->segment->edges, r->of)) == UINT32_MAX)
            continue;
        r->g = part->segment;
        r->live = part->live->w;
        r->at = r->g->edges.in_at[t];
        r->end = r->g->edges.in_at[t + 1];
        return true;
    }
    return false;
}

static inline bool cb_link_next(struct cb_link_run *r)
{
    do
        for (; r->at < r->end; r->at++) {
            const struct cb_adjacency *a = &r->g->edges;
            uint32_t doc;

            r->type = r->live ? cb_relations[a->in_type[r->at]].inverse : a->out_type[r->at];
            if (!(r->types >> r->type & 1))
                continue;
            if (!r->live) {
                r->ref = a->out_ref[r->at++];
                return true;
            }
            doc = a->in_doc[r->at];
            if (!cb_bits_get(r->live, doc))
                continue;
            r->ref = r->g->ref_of[doc];
            r->at++;
            return true;
        }
    while (cb_link_part(r));
    return false;
}

#endif
