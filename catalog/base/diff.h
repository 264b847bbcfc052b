/*
 * diff.h - what makes one JSON value into another: a list of changes for programs, a unified text for people.
 *
 * List      add, remove, replace as in RFC 6902 (JSON Patch): paths are JSON Pointers, and each is meant after those before
 *           it were carried out. Removals and replacements tell the old value too
 * Objects   by key; another order of keys is no change
 * Arrays    items that are the same thing are kept, whatever stands before them: equal ones, and objects that agree in their
 *           first key of name, id, ref, targetRef, url, title; what changed inside is told inside
 * Limits    an array pair over CB_DIFF_CELLS (lengths multiplied, without what is equal at both ends) is replaced whole; a text
 *           pair over it is one change from its first different line to its last
 * Lifetime  old and new values borrowed, the rest in the arena
 * Threads   pure
 */
#ifndef CB_BASE_DIFF_H
#define CB_BASE_DIFF_H

#include "catalog/base/node.h"

#define CB_DIFF_CELLS 1000000
#define CB_DIFF_CONTEXT 3 /* lines around a change */

enum cb_diff_type { CB_DIFF_ADD, CB_DIFF_REMOVE, CB_DIFF_REPLACE };

struct cb_diff_op {
    enum cb_diff_type type;
    cb_str path;
    const struct cb_node *old, *new; /* NULL where there is none */
};

/* How many; *OUT in A. */
size_t cb_diff(const struct cb_diff_op **out, struct cb_arena *a, const struct cb_node *old, const struct cb_node *new);
/* "add", "remove", "replace" */
const char *cb_diff_name(enum cb_diff_type type);
/*
 * "--- OLD_NAME", "+++ NEW_NAME", "@@ -1,7 +1,8 @@" and lines that begin with ' ', '-' or '+'; nothing when the texts are equal.
 * The number of lines that came and went goes into ADDED and REMOVED (may be NULL).
 */
void cb_diff_text(struct cb_buf *out, cb_str old_name, cb_str new_name, cb_str old, cb_str new, size_t *added, size_t *removed);

#endif
