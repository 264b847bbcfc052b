#include "catalog/relate/walk.h"

#include <stdlib.h>

#include "catalog/relate/serve.h"

#define TABLE_FIRST 256
#define LEFT_OUT UINT32_MAX /* a node's place: met, not taken */

/* An edge in its forward direction, between refs. */
struct link {
    uint32_t from, to;
    uint8_t type;
};

/* Every ref that was met and which node it became. */
struct table {
    struct {
        uint32_t ref, node; /* ref + 1; 0: free */
    } * v;
    size_t n, cap;
};

struct state {
    const struct cb_snapshot *s;
    const struct cb_walk_opts *opts;
    struct table met;
    CB_PILE(uint32_t) nodes; /* refs, in order */
    CB_PILE(uint32_t) hops;
    CB_PILE(uint32_t) level; /* refs met for the first time from the level before */
    CB_PILE(struct link) links;
    uint32_t *more; /* by node, once all are taken */
    size_t node_max, left_out_n, other_kind_n, edge_lost_n, edge_beyond_n;
    bool truncated;
};

static uint32_t *slot(struct table *t, uint32_t ref)
{
    size_t i = (ref * UINT32_C(2654435761)) & (t->cap - 1);

    while (t->v[i].ref && t->v[i].ref != ref + 1)
        i = (i + 1) & (t->cap - 1);
    t->v[i].ref = ref + 1;
    return &t->v[i].node;
}

static bool known(const struct table *t, uint32_t ref)
{
    size_t i = (ref * UINT32_C(2654435761)) & (t->cap - 1);

    while (t->v[i].ref && t->v[i].ref != ref + 1)
        i = (i + 1) & (t->cap - 1);
    return t->v[i].ref != 0;
}

static void table_add(struct table *t, uint32_t ref, uint32_t node)
{
    if (t->n * 2 >= t->cap) {
        struct table old = *t;

        t->cap = old.cap ? old.cap * 2 : TABLE_FIRST;
        if (!(t->v = calloc(t->cap, sizeof(*t->v))))
            abort();
        for (size_t i = 0; i < old.cap; i++)
            if (old.v[i].ref)
                *slot(t, old.v[i].ref - 1) = old.v[i].node;
        free(old.v);
    }
    *slot(t, ref) = node;
    t->n++;
}

static bool wanted(const struct cb_walk_opts *o, uint8_t type)
{
    bool forward = type < cb_relations[type].inverse;

    if (o->types && !(o->types >> type & 1))
        return false;
    return o->direction == CB_WALK_BOTH || (o->direction == CB_WALK_OUT) == forward;
}

static bool is_of_kinds(const struct state *w, uint32_t ref)
{
    cb_str text;

    if (w->opts->kind_n == 0)
        return true;
    text = cb_intern_text(cb_snapshot_names(w->s)->refs, ref);
    for (size_t i = 0; i < w->opts->kind_n; i++)
        if (text.n > w->opts->kinds[i].n && text.p[w->opts->kinds[i].n] == ':' &&
            cb_str_starts(text, w->opts->kinds[i]))
            return true;
    return false;
}

/* An edge in its forward direction. */
static struct link link_of(uint32_t ref, const struct cb_seen_run *run)
{
    bool forward = run->type < cb_relations[run->type].inverse;

    return (struct link){forward ? ref : run->ref, forward ? run->ref : ref,
                         forward ? run->type : cb_relations[run->type].inverse};
}

/* Note the edges of REF, and who is met by them for the first time. */
static void look_around(struct state *w, uint32_t ref)
{
    cb_doc d = cb_snapshot_where(w->s, ref);
    struct cb_seen_run run;

    if (d.segment == CB_DOC_NONE)
        return;
    cb_seen_start(&run, w->s, d);
    while (cb_seen_next(&run)) {
        if (!wanted(w->opts, run.type))
            continue;
        cb_pile_push(&w->links, link_of(ref, &run));
        if (known(&w->met, run.ref))
            continue;
        table_add(&w->met, run.ref, LEFT_OUT);
        if (is_of_kinds(w, run.ref))
            cb_pile_push(&w->level, run.ref);
        else
            w->other_kind_n++;
    }
}

/* Edges of a node of the last hop to others that were taken; how many lead elsewhere. */
static void look_back(struct state *w, uint32_t node)
{
    uint32_t ref = w->nodes.v[node];
    cb_doc d = cb_snapshot_where(w->s, ref);
    struct cb_seen_run run;

    if (d.segment == CB_DOC_NONE)
        return;
    cb_seen_start(&run, w->s, d);
    while (cb_seen_next(&run)) {
        if (!wanted(w->opts, run.type))
            continue;
        if (known(&w->met, run.ref) && *slot(&w->met, run.ref) != LEFT_OUT) {
            cb_pile_push(&w->links, link_of(ref, &run));
            continue;
        }
        w->more[node]++;
        w->edge_beyond_n++;
    }
}

static int by_text(const void *x, const void *y, void *names)
{
    const uint32_t *a = x, *b = y;
    const struct cb_names *n = names;

    return cb_str_cmp(cb_intern_text(n->refs, *a), cb_intern_text(n->refs, *b));
}

