#include "catalog/relate/landscape.h"

#include <math.h>
#include <stdlib.h>

#include "catalog/relate/link.h"

#define LOOK_EVERY 4096 /* refs between two looks at the deadline */
#define ASPECT 1.6      /* how much wider than high a box is meant to be */

struct mapper {
    const struct cb_snapshot *s;
    const struct cb_intern *refs;
    const cb_str *kinds;
    size_t kind_n;
    const struct cb_stop *stop;
    struct cb_arena *a;
    struct cb_landscape *out;
    uint32_t ref_n, looked;
    uint32_t *box_of; /* by ref: place + 1 among boxes; of a tile: that of the box that it lies in, 0: none */
    struct cb_health_of health;
    CB_PILE(uint32_t) boxes;
    CB_PILE(uint32_t) tiles;
};

static cb_str text_of(const struct mapper *m, uint32_t ref)
{
    return cb_intern_text(m->refs, ref);
}

/* What something is rather part of: 0 a system, 1 a domain, 2 anything else. */
static int rank_of(cb_str text)
{
    return cb_str_starts(text, CB_LIT("system:")) ? 0 : cb_str_starts(text, CB_LIT("domain:")) ? 1 : 2;
}

static bool is_box(const struct mapper *m, uint32_t ref)
{
    return rank_of(text_of(m, ref)) < 2;
}

/* Place of REF's kind among those asked for; kind_n: it is none of them. */
static size_t kind_at(const struct mapper *m, uint32_t ref)
{
    cb_str text = text_of(m, ref);
    size_t i = 0;

    while (i < m->kind_n && !(text.n > m->kinds[i].n && text.p[m->kinds[i].n] == ':' && cb_str_starts(text, m->kinds[i])))
        i++;
    return i;
}

static bool stopped(struct mapper *m)
{
    return ++m->looked % LOOK_EVERY == 0 && cb_stop_now(m->stop);
}

/* The least ref by text that REF is part of: a system before a domain before anything else. */
static uint32_t whole_of(const struct mapper *m, uint32_t ref)
{
    uint32_t best = CB_INTERN_NONE;
    int best_rank = 3;
    struct cb_link_run run;

    for (cb_link_start(&run, m->s, ref, UINT64_C(1) << CB_RELATION_PART_OF); cb_link_next(&run);) {
        cb_str text = text_of(m, run.ref);
        int rank = rank_of(text);

        if (run.ref != ref && (rank < best_rank || (rank == best_rank && cb_str_cmp(text, text_of(m, best)) < 0))) {
            best = run.ref;
            best_rank = rank;
        }
    }
    return best;
}

/* ---- who lies where */

static void add_box(struct mapper *m, uint32_t ref)
{
    if (m->box_of[ref])
        return;
    cb_pile_push(&m->boxes, ref);
    m->box_of[ref] = (uint32_t)m->boxes.n;
}

/* The box that a tile lies in: its own whole, or that of what it is part of. */
static uint32_t home_of(const struct mapper *m, uint32_t ref)
{
    for (size_t i = 0; i < CB_LAND_DEPTH_MAX; i++) {
        ref = whole_of(m, ref);
        if (ref == CB_INTERN_NONE || is_box(m, ref))
            return ref;
    }
    return CB_INTERN_NONE;
}

static bool gather(struct mapper *m)
{
    for (uint32_t ref = 0; ref < m->ref_n; ref++) {
        if (stopped(m))
            return false;
        if (cb_snapshot_where(m->s, ref).segment == CB_DOC_NONE)
            continue;
        if (is_box(m, ref))
            add_box(m, ref);
        else if (kind_at(m, ref) < m->kind_n)
            cb_pile_push(&m->tiles, ref);
    }
    /* boxes that are named and not registered: by boxes (which grow meanwhile), then by tiles */
    for (size_t i = 0; i < m->boxes.n; i++) {
        uint32_t whole = whole_of(m, m->boxes.v[i]);

        if (whole != CB_INTERN_NONE && is_box(m, whole))
            add_box(m, whole);
    }
    for (size_t i = 0; i < m->tiles.n; i++) {
        uint32_t home = home_of(m, m->tiles.v[i]);

        if (stopped(m))
            return false;
        if (home != CB_INTERN_NONE)
            add_box(m, home);
        m->box_of[m->tiles.v[i]] = home == CB_INTERN_NONE ? 0 : m->box_of[home];
    }
    return true;
}

