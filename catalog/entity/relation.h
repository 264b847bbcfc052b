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

/* Rows that derivation names; the inverse of each is the next row. */
enum cb_relation_row {
    CB_RELATION_OWNED_BY = 0,
    CB_RELATION_OWNER_OF = 1,
    CB_RELATION_PART_OF = 2,
    CB_RELATION_HAS_PART = 3,
    CB_RELATION_PROVIDES_API = 4,
    CB_RELATION_CONSUMES_API = 6,
    CB_RELATION_DEPENDS_ON = 8,
    CB_RELATION_DEPENDENCY_OF = 9,
    CB_RELATION_MEMBER_OF = 10,
    CB_RELATION_HAS_MEMBER = 11,
    CB_RELATION_CHILD_OF = 12,
    CB_RELATION_PARENT_OF = 13,
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
