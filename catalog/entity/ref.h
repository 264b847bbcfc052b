/*
 * ref.h - the name by which one entity points at another.
 *
 * Text      [kind:][namespace/]name, for example "component:default/checkout"
 * Shape     three non-empty slices; the author's case is kept
 * Compare   by the id: "kind:namespace/name" in lower case (Unicode, no locale)
 * Source    Backstage's string references: split at the first ':' and the first '/'; a '/' before the ':' makes
 *           the colon part of the name; no character rules here (validate.h has those of an entity's own name)
 * Lifetime  slices borrow from the text, or from the defaults that filled them in
 * Threads   pure; call from anywhere
 */
#ifndef CB_ENTITY_REF_H
#define CB_ENTITY_REF_H

#include "catalog/base/arena.h"
#include "catalog/base/err.h"

struct cb_ref {
    cb_str kind;  /* "component" */
    cb_str space; /* "default" */
    cb_str name;  /* "checkout" */
};

#define CB_REF_TEXT_MAX 1024 /* bytes of a ref that is looked at */

/*
 * Split TEXT into OUT; a missing kind or namespace comes from DEFAULTS (NULL: no kind, "default").
 * CB_EINVAL, with OUT untouched: empty text, an empty part, no kind anywhere, over CB_REF_TEXT_MAX.
 */
enum cb_code cb_ref_parse(struct cb_ref *out, cb_str text, const struct cb_ref *defaults, struct cb_err *err) CB_MUSTCHECK;
/* "kind:namespace/name" in lower case: how two refs are compared, stored and served. */
cb_str cb_ref_id(struct cb_arena *a, const struct cb_ref *ref);
/* The same of a text in one step; the empty slice when it cannot be parsed. */
cb_str cb_ref_id_of(struct cb_arena *a, cb_str text, const struct cb_ref *defaults);

#endif