/* The parent of the box at I, unless the way up leads back to it or is too long. */
static uint32_t parent_of(const struct mapper *m, size_t at)
{
    uint32_t parent = whole_of(m, m->boxes.v[at]), up = parent;

    for (size_t i = 0; up != CB_INTERN_NONE && is_box(m, up); i++, up = whole_of(m, up))
        if (i == CB_LAND_DEPTH_MAX || up == m->boxes.v[at])
            return CB_LAND_NONE;
    return parent == CB_INTERN_NONE || !is_box(m, parent) ? CB_LAND_NONE : m->box_of[parent];
}

/* ---- boxes with their sizes, the innermost first */

struct plot {
    const struct mapper *m;
    struct cb_land_box *boxes;
    uint32_t *order; /* of boxes: by parent, the tallest first, then by ref */
    uint32_t *child_at, *child_n; /* by box, and behind them of the outside: places in order */
};

static int by_height(const void *x, const void *y, void *ctx)
{
    const struct plot *p = ctx;
    const struct cb_land_box *a = &p->boxes[*(const uint32_t *)x], *b = &p->boxes[*(const uint32_t *)y];

    if (a->h != b->h)
        return a->h > b->h ? -1 : 1;
    if (a->ref == CB_INTERN_NONE || b->ref == CB_INTERN_NONE) /* those of no system stand last */
        return a->ref == CB_INTERN_NONE ? 1 : -1;
    return cb_str_cmp(text_of(p->m, a->ref), text_of(p->m, b->ref));
}

/* The boxes of a parent in rows, beginning at X, Y of it; how much room they took. */
static void place_boxes(struct plot *p, uint32_t *v, uint32_t n, int32_t x0, int32_t y0, int32_t *w, int32_t *h)
{
    double area = 0;
    int32_t x = x0, y = y0, row = 0, most, widest = 0;

    for (uint32_t i = 0; i < n; i++) {
        area += (double)(p->boxes[v[i]].w + CB_LAND_GAP) * (p->boxes[v[i]].h + CB_LAND_GAP);
        if (p->boxes[v[i]].w > widest)
            widest = p->boxes[v[i]].w;
    }
    most = (int32_t)ceil(sqrt(area * ASPECT));
    if (most < widest)
        most = widest;
    if (n > 1)
        qsort_r(v, n, sizeof(*v), by_height, p);
    *w = *h = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct cb_land_box *b = &p->boxes[v[i]];

        if (x > x0 && x + b->w > x0 + most) {
            x = x0;
            y += row + CB_LAND_GAP;
            row = 0;
        }
        b->x = x;
        b->y = y;
        x += b->w + CB_LAND_GAP;
        if (b->h > row)
            row = b->h;
        if (x - CB_LAND_GAP - x0 > *w)
            *w = x - CB_LAND_GAP - x0;
    }
    if (n)
        *h = y + row - y0;
}

/* The size of box AT from what it holds, which has its sizes; places relative to it. */
static void size_box(struct plot *p, uint32_t at)
{
    struct cb_land_box *b = &p->boxes[at];
    int32_t w, h, tiles_w = 0, tiles_h = 0;
    uint32_t columns;

    place_boxes(p, p->order + p->child_at[at], p->child_n[at], CB_LAND_GAP, CB_LAND_HEAD, &w, &h);
    if (b->n) {
        columns = (uint32_t)ceil(sqrt(b->n * ASPECT));
        if (w / CB_LAND_TILE > (int32_t)columns)
            columns = (uint32_t)(w / CB_LAND_TILE);
        if (columns > b->n)
            columns = b->n;
        tiles_w = (int32_t)columns * CB_LAND_TILE;
        tiles_h = (int32_t)((b->n + columns - 1) / columns) * CB_LAND_TILE;
        for (uint32_t i = 0; i < b->n; i++) {
            struct cb_land_tile *t = &p->m->out->tiles[b->first + i];

            t->x = CB_LAND_GAP + (int32_t)(i % columns) * CB_LAND_TILE;
            t->y = CB_LAND_HEAD + h + (h ? CB_LAND_GAP : 0) + (int32_t)(i / columns) * CB_LAND_TILE;
        }
    }
    b->w = (w > tiles_w ? w : tiles_w) + 2 * CB_LAND_GAP;
    if (b->w < CB_LAND_WIDTH_MIN)
        b->w = CB_LAND_WIDTH_MIN;
    b->h = CB_LAND_HEAD + h + (h && tiles_h ? CB_LAND_GAP : 0) + tiles_h + CB_LAND_GAP;
    for (uint32_t i = 0; i < p->child_n[at]; i++)
        b->below += p->boxes[p->order[p->child_at[at] + i]].below;
    b->below += b->n;
}

