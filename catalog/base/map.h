/*
 * map.h - open-addressing table from a slice to a pointer or an integer.
 *
 * Shape     keys are borrowed, not copied: they live at least as long as the map (arena text)
 * Hash      SipHash with a key drawn at start: a stranger cannot choose collisions
 * Order     each() walks in order of insertion
 * Threads   one writer or many readers
 */
#ifndef CB_BASE_MAP_H
#define CB_BASE_MAP_H

#include "catalog/base/str.h"

union cb_map_value {
    void *p;
    uint64_t u;
};

struct cb_map_slot {
    cb_str key;
    union cb_map_value value;
};

struct cb_map {
    struct cb_map_slot *slots; /* in order of insertion; a deleted one has key.p NULL and key.n 1 */
    uint32_t *index;           /* position in slots + 1, or 0 */
    size_t n, slot_n, slot_cap, index_cap;
};

#define CB_MAP_INIT ((struct cb_map){0})

void cb_map_fini(struct cb_map *m);
/* The value's place, made with 0 when missing (*MADE, may be NULL, tells). Valid until the next put. */
union cb_map_value *cb_map_put(struct cb_map *m, cb_str key, bool *made);
/* NULL when missing. */
union cb_map_value *cb_map_get(const struct cb_map *m, cb_str key);
bool cb_map_del(struct cb_map *m, cb_str key);
/* Walk: for (size_t i = 0; (slot = cb_map_next(m, &i));) */
struct cb_map_slot *cb_map_next(const struct cb_map *m, size_t *i);

#endif
