/*
 * field.h - what a field of an entity may hold: the shape that the tables of kinds are written in.
 *
 * Source    the JSON schemas of Backstage's catalog model. A table says what the schema says, in the order of its
 *           `properties`, which is the order in which mistakes are found
 */
#ifndef CB_ENTITY_FIELD_H
#define CB_ENTITY_FIELD_H

#include "catalog/base/str.h"

enum cb_field_is {
    CB_IS_ANY = 0,
    CB_IS_STRING = 1,
    CB_IS_BOOL = 2,
    CB_IS_OBJECT = 4,
    CB_IS_ARRAY = 8,
    CB_IS_EITHER = CB_IS_OBJECT | CB_IS_ARRAY, /* an object, or an array of such objects */
};

enum cb_field_flag {
    CB_FIELD_REQUIRED = 1,
    CB_FIELD_CLOSED = 2, /* an object without other members */
    CB_FIELD_WORD = 4,   /* a string of letters, digits and "_" */
    CB_FIELD_NAMED = 8,  /* REST does not judge members whose key is empty or has a line break */
};

struct cb_field {
    const char *name; /* NULL ends a list */
    uint8_t is;       /* enum cb_field_is, several at once */
    uint8_t flags;    /* enum cb_field_flag */
    uint16_t min;     /* characters of a string, items of an array */
    uint16_t max;     /* characters of a string; 0: none */
    const char *const *one_of;       /* the values it may have, ended by NULL */
    const struct cb_field *members;  /* of an object, ended by a row without name */
    const struct cb_field *rest;     /* any member that is not in MEMBERS */
    const struct cb_field *items;    /* of an array */
    const char *hint;                /* an example of a good value: "team-payments" */
};

/* The envelope: what a document needs so that it can be told which entity it is. */
extern const struct cb_field cb_field_envelope;
/* Every entity. */
extern const struct cb_field cb_field_entity;

#endif
