/*
 * adjacency.h - the edges that a segment's documents say, readable from either end.
 *
 * Out       of document D: out_at[D] .. out_at[D + 1], by (name of type, text of target)
 * In        of the I-th target: in_at[I] .. in_at[I + 1], by (name of the inverse type, document); the target may be
 *           in another segment, or nowhere
 * Integers  refs are process-wide ids, documents this segment's numbers: a walk compares no text
 */
#ifndef CB_RELATE_ADJACENCY_H
#define CB_RELATE_ADJACENCY_H

#include "catalog/relate/block.h"
#include "catalog/relate/names.h"

struct cb_adjacency {
    uint32_t doc_n, edge_n, target_n;
    uint32_t *out_at, *out_ref;
    uint8_t *out_type;
    uint32_t *target; /* ref ids, ascending */
    uint32_t *in_at, *in_doc;
    uint8_t *in_type;
    uint32_t
        *direct; /* by ref id - direct_base: index in target + 1; NULL when ids lie too far apart */
    uint32_t direct_base, direct_n;
    uint32_t type_n[CB_NAMES_TYPE_MAX]; /* edges of each type */
};

/* Edges in order of documents, each document's in any order, repeated ones too; OUT_AT has DOC_N + 1 places. */
void cb_adjacency_init(struct cb_adjacency *a, const struct cb_names *names, uint32_t doc_n,
                       const uint32_t *out_at, const uint32_t *ref, const uint8_t *type);
void cb_adjacency_fini(struct cb_adjacency *a);
size_t cb_adjacency_bytes(const struct cb_adjacency *a);
/* Index of REF in target; UINT32_MAX when nobody here points at it. */
uint32_t cb_adjacency_target(const struct cb_adjacency *a, uint32_t ref);

#endif
