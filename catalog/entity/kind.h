/*
 * kind.h - the kinds of entity and what each may hold: one row a kind, one rule a field, one row a relation.
 *
 * Opt-in    some rows (AiResource, API of type mcp-server) hold only where the allow-list names them
 */
#ifndef CB_ENTITY_KIND_H
#define CB_ENTITY_KIND_H

#include "catalog/base/str.h"
#include "catalog/entity/field.h"
#include "catalog/entity/rules.h"

/* A field of spec that names other entities. */
struct cb_link {
    const char *field;
    uint8_t relation;         /* row of cb_relations that the entity emits */
    const char *default_kind; /* NULL: the ref must name a kind */
};

struct cb_kind {
    cb_str name;      /* "Component", as an author must write it */
    const char *const *versions; /* values of apiVersion, ended by NULL */
    cb_str spec_type; /* this row is for that spec.type alone; empty: any */
    bool opt_in;
    const struct cb_field *fields; /* of spec; validate.c knows the shape */
    const struct cb_link *links;   /* ended by a row without field */
    const char *processor;         /* the name that Backstage's messages give to its reader of this kind */
};

const struct cb_kind *cb_kind_find(cb_str name); /* exact spelling; NULL when unknown; the row without spec_type */
const struct cb_kind *cb_kind_find_nocase(cb_str name);
const struct cb_kind *cb_kind_at(size_t i);      /* NULL behind the last */
/*
 * The row that judges an entity: its kind, apiVersion and spec.type, opt-in rows only if RULES (may be NULL) name
 * them. NULL: nobody knows such a kind, or it has no such apiVersion.
 */
const struct cb_kind *cb_kind_for(cb_str name, cb_str version, cb_str spec_type, const struct cb_rules *rules);

#endif
