/*
 * mask.h - no secret of a run is ever told: *** stands in its place.
 *
 * Secrets   every text within a JSON value that is longer than one byte, its form in JSON, in a URL (percent), in base64; of one with
 *           several lines also each line of CB_MASK_LINE_MIN bytes or more
 * Keys      of objects are words of whoever wrote the action: only a secret of CB_MASK_KEY_MIN bytes or more is masked in one, for a
 *           shorter one may be such a word
 * Limits    CB_MASK_N_MAX forms; a run with more is refused when it is submitted
 * Lifetime  borrows from its arena
 * Threads   read only once made: any
 */
#ifndef CB_SCAFFOLD_MASK_H
#define CB_SCAFFOLD_MASK_H

#include "catalog/base/node.h"

#define CB_MASK_N_MAX 1024
#define CB_MASK_LINE_MIN 4
#define CB_MASK_KEY_MIN 16

struct cb_mask {
    cb_str *v; /* the longest first */
    size_t n;
    bool first[256]; /* bytes that one begins with */
};

/* False: more than CB_MASK_N_MAX. */
bool cb_mask_add(struct cb_mask *m, struct cb_arena *a, const struct cb_node *secrets);
/* Is there any in TEXT? */
bool cb_mask_hits(const struct cb_mask *m, cb_str text);
/* TEXT itself when there is none. */
cb_str cb_mask_text(struct cb_arena *a, const struct cb_mask *m, cb_str text);
/* TEXT was cut off somewhere: without the beginning of a secret that it may end in. */
cb_str cb_mask_cut(const struct cb_mask *m, cb_str text);
/* A copy with all texts and keys masked. */
struct cb_node *cb_mask_node(struct cb_arena *a, const struct cb_mask *m, const struct cb_node *node);
/* Is there any in a text or key of NODE? */
bool cb_mask_node_hits(const struct cb_mask *m, const struct cb_node *node);
/* A copy without the members and items that have one in them. NULL: NODE itself had. */
struct cb_node *cb_mask_prune(struct cb_arena *a, const struct cb_mask *m, const struct cb_node *node);

#endif
