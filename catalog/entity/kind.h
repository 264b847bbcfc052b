/*
 * kind.h - the kinds of entity and what each may hold: one row a kind, one rule a field.
 */
#ifndef CB_ENTITY_KIND_H
#define CB_ENTITY_KIND_H

#include "catalog/base/str.h"

struct cb_kind {
    cb_str name; /* "Component", as an author must write it */
    const struct cb_field *fields; /* of spec; validate.c knows the shape */
};

const struct cb_kind *cb_kind_find(cb_str name); /* exact spelling; NULL when unknown */
const struct cb_kind *cb_kind_at(size_t i);      /* NULL behind the last */

#endif