static uint32_t depth_of(const struct cb_land_box *boxes, uint32_t at)
{
    uint32_t depth = 0;

    while ((at = boxes[at].parent) != CB_LAND_NONE)
        depth++;
    return depth;
}

/* ---- boxes and tiles in the order in which they are told */

static void sort_tiles(struct mapper *m, struct cb_land_box *boxes, size_t box_n)
{
    size_t n = m->tiles.n, *at = CB_NEW_N(m->a, size_t, box_n * (m->kind_n + 1) + 1), sum = 0;

    /* by ref, then counted into their box and kind: what was in order stays so */
    cb_refs_sort(m->s, m->tiles.v, n, m->a);
    m->out->tiles = CB_NEW_N(m->a, struct cb_land_tile, n + 1);
    m->out->tile_n = n;
    for (size_t i = 0; i < n; i++)
        at[m->box_of[m->tiles.v[i]] * m->kind_n + kind_at(m, m->tiles.v[i])]++;
    for (size_t i = 0; i < box_n * m->kind_n; i++) {
        size_t here = at[i];

        if (i % m->kind_n == 0)
            boxes[i / m->kind_n].first = (uint32_t)sum;
        boxes[i / m->kind_n].n += (uint32_t)here;
        at[i] = sum;
        sum += here;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t ref = m->tiles.v[i], box = m->box_of[ref];

        m->out->tiles[at[box * m->kind_n + kind_at(m, ref)]++] = (struct cb_land_tile){.ref = ref, .box = box, .health = cb_health_of(&m->health, ref)};
    }
}

/* A parent before its children, each parent's in their order; places become those of the whole map. */
static void tell(struct plot *p, uint32_t n)
{
    struct cb_landscape *out = p->m->out;
    uint32_t *told = CB_NEW_N(p->m->a, uint32_t, n + 1), *now = CB_NEW_N(p->m->a, uint32_t, n + 1);

    out->boxes = CB_NEW_N(p->m->a, struct cb_land_box, n + 1);
    for (uint32_t i = 0; i < p->child_n[n]; i++)
        told[out->box_n++] = p->order[p->child_at[n] + i];
    for (size_t i = 0; i < out->box_n; i++) {
        uint32_t at = told[i];
        struct cb_land_box *b = &out->boxes[i];

        *b = p->boxes[at];
        now[at] = (uint32_t)i;
        if (b->parent != CB_LAND_NONE) {
            b->parent = now[b->parent];
            b->x += out->boxes[b->parent].x;
            b->y += out->boxes[b->parent].y;
        }
        for (uint32_t k = 0; k < b->n; k++) {
            struct cb_land_tile *t = &out->tiles[b->first + k];

            t->box = (uint32_t)i;
            t->x += b->x;
            t->y += b->y;
        }
        for (uint32_t k = 0; k < p->child_n[at]; k++)
            told[out->box_n++] = p->order[p->child_at[at] + k];
    }
}

static void lay_out(struct mapper *m)
{
    uint32_t n = (uint32_t)m->boxes.n + 1, *by_depth = CB_NEW_N(m->a, uint32_t, n + 1), sum = 0;
    uint32_t from[CB_LAND_DEPTH_MAX + 2] = {0};
    struct plot p = {
        .m = m,
        .boxes = CB_NEW_N(m->a, struct cb_land_box, n),
        .order = CB_NEW_N(m->a, uint32_t, n),
        .child_at = CB_NEW_N(m->a, uint32_t, n + 1),
        .child_n = CB_NEW_N(m->a, uint32_t, n + 1),
    };
    struct cb_land_box *lone = &p.boxes[0];

    /* box 0 is of those in no system: box_of is an index that way */
    *lone = (struct cb_land_box){.ref = CB_INTERN_NONE, .parent = CB_LAND_NONE};
    for (uint32_t i = 1; i < n; i++) {
        p.boxes[i] = (struct cb_land_box){.ref = m->boxes.v[i - 1],
                                          .parent = parent_of(m, i - 1),
                                          .health = cb_health_of(&m->health, m->boxes.v[i - 1]),
                                          .missing = cb_snapshot_where(m->s, m->boxes.v[i - 1]).segment == CB_DOC_NONE};
    }
    sort_tiles(m, p.boxes, n);
    for (uint32_t i = lone->n ? 0 : 1; i < n; i++)
        p.child_n[p.boxes[i].parent == CB_LAND_NONE ? n : p.boxes[i].parent]++;
    for (uint32_t i = 0; i <= n; i++) {
        p.child_at[i] = sum;
        sum += p.child_n[i];
        p.child_n[i] = 0;
    }
    for (uint32_t i = lone->n ? 0 : 1; i < n; i++) {
        uint32_t parent = p.boxes[i].parent == CB_LAND_NONE ? n : p.boxes[i].parent;

        p.order[p.child_at[parent] + p.child_n[parent]++] = i;
    }
    /* the deepest first */
    for (uint32_t i = 0; i < n; i++)
        from[depth_of(p.boxes, i) + 1]++;
    for (uint32_t d = 1; d <= CB_LAND_DEPTH_MAX + 1; d++)
        from[d] += from[d - 1];
    for (uint32_t i = 0; i < n; i++)
        by_depth[from[depth_of(p.boxes, i)]++] = i;
    for (uint32_t i = n; i-- > 0;)
        size_box(&p, by_depth[i]);
    place_boxes(&p, p.order + p.child_at[n], p.child_n[n], 0, 0, &m->out->w, &m->out->h);
    tell(&p, n);
}

