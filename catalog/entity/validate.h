/*
 * validate.h - is a document an entity? Every mistake in it, as problems.
 *
 * Verdict   the same as Backstage's, in its order: envelope, entity schema, root fields, field formats, kind schema
 * Problems  the first one carries Backstage's words; each field has at most one
 * Place     of the field when it is there, else of the object that lacks it
 * Threads   pure, but for the list's arena
 */
#ifndef CB_ENTITY_VALIDATE_H
#define CB_ENTITY_VALIDATE_H

#include "catalog/base/node.h"
#include "catalog/entity/kind.h"
#include "catalog/entity/problem.h"

#define CB_VALIDATE_MAX 100 /* problems of one document; the rest is counted as left out */

struct cb_validate {
    struct cb_problems *problems;
    cb_str path;                  /* of the file, for problems */
    uint32_t doc;
    size_t first;                 /* index of this document's first problem in the list */
    cb_str entity;                /* the id that the document was meant to have; may be empty */
    const struct cb_rules *rules; /* for rows that are opt-in; may be NULL */
};

/* Has it anything of an entity? False, with the one problem there is to tell: it is some other kind of file. */
bool cb_validate_is_entity(const struct cb_validate *v, const struct cb_node *doc);
/* Can it be told which entity this is: an object with apiVersion, kind and metadata.name. True: nothing was added. */
bool cb_validate_envelope(const struct cb_validate *v, const struct cb_node *doc);
/* The rest, of any object. True: nothing was added; *KIND is the row it belongs to, NULL when there is none. */
bool cb_validate_entity(const struct cb_validate *v, const struct cb_node *doc, const struct cb_kind **kind);

#endif
