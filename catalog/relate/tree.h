/*
 * tree.h - what stands above what, and how much each holds: groups in groups with their people and what they own; domains in
 * domains, systems in these, with their parts.
 *
 *   Node      a group; or a domain or a system. One that is named and not registered as well
 *   Parents   the groups it is a child of; the domains and systems it is part of. Several are possible, and so are rings: whoever
 *             draws it decides where a node stands
 *   Has       by kind, how many entities it owns itself; or that are part of it, systems and domains too. Of groups also people
 *   Below     the same with those of all nodes that stand below it. An entity counts once in each, however many ways lead there
 *   Alone     by kind, what has nobody above it: what could have an owner and has none (CB_TREE_ORG; kinds of a team's work); or
 *             components, APIs and resources that are part of nothing (CB_TREE_SYSTEMS)
 *   Health    the worst of what it has, and of what is below it (health.h)
 *
 * Order     nodes by ref (order of bytes)
 * Limits    more than CB_TREE_KIND_MAX kinds are counted as one without a name; CB_TREE_DEPTH_MAX steps up are counted
 * Work      each link once, and for each entity the nodes above it
 */
#ifndef CB_RELATE_TREE_H
#define CB_RELATE_TREE_H

#include "catalog/relate/health.h"
#include "catalog/relate/stop.h"

#define CB_TREE_KIND_MAX 16  /* kinds that are told apart; the last has all others when there are more */
#define CB_TREE_DEPTH_MAX 64 /* steps up */

enum cb_tree_of { CB_TREE_ORG, CB_TREE_SYSTEMS };

struct cb_tree_node {
    uint32_t ref;
    bool missing;                /* named and not registered */
    uint32_t parent_at, parent_n; /* in parents */
    uint32_t people, people_below;
    enum cb_health health, health_below;
};

struct cb_tree {
    struct cb_tree_node *nodes;
    size_t node_n;
    uint32_t *parents;       /* indexes of nodes */
    cb_str kinds[CB_TREE_KIND_MAX]; /* lower case; empty: the others */
    size_t kind_n;
    uint32_t *has, *below;   /* of node I and kind K at I * CB_TREE_KIND_MAX + K */
    uint32_t *alone;         /* by kind */
    uint32_t people, people_alone; /* users; those in no group */
};

/* In A. CB_ETIMEOUT when STOP says so. */
enum cb_code cb_tree_of(struct cb_tree *out, const struct cb_snapshot *s, enum cb_tree_of of, const struct cb_stop *stop, struct cb_arena *a,
                        struct cb_err *err) CB_MUSTCHECK;

#endif
