#include "catalog/persist/entity_store.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>

#include "catalog/base/log.h"
#include "catalog/base/vec.h"
#include "catalog/persist/history_store.h"
#include "catalog/persist/stmt.h"

#define COLUMN_N 10 /* of entity_all, entity_at and entity_delta */

struct reader {
    cb_version_fn *each;
    void *ctx;
    bool damaged;
    struct cb_edges edges;
};

static uint32_t be32(const char *p)
{
    uint32_t be;

    memcpy(&be, p, sizeof(be));
    return be32toh(be);
}

/* "ownedBy group:default/team"; a type that a newer callboard wrote is left out. */
static void read_edge(struct cb_edges *out, cb_str text)
{
    size_t blank = cb_str_find_char(text, ' ', 0);
    int type = blank < text.n ? cb_relation_find(cb_str_sub(text, 0, blank), false) : -1;

    if (type >= 0)
        cb_vec_push(out,
                    (struct cb_edge){(uint8_t)type, cb_str_sub(text, blank + 1, text.n)});
}

/* A text[] in PostgreSQL's binary form: dimensions, has-null, type; of the one dimension length and first index; items. */
bool cb_entity_edges(struct cb_edges *out, cb_str array)
{
    cb_str item;
    uint32_t n;

    cb_vec_clear(out);
    if (array.n < 12)
        return array.n == 0;
    if (be32(array.p) == 0)
        return true;
    if (be32(array.p) != 1 || array.n < 20)
        return false;
    n = be32(array.p + 12);
    array = cb_str_sub(array, 20, array.n);
    for (uint32_t i = 0; i < n; i++) {
        if (!cb_copy_field(&item, &array))
            return false;
        read_edge(out, item);
    }
    return true;
}

/* F: the columns as entity_all and entity_delta name them. */
static int give(struct reader *r, const cb_str f[COLUMN_N])
{
    struct cb_version_row row = {
        .generation = cb_copy_field_int(f[0]),
        .id = f[1],
        .gone = f[2].p == NULL,
        .body = f[2],
        .terms = f[3],
        .status = f[5],
        .flags = (uint32_t)cb_copy_field_int(f[6]),
        .source_id = cb_copy_field_int(f[7]),
        .path = f[8],
        .line = (uint32_t)cb_copy_field_int(f[9]),
    };

    if (!cb_entity_edges(&r->edges, f[4])) {
        r->damaged = true;
        return 1;
    }
    row.edges = r->edges.v;
    row.edge_n = r->edges.n;
    return r->each(&row, r->ctx);
}

static int copied_row(cb_str fields, int field_n, void *ctx)
{
    struct reader *r = ctx;
    cb_str f[COLUMN_N];

    for (int i = 0; i < COLUMN_N; i++)
        if (field_n != COLUMN_N || !cb_copy_field(&f[i], &fields)) {
            r->damaged = true;
            return 1;
        }
    return give(r, f);
}

static int selected_row(const PGresult *res, void *ctx)
{
    cb_str f[COLUMN_N];

    for (int i = 0; i < COLUMN_N; i++)
        f[i] = PQgetisnull(res, 0, i) ? cb_str_make(NULL, 0) : cb_col_str(res, 0, i);
    return give(ctx, f);
}

static enum cb_code verdict(const struct reader *r, struct cb_err *err)
{
    return r->damaged ? cb_fail(err, CB_EUPSTREAM, "PostgreSQL sent a damaged entity") : CB_OK;
}

static enum cb_code read_newest(struct cb_conn *c, int64_t *generation, int64_t *oldest,
                                char epoch[37], struct cb_err *err)
{
    PGresult *res = NULL;
    cb_str text;
    enum cb_code rc;

    if ((rc = cb_stmt_run(&res, c, CB_SQL_ENTITY_NEWEST, NULL, err)) != CB_OK)
        return rc;
    text = cb_col_str(res, 0, 1);
    if (text.n != 36) {
        rc = cb_fail(err, CB_EUPSTREAM, "the database has no epoch");
    } else {
        *generation = cb_col_int(res, 0, 0);
        *oldest = cb_col_int(res, 0, 2);
        if (epoch) {
            memcpy(epoch, text.p, text.n);
            epoch[text.n] = '\0';
        }
    }
    PQclear(res);
    return rc;
}

