/*
 * near.h - registered names that look like one that is not: did you mean.
 *
 * Near      by this order: the same name under another kind or namespace; the same kind, and a name a few slips away (a letter
 *           too many, too few, another one, two that changed places); the same kind, and one name begins with the other up
 *           to a '-', '_' or '.'. Then the same namespace before others, then by text, order of bytes
 * Slips     one for a name of up to 4 bytes, two up to 8, then three; a name over CB_NEAR_NAME_MAX bytes has none
 * Work      an index of all names once, about 50 ns each; then a few ns a name and question
 * Threads   one at a time
 */
#ifndef CB_RELATE_NEAR_H
#define CB_RELATE_NEAR_H

#include "catalog/relate/stop.h"

#define CB_NEAR_MOST 5        /* names that are given */
#define CB_NEAR_NAME_MAX 128  /* bytes of a name that slips are counted in */
#define CB_NEAR_SLIP_MAX 3

struct cb_near;

/* Of all that S has, in A. */
struct cb_near *cb_near_new(const struct cb_snapshot *s, struct cb_arena *a);
/* Full refs near ID (lower-case ref), which itself is not among them; borrowed from the snapshot. How many. */
size_t cb_near_find(cb_str out[CB_NEAR_MOST], const struct cb_near *near, cb_str id);
/* Slips from A to B; MAX + 1 when there are more. Both of at most CB_NEAR_NAME_MAX bytes. */
uint32_t cb_near_slips(cb_str a, cb_str b, uint32_t max);

#endif
