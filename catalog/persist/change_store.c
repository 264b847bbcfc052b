#include "catalog/persist/change_store.h"

#include "catalog/base/vec.h"
#include "catalog/persist/history_store.h"
#include "catalog/persist/stmt.h"

#define COLUMN_N 18 /* of entity_changes */

struct reader {
    cb_change_fn *each;
    void *ctx;
    struct cb_change_place *place;
    struct cb_edges edges, old_edges;
    int64_t row_n;
    bool damaged, stopped;
};

void cb_change_place_fini(struct cb_change_place *p)
{
    cb_buf_fini(&p->ref);
}

static void move_to(struct cb_change_place *p, int64_t generation, cb_str ref)
{
    p->generation = generation;
    cb_buf_clear(&p->ref);
    cb_buf_put_str(&p->ref, ref);
}

static int read_row(const PGresult *res, void *ctx)
{
    struct reader *r = ctx;
    cb_str id = cb_col_str(res, 0, 6);
    struct cb_change_row row = {
        .generation = cb_col_int(res, 0, 0),
        .at_us = cb_col_time(res, 0, 1),
        .source = cb_col_str(res, 0, 2),
        .commit = cb_col_str(res, 0, 3),
        .author = cb_col_str(res, 0, 4),
        .subject = cb_col_str(res, 0, 5),
        .id = id,
        .is = !PQgetisnull(res, 0, 7),
        .body = cb_col_str(res, 0, 7),
        .terms = cb_col_str(res, 0, 8),
        .status = cb_col_str(res, 0, 10),
        .flags = (uint32_t)cb_col_int(res, 0, 11),
        .path = cb_col_str(res, 0, 12),
        .line = (uint32_t)cb_col_int(res, 0, 13),
        .was = cb_col_bool(res, 0, 14),
        .old_terms = cb_col_str(res, 0, 15),
        .old_status = cb_col_str(res, 0, 17),
    };

    r->row_n++;
    if (PQnfields(res) != COLUMN_N || !cb_entity_edges(&r->edges, cb_col_str(res, 0, 9)) ||
        !cb_entity_edges(&r->old_edges, cb_col_str(res, 0, 16))) {
        r->damaged = true;
        return 1;
    }
    row.edges = r->edges;
    row.old_edges = r->old_edges;
    if (r->each(&row, r->ctx) != 0) {
        r->stopped = true;
        return 1;
    }
    move_to(r->place, row.generation + (id.n == 0), id);
    return 0;
}

static enum cb_code read_page(struct cb_change_page *page, struct cb_conn *c, struct reader *r, int64_t to, int32_t row_n,
                              struct cb_err *err)
{
    struct cb_change_place *place = r->place;
    struct cb_args args = {0};
    enum cb_code rc;

    if (to > page->newest)
        to = page->newest;
    if (to >= place->generation + CB_DELTA_MAX)
        to = place->generation + CB_DELTA_MAX - 1;
    if (place->generation < page->oldest || to < place->generation)
        return CB_OK;
    cb_args_int(&args, place->generation);
    cb_args_str(&args, cb_buf_str(&place->ref));
    cb_args_int(&args, to);
    cb_args_int4(&args, row_n);
    if ((rc = cb_stmt_each(c, CB_SQL_ENTITY_CHANGES, &args, read_row, r, err)) != CB_OK)
        return rc;
    if (r->damaged)
        return cb_fail(err, CB_EUPSTREAM, "PostgreSQL sent a damaged entity");
    page->more = r->stopped || r->row_n == row_n;
    if (!page->more)
        move_to(place, to + 1, CB_LIT(""));
    return CB_OK;
}

enum cb_code cb_change_read(struct cb_change_page *page, struct cb_conn *c, struct cb_change_place *place, int64_t to, int32_t row_n,
                            cb_change_fn *each, void *ctx, struct cb_err *err)
{
    struct reader r = {.each = each, .ctx = ctx, .place = place};
    enum cb_code rc;

    *page = (struct cb_change_page){0};
    if ((rc = cb_tx_snapshot(c, err)) != CB_OK || (rc = cb_entity_newest(c, &page->newest, page->epoch, err)) != CB_OK ||
        (rc = cb_history_oldest(&page->oldest, c, err)) != CB_OK)
        goto out;
    page->oldest++; /* what it brought itself is told no more: the versions that it ended may be gone */
    if ((rc = read_page(page, c, &r, to, row_n, err)) != CB_OK)
        goto out;
    rc = cb_tx_commit(c, err);

out:
    if (rc != CB_OK)
        cb_tx_rollback(c);
    cb_vec_fini(&r.edges);
    cb_vec_fini(&r.old_edges);
    return rc;
}
