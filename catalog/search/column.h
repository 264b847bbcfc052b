/*
 * column.h - one key of one part of a snapshot, terms and relations alike: what ordering and text search walk over.
 */
#ifndef CB_SEARCH_COLUMN_H
#define CB_SEARCH_COLUMN_H

#include "catalog/relate/snapshot_in.h"

/* KEY (lower case) is "relations.<type>"; *TYPE is the index of the type, or -1 for none that exists. */
bool cb_column_is_relation(cb_str key, int *type);
/*
 * KEY (lower case) is "problems", "problems.rule" or "problems.severity": answered from fault.h and from edges to nothing. Or
 * "health", from those and from what marks an orphan: "well", "problems", "error", "warning", "orphan".
 */
bool cb_column_is_problem(cb_str key);
/* The column of KEY in part PART; false when no document there has it. What must be made is made in A. */
bool cb_column_view(struct cb_view *out, const struct cb_snapshot *s, uint32_t part, cb_str key,
                    struct cb_arena *a);

#endif
