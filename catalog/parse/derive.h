/*
 * derive.h - fields of spec to relations: owner, system, dependsOn, providesApis ...
 *
 * Table     cb_kind.links says which fields of a kind name entities, and what that means
 * Namespace a ref without one is in the entity's own
 * Edges     as the entity says them, without repetitions, in the order of the table
 */
#ifndef CB_PARSE_DERIVE_H
#define CB_PARSE_DERIVE_H

#include "catalog/base/node.h"
#include "catalog/entity/entity.h"
#include "catalog/entity/kind.h"

/* What could not be read as a ref. */
struct cb_derive_fault {
    const struct cb_node *node;
    cb_str field;          /* "spec.dependsOn.0" */
    cb_str words;          /* Backstage's: "TypeError: Entity reference ..." */
    const char *hint_kind; /* a kind that would make it whole, or NULL */
};

/*
 * Sort in place the arrays that Backstage sorts before it looks: providesApis, consumesApis, dependsOn, dependencyOf,
 * memberOf, children, members, where they hold texts alone. SPEC may be NULL.
 */
void cb_derive_sort(struct cb_arena *a, struct cb_node *spec);
/*
 * The edges of ENTITY, whose ref is SELF. CB_EINVAL with FAULT: the first ref that cannot be read. CB_ELIMIT: over
 * CB_ENTITY_EDGE_MAX.
 */
enum cb_code cb_derive_edges(struct cb_edge **edges, size_t *n, struct cb_arena *a, const struct cb_kind *kind,
                             const struct cb_node *entity, const struct cb_ref *self, struct cb_derive_fault *fault,
                             struct cb_err *err) CB_MUSTCHECK;

#endif
