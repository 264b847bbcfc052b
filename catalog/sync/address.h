/*
 * address.h - what a file of a source is called in annotations, and what a Location's target means there.
 */
#ifndef CB_SYNC_ADDRESS_H
#define CB_SYNC_ADDRESS_H

#include "catalog/fetch/tree.h"
#include "catalog/parse/descriptor.h"
#include "catalog/sync/source.h"

struct cb_address {
    const struct cb_sync_conf *conf;
    const struct cb_source_conf *source;
    cb_str url;    /* clone URL without credentials, or the folder of a file source, without a '/' at its end */
    cb_str branch;
};

/* Fill AT for PATH; ORIGIN empty: it is its own origin. */
void cb_address_of(struct cb_descriptor_at *at, struct cb_arena *a, const struct cb_address *address, cb_str path, cb_str origin);

enum cb_target_kind {
    CB_TARGET_PATH,    /* a path or glob of this tree */
    CB_TARGET_LEAD,    /* a page of another repository or branch: ask cb_lead_of */
    CB_TARGET_REFUSED, /* of a type or place that is not allowed: ERR says why */
};

/* What TARGET, written in the file FROM, means. */
enum cb_target_kind cb_address_target(cb_str *path, struct cb_arena *a, const struct cb_address *address, cb_str from,
                                    const struct cb_target *target, struct cb_err *err);
/* As cb_include_fn: what a placeholder of the file FROM names, which is a file of the same TREE. */
enum cb_code cb_address_include(struct cb_arena *a, const struct cb_address *address, struct cb_tree *tree, cb_str from, cb_str target,
                                cb_str *bytes, cb_str *path, struct cb_err *err) CB_MUSTCHECK;

#endif
