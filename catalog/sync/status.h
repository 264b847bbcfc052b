/*
 * status.h - from problems to the status that an entity shows: Backstage's status items.
 *
 * Source    type backstage.io/catalog-processing, level error, message "<error name>: <message>", error {name, message}
 */
#ifndef CB_SYNC_STATUS_H
#define CB_SYNC_STATUS_H

#include "catalog/parse/descriptor.h"
#include "catalog/persist/pass_store.h"

#define CB_STATUS_ITEM_MAX 100 /* items of one entity's status */

struct cb_status_set {
    struct cb_status *v;
    size_t n;
};

/*
 * What D's broken documents leave on the entities they last gave, and what FAILING (a sentence for each target, empty:
 * well) leaves on Locations; the latter become problems of D too.
 */
void cb_status_make(struct cb_status_set *out, struct cb_arena *a, struct cb_descriptor *d, const cb_str *failing,
                    cb_str location);
/* A file that could not be read at all, as a descriptor: one problem, and nobody knows what it said. */
void cb_status_unreadable(struct cb_descriptor *out, struct cb_arena *a, cb_str path, const struct cb_err *why);

#endif
