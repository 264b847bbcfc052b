/*
 * reach.h - everything that can be reached from one entity, breadth first and without a limit: who breaks if this breaks,
 * what must be up for this to work.
 *
 * Carry     a failure goes along a relation one way, whoever says it (cb_reach_types):
 *             dependsOn    from what is depended on to the dependent
 *             consumesApi  from the API to its consumer
 *             providesApi  from the provider to the API, and so on to the API's consumers
 *             partOf       from the part to the whole           (not among the usual ones)
 *             ownedBy, memberOf, childOf  from the owner to what is owned, from the member to the group, from the
 *                          child to the parent                  (not among the usual ones)
 * Order     by hop, then by ref, order of bytes; `via` is the first in that order by which a ref is reached
 * Missing   what nobody has registered is reached, and never walked past
 * Work      each link once, integers only: 250,000 entities and 2,000,000 relations are below 50 ms
 * Stop      a caller that has a deadline gives a function to look at it
 */
#ifndef CB_RELATE_REACH_H
#define CB_RELATE_REACH_H

#include "catalog/relate/stop.h"

#define CB_REACH_HOP_MAX 64 /* steps; what lies further is not reached, and `further` says so */

struct cb_reach {
    uint32_t *refs; /* refs[0] is where it began */
    size_t n;
    uint32_t hop_n;                      /* the furthest hop */
    size_t hop_at[CB_REACH_HOP_MAX + 2]; /* of hop H: hop_at[H] up to hop_at[H + 1] */
    uint32_t *via;  /* by ref: the ref before it on a shortest way; only of refs that are reached */
    uint8_t *type;  /* by ref: the relation as seen from via */
    uint8_t *hop;   /* by ref */
    uint64_t *seen; /* by ref, bits */
    bool further;   /* something lies behind the last hop that was asked for */
};

/* The usual relations that carry a failure: dependsOn, consumesApi, providesApi, both of each pair. */
uint64_t cb_reach_usual(void);
/* Of PAIRS, either type of each, those that lead from what fails to what suffers; NEEDS: the other way. */
uint64_t cb_reach_types(uint64_t pairs, bool needs);
/* TYPES as they are seen from the other end. */
uint64_t cb_reach_inverse(uint64_t types);

/*
 * From FROM along TYPES (as seen from the ref walked from), at most HOP_MAX steps. With UNTIL, a ref: no level behind the one
 * that has it (CB_INTERN_NONE: all). In A. CB_ETIMEOUT when STOP says so.
 */
enum cb_code cb_reach_from(struct cb_reach *out, const struct cb_snapshot *s, uint32_t from,
                           uint64_t types, uint32_t hop_max, uint32_t until,
                           const struct cb_stop *stop, struct cb_arena *a,
                           struct cb_err *err) CB_MUSTCHECK;
/* Sort refs by text. Most are documents, which their segments keep in that order: nearly nothing is compared. */
void cb_refs_sort(const struct cb_snapshot *s, uint32_t *refs, size_t n, struct cb_arena *a);
/* The ref of FROM, which must be registered: CB_ENOTFOUND. */
enum cb_code cb_ref_of(uint32_t *out, const struct cb_snapshot *s, cb_str id,
                       struct cb_err *err) CB_MUSTCHECK;

/* How many of N refs have each OTHER as TYPE (as seen from them), the most often first, then by text. */
struct cb_tally {
    uint32_t ref;
    uint32_t n;
};
/* KIND: only others of that kind ("system"), empty: any. *NONE: refs without one. In A. */
size_t cb_reach_tally(struct cb_tally **out, size_t *none, const struct cb_snapshot *s,
                      const uint32_t *refs, size_t n, uint8_t type, cb_str kind,
                      struct cb_arena *a);

#endif
