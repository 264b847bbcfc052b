#include "catalog/relate/tree.h"

#include <stdlib.h>

#include "catalog/relate/link.h"

#define LOOK_EVERY 4096 /* steps between two looks at the deadline */
#define BIT(type) (UINT64_C(1) << (type))
#define OTHERS (CB_TREE_KIND_MAX - 1)

/* How the two trees differ. */
struct sort {
    const char *kinds[3]; /* of nodes, with the colon */
    uint64_t up;          /* from a node to those above it */
    uint64_t held;        /* from an entity to the nodes that have it */
    bool people;          /* users are members, not things that are had */
    const char *alone[7]; /* kinds, with the colon, that should stand in some node */
};

static const struct sort sorts[] = {
    [CB_TREE_ORG] = {{"group:"}, BIT(CB_RELATION_CHILD_OF), BIT(CB_RELATION_OWNED_BY), true,
                     {"component:", "api:", "resource:", "system:", "domain:", "template:"}},
    [CB_TREE_SYSTEMS] = {{"domain:", "system:"}, BIT(CB_RELATION_PART_OF), BIT(CB_RELATION_PART_OF), false, {"component:", "api:", "resource:"}},
};

struct planter {
    const struct cb_snapshot *s;
    const struct cb_intern *refs;
    const struct sort *sort;
    const struct cb_stop *stop;
    struct cb_arena *a;
    struct cb_tree *out;
    struct cb_health_of health;
    uint32_t ref_n, looked;
    bool over; /* the deadline has passed */
    uint32_t *node_of;     /* by ref: index + 1 */
    uint32_t *met;         /* by node: the entity that was counted there last, + 1 */
    uint32_t *way, *depth; /* nodes that an entity stands below, and how many steps up */
    CB_PILE(uint32_t) nodes; /* refs */
};

static cb_str text_of(const struct planter *p, uint32_t ref)
{
    return cb_intern_text(p->refs, ref);
}

static bool is_one_of(cb_str text, const char *const *kinds)
{
    for (; *kinds; kinds++)
        if (cb_str_starts(text, cb_str_cstr(*kinds)))
            return true;
    return false;
}

static bool is_here(const struct planter *p, uint32_t ref)
{
    return cb_snapshot_where(p->s, ref).segment != CB_DOC_NONE;
}

static bool stopped(struct planter *p)
{
    if (++p->looked % LOOK_EVERY == 0 && cb_stop_now(p->stop))
        p->over = true;
    return p->over;
}

/* ---- nodes, and what stands above them */

static void add_node(struct planter *p, uint32_t ref)
{
    if (p->node_of[ref])
        return;
    cb_pile_push(&p->nodes, ref);
    p->node_of[ref] = 1;
}

static bool gather(struct planter *p)
{
    uint64_t named = p->sort->held | p->sort->up | (p->sort->people ? BIT(CB_RELATION_MEMBER_OF) : 0);
    struct cb_link_run run;

    for (uint32_t ref = 0; ref < p->ref_n; ref++) {
        if (stopped(p))
            return false;
        if (!is_here(p, ref))
            continue;
        if (is_one_of(text_of(p, ref), p->sort->kinds))
            add_node(p, ref);
        for (cb_link_start(&run, p->s, ref, named); cb_link_next(&run);)
            if (!is_here(p, run.ref) && is_one_of(text_of(p, run.ref), p->sort->kinds))
                add_node(p, run.ref);
    }
    return true;
}

static int by_text(const void *x, const void *y, void *ctx)
{
    return cb_str_cmp(text_of(ctx, *(const uint32_t *)x), text_of(ctx, *(const uint32_t *)y));
}

static int by_number(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

    return (a > b) - (a < b);
}

static bool plant(struct planter *p)
{
    struct cb_tree *out = p->out;
    CB_PILE(uint32_t) parents = {0};
    bool whole = true;

    if (p->nodes.n > 1)
        qsort_r(p->nodes.v, p->nodes.n, sizeof(*p->nodes.v), by_text, p);
    out->node_n = p->nodes.n;
    out->nodes = CB_NEW_N(p->a, struct cb_tree_node, p->nodes.n + 1);
    for (size_t i = 0; i < p->nodes.n; i++)
        p->node_of[p->nodes.v[i]] = (uint32_t)i + 1;
    for (size_t i = 0; i < out->node_n && whole; i++) {
        struct cb_tree_node *node = &out->nodes[i];
        size_t first = parents.n, n = first;
        struct cb_link_run run;

        *node = (struct cb_tree_node){.ref = p->nodes.v[i], .missing = !is_here(p, p->nodes.v[i]), .parent_at = (uint32_t)first};
        for (cb_link_start(&run, p->s, node->ref, p->sort->up); cb_link_next(&run);)
            if (p->node_of[run.ref])
                cb_pile_push(&parents, p->node_of[run.ref] - 1);
        if (parents.n - first > 1)
            qsort(parents.v + first, parents.n - first, sizeof(*parents.v), by_number);
        for (size_t k = first; k < parents.n; k++) /* what both ends say counts once */
            if (n == first || parents.v[n - 1] != parents.v[k])
                parents.v[n++] = parents.v[k];
        parents.n = n;
        node->parent_n = (uint32_t)(n - first);
        whole = !stopped(p);
    }
    out->parents = CB_NEW_N(p->a, uint32_t, parents.n + 1);
    if (parents.n)
        memcpy(out->parents, parents.v, parents.n * sizeof(*parents.v));
    cb_pile_fini(&parents);
    return whole;
}

