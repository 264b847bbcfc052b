/*
 * cycle.h - entities that need each other in a ring: the strongly connected components of the graph of needs.
 *
 * Ring      two entities or more, each of which is reached from each other along the types; or one that says it of itself
 * Types     as seen from the ref walked from, one direction of each pair: cb_reach_types(pairs, true)
 * Order     the biggest ring first, then by its first member; members by text, order of bytes
 * Missing   what nobody has registered is in no ring
 * Work      each link once, without recursion (Tarjan's way); a ring's shortest way is looked for when it is asked for
 */
#ifndef CB_RELATE_CYCLE_H
#define CB_RELATE_CYCLE_H

#include "catalog/relate/reach.h"

struct cb_cycle {
    uint32_t *refs; /* members */
    size_t n;
};

struct cb_cycles {
    struct cb_cycle *v;
    size_t n;
    uint32_t *ring_of; /* by ref: index in v, or UINT32_MAX */
    uint64_t types;
    uint32_t *via; /* by ref, for cb_cycle_way: rings have no member in common */
    uint8_t *type;
};

/* A way from a member back to itself: refs[i] has types[i] to refs[i + 1], the last one to the first. */
struct cb_cycle_way {
    uint32_t *refs;
    uint8_t *types;
    size_t n;
};

/* Dependencies, APIs consumed and provided: what needs what to work. */
uint64_t cb_cycle_usual(void);
/* All rings along TYPES. In A. CB_ETIMEOUT when STOP says so. */
enum cb_code cb_cycle_all(struct cb_cycles *out, const struct cb_snapshot *s, uint64_t types,
                          const struct cb_stop *stop, struct cb_arena *a,
                          struct cb_err *err) CB_MUSTCHECK;
/* The shortest way round from the first member of ring AT; of several the first by text. In A. */
void cb_cycle_way(struct cb_cycle_way *out, struct cb_cycles *cycles, size_t at,
                  const struct cb_snapshot *s, struct cb_arena *a);

#endif