static void take_level(struct state *w, uint32_t hop)
{
    if (w->level.n > 1)
        qsort_r(w->level.v, w->level.n, sizeof(uint32_t), by_text,
                (void *)(uintptr_t)cb_snapshot_names(w->s));
    for (size_t i = 0; i < w->level.n; i++) {
        if (w->nodes.n >= w->node_max) {
            w->left_out_n += w->level.n - i;
            w->truncated = true;
            return;
        }
        *slot(&w->met, w->level.v[i]) = (uint32_t)w->nodes.n;
        cb_pile_push(&w->nodes, w->level.v[i]);
        cb_pile_push(&w->hops, hop);
    }
}

static int by_ends(const void *x, const void *y)
{
    const struct cb_walk_edge *a = x, *b = y;

    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    return a->to < b->to ? -1 : a->to > b->to;
}

/* Edges between nodes that were taken, each once. */
static void put_edges(struct cb_walk *out, struct state *w, struct cb_arena *a)
{
    struct cb_walk_edge *e = CB_NEW_N(a, struct cb_walk_edge, w->links.n ? w->links.n : 1);
    size_t n = 0, unique = 0;

    for (size_t i = 0; i < w->links.n; i++) {
        uint32_t from = *slot(&w->met, w->links.v[i].from), to = *slot(&w->met, w->links.v[i].to);

        if (from != LEFT_OUT && to != LEFT_OUT)
            e[n++] = (struct cb_walk_edge){from, to, w->links.v[i].type};
        else { /* told by the end that was taken, and so once */
            w->more[from != LEFT_OUT ? from : to]++;
            w->edge_lost_n++;
        }
    }
    qsort(e, n, sizeof(*e), by_ends);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || by_ends(&e[unique - 1], &e[i]) != 0)
            e[unique++] = e[i];
    out->truncated = w->truncated || unique > CB_WALK_EDGE_MAX;
    out->edges = e;
    out->edge_n = unique > CB_WALK_EDGE_MAX ? CB_WALK_EDGE_MAX : unique;
    out->edge_over_n = unique - out->edge_n;
}

static void put_nodes(struct cb_walk *out, const struct state *w, struct cb_arena *a)
{
    out->node_n = w->nodes.n;
    out->nodes = CB_NEW_N(a, struct cb_walk_node, w->nodes.n);
    for (size_t i = 0; i < w->nodes.n; i++) {
        cb_doc d = cb_snapshot_where(w->s, w->nodes.v[i]);

        out->nodes[i] = (struct cb_walk_node){
            .id = cb_intern_text(cb_snapshot_names(w->s)->refs, w->nodes.v[i]),
            .ref = w->nodes.v[i],
            .hop = w->hops.v[i],
            .more_n = w->more[i],
            .missing = d.segment == CB_DOC_NONE,
            .doc = d};
    }
    out->left_out_n = w->left_out_n;
    out->other_kind_n = w->other_kind_n;
    out->edge_lost_n = w->edge_lost_n;
    out->edge_beyond_n = w->edge_beyond_n;
}

enum cb_code cb_walk_from(struct cb_walk *out, const struct cb_snapshot *s, cb_str from,
                          const struct cb_walk_opts *opts, struct cb_arena *a, struct cb_err *err)
{
    int64_t depth = opts->depth > CB_WALK_DEPTH_MAX ? CB_WALK_DEPTH_MAX : opts->depth;
    struct state w = {.s = s, .opts = opts};
    uint32_t start = cb_intern_find(cb_snapshot_names(s)->refs, from);
    enum cb_code rc = CB_OK;
    size_t level_from = 0;

    if (start == CB_INTERN_NONE || cb_snapshot_where(s, start).segment == CB_DOC_NONE)
        return cb_fail(err, CB_ENOTFOUND, "No entity with ref %" CB_FMT " in the catalog",
                       CB_ARG(from));
    w.node_max = opts->node_max < 1                  ? 1
                 : opts->node_max > CB_WALK_NODE_MAX ? CB_WALK_NODE_MAX
                                                     : (size_t)opts->node_max;
    table_add(&w.met, start, 0);
    cb_pile_push(&w.nodes, start);
    cb_pile_push(&w.hops, 0);
    for (uint32_t hop = 1; hop <= depth && level_from < w.nodes.n; hop++) {
        size_t level_to = w.nodes.n;

        w.level.n = 0;
        for (; level_from < level_to && !cb_stop_now(opts->stop); level_from++)
            look_around(&w, w.nodes.v[level_from]);
        if (level_from < level_to)
            break;
        take_level(&w, hop);
    }
    w.more = CB_NEW_N(a, uint32_t, w.nodes.n);
    for (; level_from < w.nodes.n && !cb_stop_now(opts->stop); level_from++)
        look_back(&w, (uint32_t)level_from);
    if (level_from < w.nodes.n) {
        rc = cb_fail(err, CB_ETIMEOUT, "the deadline passed after %zu entities", w.nodes.n);
    } else {
        *out = (struct cb_walk){0};
        put_edges(out, &w, a);
        put_nodes(out, &w, a);
    }
    free(w.met.v);
    cb_pile_fini(&w.nodes);
    cb_pile_fini(&w.hops);
    cb_pile_fini(&w.level);
    cb_pile_fini(&w.links);
    return rc;
}
