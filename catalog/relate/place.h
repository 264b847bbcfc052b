/*
 * place.h - where the text of a value is kept: in its entity's body if it stands there, else as a copy.
 */
#ifndef CB_RELATE_PLACE_H
#define CB_RELATE_PLACE_H

#include "catalog/relate/block.h"
#include "catalog/relate/value.h"

#define CB_PLACE_SEEK_MIN                                                                          \
    16 /* bytes of a text that is looked for in the body; shorter ones are copied */
#define CB_PLACE_ESCAPED_MIN 256 /* the same for a text that JSON writes with escapes */

/* The text TEXT of a value of the entity with BODY (which stays where it is). SCRATCH is overwritten. */
cb_value_text cb_place(struct cb_blobs *blobs, cb_str text, cb_str body, struct cb_buf *scratch);

#endif
