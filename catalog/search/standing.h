/*
 * standing.h - how an entity is, in the one word that a list shows: the worst of those that "health" answers (column.h).
 *
 * Words     "error", "warning", "orphan", "problems" (none of them is graver than a hint), "well"
 * Work      the column of a part when the first of its documents is asked for, then at most five looks a document
 * Lifetime  in the arena that was given
 * Threads   one at a time
 */
#ifndef CB_SEARCH_STANDING_H
#define CB_SEARCH_STANDING_H

#include "catalog/relate/snapshot.h"

struct cb_standing;

struct cb_standing *cb_standing_new(struct cb_arena *a);
/* Another snapshot than the last one may be asked: its columns are made anew. */
cb_str cb_standing_of(struct cb_standing *st, const struct cb_snapshot *s, cb_doc d);

#endif
