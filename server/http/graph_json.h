/*
 * graph_json.h - answers about the graph as JSON, CSV and Graphviz' DOT: the routes and `callboard graph` share them.
 *
 * Entity    "ref", "kind", and when there is one "title", "type", "lifecycle", "owner", "system"; "missing": nobody has
 *           registered it
 * CSV       RFC 4180, CRLF; a cell that a spreadsheet would take for a formula has an apostrophe in front
 */
#ifndef CB_HTTP_GRAPH_JSON_H
#define CB_HTTP_GRAPH_JSON_H

#include "catalog/relate/cycle.h"
#include "catalog/relate/dangling.h"
#include "catalog/relate/landscape.h"
#include "catalog/relate/path.h"
#include "catalog/relate/tree.h"
#include "catalog/relate/walk.h"

#define CB_IMPACT_ITEM_MAX 20000 /* entities of one page */
#define CB_CYCLE_ITEM_MAX 100    /* rings of one page */
#define CB_CYCLE_MEMBER_MAX 200  /* members of one ring, and steps of its way round, that are told */

/* What a list or a drawing says of an entity. */
struct cb_entity_facts {
    cb_str ref, kind, title, type, lifecycle, owner, system;
    bool missing;
};

/* The members of an entity's object, without its braces. Scratch memory is kept between calls. */
struct cb_facts;
struct cb_facts *cb_facts_new(const struct cb_snapshot *s, struct cb_arena *a);
/* Good until the next one is asked for. */
void cb_facts_of(struct cb_entity_facts *out, struct cb_facts *f, uint32_t ref);
void cb_facts_put(struct cb_buf *out, struct cb_facts *f, uint32_t ref);

void cb_walk_json(struct cb_buf *out, struct cb_facts *f, const struct cb_walk *walk);

#define CB_DANGLING_ITEM_MAX 500 /* refs of one page */
#define CB_DANGLING_BY_MAX 50    /* of those who name one */

/* Who is reached, filtered and paged. */
struct cb_impact_opts {
    bool needs;                /* what it needs, instead of who needs it */
    uint64_t pairs;            /* 0: the usual ones */
    int64_t depth, offset, limit;
    const cb_str *kinds;       /* lower case; none: all */
    size_t kind_n;
    cb_str owner;              /* lower-case ref; empty: all */
};

#define CB_IMPACT_OPTS_INIT                                                                                            \
    {                                                                                                                  \
        .depth = CB_REACH_HOP_MAX, .limit = 200                                                                        \
    }

struct cb_impact {
    const struct cb_impact_opts *opts;
    uint64_t types; /* as walked */
    struct cb_reach reach;
    uint32_t *refs; /* those that the filter lets through, in order; not the root */
    size_t n;
};

enum cb_code cb_impact_of(struct cb_impact *out, const struct cb_snapshot *s, cb_str id, const struct cb_impact_opts *opts,
                          const struct cb_stop *stop, struct cb_arena *a, struct cb_err *err) CB_MUSTCHECK;
void cb_impact_json(struct cb_buf *out, struct cb_facts *f, const struct cb_impact *i);
void cb_impact_csv(struct cb_buf *out, struct cb_facts *f, const struct cb_impact *i);
void cb_paths_json(struct cb_buf *out, struct cb_facts *f, uint32_t from, uint32_t to, const struct cb_paths *p);

/* Which rings of ALL have a member of one of the kinds and with that owner, and which page of them. */
struct cb_cycle_opts {
    const cb_str *kinds; /* lower case; none: all */
    size_t kind_n;
    cb_str owner;        /* lower-case ref; empty: all */
    int64_t offset, limit;
};

void cb_cycles_json(struct cb_buf *out, struct cb_facts *f, struct cb_cycles *all, const struct cb_cycle_opts *opts, struct cb_arena *a);

/* Which missing refs, named by whom, and which page of them. */
struct cb_dangling_opts {
    const cb_str *kinds; /* of the missing ref; lower case; none: all */
    size_t kind_n;
    cb_str owner;        /* of who names it; lower-case ref; empty: all */
    uint64_t pairs;      /* named by these, either side; 0: all */
    int64_t offset, limit;
};

enum cb_code cb_danglings_of(struct cb_danglings *out, const struct cb_snapshot *s, const struct cb_dangling_opts *opts,
                             const struct cb_stop *stop, struct cb_arena *a, struct cb_err *err) CB_MUSTCHECK;
void cb_danglings_json(struct cb_buf *out, const struct cb_snapshot *s, const struct cb_danglings *all, const struct cb_dangling_opts *opts,
                       struct cb_arena *a);

#define CB_LAND_ITEM_MAX 20000 /* tiles that are told */

/* Which part of the map is told; places stay those of the whole. */
struct cb_land_opts {
    cb_str root;   /* lower-case ref of a box, with all that lies in it; empty: all */
    int64_t limit; /* tiles: of more none is told, and the boxes alone are the map */
};

/* CB_ENOTFOUND: root is no box of it. */
enum cb_code cb_landscape_json(struct cb_buf *out, struct cb_facts *f, const struct cb_landscape *land, const struct cb_land_opts *opts,
                               struct cb_arena *a, struct cb_err *err) CB_MUSTCHECK;

#define CB_TREE_ITEM_MAX 20000 /* nodes that are told */

/* At most LIMIT nodes. People are told of the groups' tree alone. */
void cb_tree_json(struct cb_buf *out, struct cb_facts *f, const struct cb_tree *tree, bool people, int64_t limit);

/* ,"key":["dependsOn",...] of a set of types, forward sides when FORWARD. */
void cb_types_json(struct cb_buf *out, const char *key, uint64_t types, bool forward);
/* TYPES and their inverses (0: all), cut down to those that lead "out" or "in"; any other DIRECTION: both. */
uint64_t cb_types_toward(uint64_t types, cb_str direction);
/* "a,b" of relation names in any case into a set; CB_EINVAL names the one that is none. */
enum cb_code cb_types_parse(uint64_t *types, cb_str list, struct cb_err *err) CB_MUSTCHECK;

#endif