enum cb_code cb_entity_newest(struct cb_conn *c, int64_t *generation, char epoch[37],
                              struct cb_err *err)
{
    int64_t oldest;

    return read_newest(c, generation, &oldest, epoch, err);
}

enum cb_code cb_entity_load(struct cb_conn *c, int64_t *generation, cb_version_fn *each, void *ctx,
                            struct cb_err *err)
{
    struct reader r = {.each = each, .ctx = ctx};
    int64_t newest;
    enum cb_code rc;

    if ((rc = cb_tx_snapshot(c, err)) != CB_OK ||
        (rc = cb_stmt_do(c, CB_SQL_ENTITY_SETTINGS, NULL, NULL, err)) != CB_OK ||
        (rc = cb_entity_newest(c, &newest, NULL, err)) != CB_OK ||
        (rc = cb_copy_out(c, CB_SQL_ENTITY_ALL, copied_row, &r, err)) != CB_OK ||
        (rc = verdict(&r, err)) != CB_OK || (rc = cb_tx_commit(c, err)) != CB_OK)
        goto out;
    *generation = newest;
out:
    if (rc != CB_OK)
        cb_tx_rollback(c);
    cb_vec_fini(&r.edges);
    return rc;
}

enum cb_code cb_entity_load_at(struct cb_conn *c, int64_t generation, const char *epoch,
                               cb_version_fn *each, void *ctx, struct cb_err *err)
{
    struct reader r = {.each = each, .ctx = ctx};
    struct cb_history_range range;
    struct cb_args args = {0};
    enum cb_code rc;

    cb_args_int(&args, generation);
    if ((rc = cb_tx_snapshot(c, err)) != CB_OK ||
        (rc = cb_stmt_do(c, CB_SQL_ENTITY_SETTINGS, NULL, NULL, err)) != CB_OK ||
        (rc = cb_history_range(&range, c, err)) != CB_OK)
        goto out;
    if (strcmp(range.epoch, epoch) != 0) {
        rc = cb_fail(err, CB_EUNAVAILABLE, "the database is another one than a moment ago");
        goto out;
    }
    if ((rc = cb_history_within(&range, generation, err)) != CB_OK ||
        (rc = cb_stmt_each(c, CB_SQL_ENTITY_AT, &args, selected_row, &r, err)) != CB_OK ||
        (rc = verdict(&r, err)) != CB_OK)
        goto out;
    rc = cb_tx_commit(c, err);
out:
    if (rc != CB_OK)
        cb_tx_rollback(c);
    cb_vec_fini(&r.edges);
    return rc;
}

enum cb_code cb_entity_delta(struct cb_conn *c, int64_t from, int64_t *to, cb_version_fn *each,
                             void *ctx, struct cb_err *err)
{
    struct reader r = {.each = each, .ctx = ctx};
    struct cb_args args = {0};
    int64_t newest, oldest;
    enum cb_code rc;

    if ((rc = cb_tx_snapshot(c, err)) != CB_OK ||
        (rc = read_newest(c, &newest, &oldest, NULL, err)) != CB_OK)
        goto out;
    if (from < oldest) {
        rc = cb_fail(err, CB_ENOTFOUND,
                     "what came after generation %lld is kept no more: history begins with %lld",
                     (long long)from, (long long)oldest);
        goto out;
    }
    if (newest > from + CB_DELTA_MAX)
        newest = from + CB_DELTA_MAX;
    if (newest > from) {
        cb_args_int(&args, from);
        cb_args_int(&args, newest);
        if ((rc = cb_stmt_each(c, CB_SQL_ENTITY_DELTA, &args, selected_row, &r, err)) != CB_OK ||
            (rc = verdict(&r, err)) != CB_OK)
            goto out;
    }
    if ((rc = cb_tx_commit(c, err)) != CB_OK)
        goto out;
    *to = newest;
out:
    if (rc != CB_OK)
        cb_tx_rollback(c);
    cb_vec_fini(&r.edges);
    return rc;
}