/* ---- what each has */

/* TEXT is a ref, or a kind with its colon. */
static size_t kind_of(struct planter *p, cb_str text)
{
    cb_str kind = cb_str_sub(text, 0, cb_str_find_char(text, ':', 0));
    struct cb_tree *out = p->out;

    for (size_t i = 0; i < out->kind_n; i++)
        if (cb_str_eq(out->kinds[i], kind))
            return i;
    if (out->kind_n < OTHERS) {
        out->kinds[out->kind_n] = kind;
        return out->kind_n++;
    }
    out->kinds[OTHERS] = CB_LIT("");
    out->kind_n = CB_TREE_KIND_MAX;
    return OTHERS;
}

static void worsen(enum cb_health *health, enum cb_health by)
{
    if (*health < by)
        *health = by;
}

/* Counts REF, which is one of KIND, in the nodes that TYPES lead to and in those above them; whether there is any. */
static bool count(struct planter *p, uint32_t ref, size_t kind, bool person, uint64_t types)
{
    struct cb_tree *out = p->out;
    enum cb_health health = person ? CB_HEALTH_OK : cb_health_of(&p->health, ref);
    struct cb_link_run run;
    uint32_t n = 0, own;
    bool any = false;

    for (cb_link_start(&run, p->s, ref, types); cb_link_next(&run);) {
        uint32_t at = p->node_of[run.ref];

        any = true;
        if (at == 0 || p->met[at - 1] == ref + 1)
            continue;
        p->met[--at] = ref + 1;
        p->depth[n] = 0;
        p->way[n++] = at;
    }
    own = n;
    for (uint32_t i = 0; i < n; i++) {
        struct cb_tree_node *node = &out->nodes[p->way[i]];
        size_t cell = (size_t)p->way[i] * CB_TREE_KIND_MAX + kind;

        if (person) {
            node->people += i < own;
            node->people_below++;
        } else {
            out->has[cell] += i < own;
            out->below[cell]++;
            if (i < own)
                worsen(&node->health, health);
            worsen(&node->health_below, health);
        }
        for (uint32_t k = 0; k < node->parent_n && p->depth[i] < CB_TREE_DEPTH_MAX; k++) {
            uint32_t up = out->parents[node->parent_at + k];

            if (p->met[up] == ref + 1)
                continue;
            p->met[up] = ref + 1;
            p->depth[n] = p->depth[i] + 1;
            p->way[n++] = up;
        }
        if (stopped(p))
            break;
    }
    return any;
}

static bool fill(struct planter *p)
{
    struct cb_tree *out = p->out;
    size_t cells = (out->node_n + 1) * CB_TREE_KIND_MAX;

    out->has = CB_NEW_N(p->a, uint32_t, cells);
    out->below = CB_NEW_N(p->a, uint32_t, cells);
    out->alone = CB_NEW_N(p->a, uint32_t, CB_TREE_KIND_MAX);
    /* those that everybody has are told apart whatever else there is */
    for (size_t i = 0; p->sort->alone[i]; i++)
        kind_of(p, cb_str_cstr(p->sort->alone[i]));
    p->met = CB_NEW_N(p->a, uint32_t, out->node_n + 1);
    p->way = CB_NEW_N(p->a, uint32_t, out->node_n + 1);
    p->depth = CB_NEW_N(p->a, uint32_t, out->node_n + 1);
    for (uint32_t ref = 0; ref < p->ref_n; ref++) {
        cb_str text = text_of(p, ref);
        bool person = p->sort->people && cb_str_starts(text, CB_LIT("user:"));

        if (stopped(p))
            return false;
        if (!is_here(p, ref))
            continue;
        if (person) {
            out->people++;
            if (!count(p, ref, 0, true, BIT(CB_RELATION_MEMBER_OF)))
                out->people_alone++;
        } else {
            size_t kind = kind_of(p, text);

            if (!count(p, ref, kind, false, p->sort->held) && is_one_of(text, p->sort->alone))
                out->alone[kind]++;
        }
    }
    return true;
}

enum cb_code cb_tree_of(struct cb_tree *out, const struct cb_snapshot *s, enum cb_tree_of of, const struct cb_stop *stop, struct cb_arena *a,
                        struct cb_err *err)
{
    struct planter p = {.s = s, .refs = cb_snapshot_names(s)->refs, .sort = &sorts[of], .stop = stop, .a = a, .out = out};
    bool whole;

    *out = (struct cb_tree){0};
    p.ref_n = cb_intern_n(p.refs);
    p.node_of = CB_NEW_N(a, uint32_t, p.ref_n + 1);
    if ((whole = !cb_stop_now(stop) && gather(&p) && plant(&p))) {
        cb_health_read(&p.health, s, a);
        whole = fill(&p);
    }
    cb_pile_fini(&p.nodes);
    return whole ? CB_OK : cb_fail(err, CB_ETIMEOUT, "the deadline passed after %u steps", p.looked);
}
