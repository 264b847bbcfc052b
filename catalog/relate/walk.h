/*
 * walk.h - a bounded walk over the graph, breadth first, from one entity.
 *
 * Limits    depth, nodes and edges; what was left out is counted, never silently dropped
 * Order     nodes by hop, then by id; edges by (from, type, to)
 * Missing   an entity that does not exist is a node with missing = true and is not walked past
 */
#ifndef CB_RELATE_WALK_H
#define CB_RELATE_WALK_H

#include "catalog/relate/stop.h"

#define CB_WALK_DEPTH_MAX 8
#define CB_WALK_NODE_MAX 5000
#define CB_WALK_EDGE_MAX 20000

enum cb_walk_direction {
    CB_WALK_BOTH,
    CB_WALK_OUT,
    CB_WALK_IN
}; /* out: edges it says or its forward types; in: the inverse */

struct cb_walk_opts {
    int64_t depth;
    enum cb_walk_direction direction;
    uint64_t types; /* bit set of relation types as seen from the node walked from; 0: all */
    int64_t node_max;
    const cb_str *kinds; /* lower case; nodes of other kinds are not taken. None: all */
    size_t kind_n;
    const struct cb_stop *stop; /* NULL: goes to the end */
};

#define CB_WALK_OPTS_INIT                                                                          \
    {                                                                                              \
        .depth = 1, .direction = CB_WALK_BOTH, .types = 0, .node_max = 500                         \
    }

struct cb_walk_node {
    cb_str id;
    uint32_t ref, hop;
    uint32_t more_n; /* relations of the wanted kind that are not among the edges */
    bool missing;
    cb_doc doc;
};

struct cb_walk_edge {
    uint32_t from, to; /* indexes of nodes */
    uint8_t type;      /* the forward one of its pair, as stored by from */
};

struct cb_walk {
    struct cb_walk_node *nodes;
    struct cb_walk_edge *edges;
    size_t node_n, edge_n;
    bool truncated;
    size_t left_out_n;    /* neighbours that were not taken: over node_max */
    size_t other_kind_n;  /* neighbours that were not taken: of other kinds */
    size_t edge_over_n;   /* edges between taken nodes, over CB_WALK_EDGE_MAX */
    size_t edge_lost_n;   /* edges to neighbours that were not taken */
    size_t edge_beyond_n; /* edges of the last hop's nodes to nodes beyond the depth */
};

/* CB_ENOTFOUND when FROM is not there, CB_ETIMEOUT when told to stop. Everything in A. */
enum cb_code cb_walk_from(struct cb_walk *out, const struct cb_snapshot *s, cb_str from,
                          const struct cb_walk_opts *opts, struct cb_arena *a,
                          struct cb_err *err) CB_MUSTCHECK;

#endif
