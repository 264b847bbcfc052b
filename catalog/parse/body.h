/*
 * body.h - a valid document to what is served: the entity's exact bytes, its terms and its id.
 *
 * Added     metadata.uid and etag first; metadata.namespace behind the name where it is absent; the annotations that say
 *           where the entity comes from: the managed-by ones always ours, view, edit and source only where the author
 *           has none
 * Replaced  view and edit URLs that a browser would run
 */
#ifndef CB_PARSE_BODY_H
#define CB_PARSE_BODY_H

#include "catalog/parse/descriptor.h"

#define CB_BODY_SAFE_URL "https://backstage.io/annotation-rejected-for-security-reasons"

/*
 * Flags, body and terms of OUT, whose ref and id are set, from the valid document DOC, which stays as it is.
 * Both texts are in A; what is made on the way goes to SCRATCH.
 * CB_ECONFLICT: keys that differ only in case. CB_ELIMIT: too big. NOTES say more.
 */
enum cb_code cb_body_make(struct cb_entity *out, struct cb_arena *a, struct cb_arena *scratch, const struct cb_node *doc,
                          const struct cb_descriptor_at *at, struct cb_term_notes *notes, struct cb_err *err) CB_MUSTCHECK;

#endif
