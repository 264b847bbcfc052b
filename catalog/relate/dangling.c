#include "catalog/relate/dangling.h"

#include <stdlib.h>

#include "catalog/relate/snapshot_in.h"

#define LOOK_EVERY 1024 /* references between two looks at the deadline */

struct row {
    uint32_t target;
    struct cb_naming by;
};

struct gathering {
    const struct cb_snapshot *s;
    cb_naming_fn *wanted;
    void *ctx;
    const struct cb_stop *stop;
    CB_PILE(struct row) rows;
    uint32_t looked;
};

static int on_reference(cb_doc from, uint8_t type, cb_str target, void *ctx)
{
    struct gathering *g = ctx;
    struct row row = {.target = cb_intern_find(cb_snapshot_names(g->s)->refs, target),
                      .by = {g->s->parts[from.segment].segment->ref_of[from.n], type}};

    if (++g->looked % LOOK_EVERY == 0 && cb_stop_now(g->stop))
        return 1;
    if (!g->wanted || g->wanted(&row.by, row.target, g->ctx))
        cb_pile_push(&g->rows, row);
    return 0;
}

static cb_str text_of(const struct cb_names *names, uint32_t ref)
{
    return cb_intern_text(names->refs, ref);
}

static int by_row(const void *x, const void *y, void *ctx)
{
    const struct row *a = x, *b = y;
    const struct cb_names *names = ctx;

    if (a->target != b->target)
        return a->target < b->target ? -1 : 1;
    if (a->by.ref != b->by.ref)
        return cb_str_cmp(text_of(names, a->by.ref), text_of(names, b->by.ref));
    return cb_str_cmp(cb_relations[a->by.type].name, cb_relations[b->by.type].name);
}

static int by_count(const void *x, const void *y, void *ctx)
{
    const struct cb_dangling *a = x, *b = y;
    const struct cb_names *names = ctx;

    if (a->by_n != b->by_n)
        return a->by_n > b->by_n ? -1 : 1;
    return cb_str_cmp(text_of(names, a->ref), text_of(names, b->ref));
}

static void group(struct cb_danglings *out, struct row *rows, size_t n, struct cb_arena *a)
{
    struct cb_naming *by = CB_NEW_N(a, struct cb_naming, n + 1);

    out->v = CB_NEW_N(a, struct cb_dangling, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct cb_dangling *d = out->n ? &out->v[out->n - 1] : NULL;

        if (!d || d->ref != rows[i].target) {
            d = &out->v[out->n++];
            *d = (struct cb_dangling){.ref = rows[i].target, .by = by + out->naming_n};
        } else if (rows[i].by.ref == rows[i - 1].by.ref && rows[i].by.type == rows[i - 1].by.type) {
            continue;
        }
        by[out->naming_n++] = rows[i].by;
        d->by_n++;
    }
}

enum cb_code cb_dangling_all(struct cb_danglings *out, const struct cb_snapshot *s, cb_naming_fn *wanted, void *ctx,
                             const struct cb_stop *stop, struct cb_arena *a, struct cb_err *err)
{
    struct gathering g = {.s = s, .wanted = wanted, .ctx = ctx, .stop = stop};
    void *names = (void *)(uintptr_t)cb_snapshot_names(s);
    enum cb_code rc = CB_OK;

    *out = (struct cb_danglings){0};
    if (cb_stop_now(stop) || cb_snapshot_each_dangling(s, on_reference, &g) != 0) {
        rc = cb_fail(err, CB_ETIMEOUT, "the deadline passed after %u references were looked at", g.looked);
    } else {
        if (g.rows.n > 1)
            qsort_r(g.rows.v, g.rows.n, sizeof(*g.rows.v), by_row, names);
        group(out, g.rows.v, g.rows.n, a);
        if (out->n > 1)
            qsort_r(out->v, out->n, sizeof(*out->v), by_count, names);
    }
    cb_pile_fini(&g.rows);
    return rc;
}
