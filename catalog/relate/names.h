/*
 * names.h - what the whole process agrees on: ids of refs and keys, the order of relation types.
 *
 * Lifetime  of the catalog; segments borrow it
 */
#ifndef CB_RELATE_NAMES_H
#define CB_RELATE_NAMES_H

#include "catalog/entity/relation.h"
#include "catalog/relate/intern.h"

#define CB_NAMES_TYPE_MAX 64 /* relation types: as many as a set of them has bits */

struct cb_names {
    struct cb_intern *refs, *keys;
    uint32_t uid_key;                /* id of "metadata.uid" */
    uint32_t dangling, warning;      /* ids of "dangling-reference", "warning": texts of problems are among the keys */
    uint8_t rank[CB_NAMES_TYPE_MAX]; /* of a relation type: its place in the order of names */
};

void cb_names_init(struct cb_names *n);
void cb_names_fini(struct cb_names *n);

#endif
