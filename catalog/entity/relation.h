/*
 * relation.h - relation types and their inverses, as a table.
 *
 * A pair such as ownedBy/ownerOf is stored once, as the emitting entity says it; the other end reads
 * the inverse. Adding a type is adding a row.
 */
#ifndef CB_ENTITY_RELATION_H
#define CB_ENTITY_RELATION_H

#include "catalog/base/str.h"

struct cb_relation {
    cb_str name;     /* "ownedBy" */
    uint8_t inverse; /* index of "ownerOf" in the table */
};

/* One edge as the entity that emits it says it. */
struct cb_edge {
    uint8_t type;  /* index in cb_relations */
    cb_str target; /* lower-case ref; may name an entity that nobody has registered */
};

extern const struct cb_relation cb_relations[];
extern const size_t cb_relation_n;

/* Index by name, ASCII case ignored when NOCASE; -1 when there is none. */
int cb_relation_find(cb_str name, bool nocase);

#endif