/* ---- relations from box to box */

static int by_ends(const void *x, const void *y)
{
    const struct cb_land_road *a = x, *b = y;

    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

struct end {
    uint32_t ref;
    uint8_t type;
};

static int by_end(const void *x, const void *y)
{
    const struct end *a = x, *b = y;

    if (a->ref != b->ref)
        return a->ref < b->ref ? -1 : 1;
    return (a->type > b->type) - (a->type < b->type);
}

static bool count_roads(struct mapper *m, uint64_t types)
{
    uint32_t *tile_at = CB_NEW_N(m->a, uint32_t, m->ref_n + 1); /* by ref: index + 1 */
    CB_PILE(struct cb_land_road) all = {0};
    CB_PILE(struct end) ends = {0};
    struct cb_landscape *out = m->out;
    bool whole = true;

    for (size_t i = 0; i < out->tile_n; i++)
        tile_at[out->tiles[i].ref] = (uint32_t)i + 1;
    for (size_t i = 0; i < out->tile_n && whole; i++) {
        struct cb_link_run run;

        whole = !stopped(m);
        ends.n = 0;
        for (cb_link_start(&run, m->s, out->tiles[i].ref, types); cb_link_next(&run);)
            if (tile_at[run.ref] && out->tiles[tile_at[run.ref] - 1].box != out->tiles[i].box)
                cb_pile_push(&ends, ((struct end){run.ref, run.type}));
        if (ends.n > 1)
            qsort(ends.v, ends.n, sizeof(*ends.v), by_end);
        for (size_t k = 0; k < ends.n; k++) /* what both ends say counts once */
            if (k == 0 || by_end(&ends.v[k - 1], &ends.v[k]) != 0)
                cb_pile_push(&all, ((struct cb_land_road){out->tiles[i].box, out->tiles[tile_at[ends.v[k].ref] - 1].box, 1}));
    }
    if (all.n > 1)
        qsort(all.v, all.n, sizeof(*all.v), by_ends);
    out->roads = CB_NEW_N(m->a, struct cb_land_road, all.n + 1);
    for (size_t i = 0; i < all.n; i++)
        if (out->road_n && by_ends(&out->roads[out->road_n - 1], &all.v[i]) == 0)
            out->roads[out->road_n - 1].n++;
        else
            out->roads[out->road_n++] = all.v[i];
    cb_pile_fini(&all);
    cb_pile_fini(&ends);
    return whole;
}

enum cb_code cb_landscape_of(struct cb_landscape *out, const struct cb_snapshot *s, const cb_str *kinds, size_t kind_n, uint64_t types,
                             const struct cb_stop *stop, struct cb_arena *a, struct cb_err *err)
{
    struct mapper m = {.s = s, .refs = cb_snapshot_names(s)->refs, .kinds = kinds, .kind_n = kind_n, .stop = stop, .a = a, .out = out};
    bool whole;

    *out = (struct cb_landscape){0};
    m.ref_n = cb_intern_n(m.refs);
    m.box_of = CB_NEW_N(a, uint32_t, m.ref_n + 1);
    if ((whole = !cb_stop_now(stop) && gather(&m))) {
        cb_health_read(&m.health, s, a);
        lay_out(&m);
        whole = count_roads(&m, types);
    }
    cb_pile_fini(&m.boxes);
    cb_pile_fini(&m.tiles);
    return whole ? CB_OK : cb_fail(err, CB_ETIMEOUT, "the deadline passed after %u entities were looked at", m.looked);
}
