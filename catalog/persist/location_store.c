#include "catalog/persist/location_store.h"

#include "catalog/base/hash.h"
#include "catalog/persist/stmt.h"

static cb_str keep(struct cb_arena *a, const PGresult *res, int row, int col)
{
    return cb_arena_str(a, cb_col_str(res, row, col));
}

static void read_row(struct cb_location_row *out, struct cb_arena *a, const PGresult *res, int i)
{
    *out = (struct cb_location_row){
        .id = keep(a, res, i, 0),
        .type = keep(a, res, i, 1),
        .target = keep(a, res, i, 2),
        .entity_ref = keep(a, res, i, 3),
        .created_at_us = cb_col_time(res, i, 4),
        .created_by = keep(a, res, i, 5),
    };
}

/* At most one row; *FOUND says whether there was one. */
static enum cb_code one(struct cb_location_row *out, bool *found, struct cb_arena *a,
                        struct cb_conn *c, enum cb_sql sql, const struct cb_args *args,
                        struct cb_err *err)
{
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = cb_stmt_run(&res, c, sql, args, err)) != CB_OK)
        return rc;
    *found = PQntuples(res) > 0;
    if (*found)
        read_row(out, a, res, 0);
    PQclear(res);
    return CB_OK;
}

static enum cb_code no_such_id(cb_str id, struct cb_err *err)
{
    return cb_fail(err, CB_ENOTFOUND, "Found no location with ID %" CB_FMT,
                   CB_ARG(cb_str_sub(id, 0, 100)));
}

/* One row by id, which may be no uuid at all. */
static enum cb_code by_id(struct cb_location_row *out, struct cb_arena *a, struct cb_conn *c,
                          enum cb_sql sql, cb_str id, const struct cb_args *args,
                          struct cb_err *err)
{
    uint8_t uuid[16];
    bool found;
    enum cb_code rc;

    if (!cb_uuid_parse(uuid, id))
        return no_such_id(id, err);
    if ((rc = one(out, &found, a, c, sql, args, err)) != CB_OK)
        return rc;
    return found ? CB_OK : no_such_id(id, err);
}

enum cb_code cb_location_all(struct cb_location_row **out, size_t *n, struct cb_arena *a,
                             struct cb_conn *c, struct cb_err *err)
{
    PGresult *res = NULL;
    struct cb_location_row *rows;
    enum cb_code rc;

    if ((rc = cb_stmt_run(&res, c, CB_SQL_LOCATION_ALL, NULL, err)) != CB_OK)
        return rc;
    *n = (size_t)PQntuples(res);
    rows = CB_NEW_N(a, struct cb_location_row, *n + 1);
    for (size_t i = 0; i < *n; i++)
        read_row(&rows[i], a, res, (int)i);
    *out = rows;
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_location_get(struct cb_location_row *out, struct cb_arena *a, struct cb_conn *c,
                             cb_str id, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, id);
    return by_id(out, a, c, CB_SQL_LOCATION_GET, id, &args, err);
}

static enum cb_code look_up(struct cb_location_row *out, bool *found, struct cb_arena *a,
                            struct cb_conn *c, cb_str type, cb_str target, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, type);
    cb_args_str(&args, target);
    return one(out, found, a, c, CB_SQL_LOCATION_FIND, &args, err);
}

enum cb_code cb_location_find(struct cb_location_row *out, struct cb_arena *a, struct cb_conn *c,
                              cb_str type, cb_str target, struct cb_err *err)
{
    bool found;
    enum cb_code rc;

    if ((rc = look_up(out, &found, a, c, type, target, err)) != CB_OK || found)
        return rc;
    return cb_fail(err, CB_ENOTFOUND, "Found no location with type %" CB_FMT " and target %" CB_FMT,
                   CB_ARG(type), CB_ARG(target));
}

enum cb_code cb_location_lock(int64_t *source_id, int64_t *fence, cb_str *read_settings,
                              struct cb_arena *a, struct cb_conn *c, cb_str settings,
                              struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&args, CB_LOCATION_SOURCE);
    cb_args_str(&args, settings);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_LOCATION_SOURCE, &args, err)) != CB_OK)
        return rc;
    *source_id = cb_col_int(res, 0, 0);
    *fence = cb_col_int(res, 0, 1);
    *read_settings = keep(a, res, 0, 2);
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_location_put(struct cb_location_row *row, bool *new, struct cb_arena *a,
                             struct cb_conn *c, struct cb_err *err)
{
    struct cb_args args = {0};
    enum cb_code rc;
    bool found;

    cb_args_str(&args, row->type);
    cb_args_str(&args, row->target);
    cb_args_str(&args, row->entity_ref);
    cb_args_str(&args, row->created_by);
    if ((rc = one(row, new, a, c, CB_SQL_LOCATION_PUT, &args, err)) != CB_OK || *new)
        return rc;
    if ((rc = look_up(row, &found, a, c, row->type, row->target, err)) == CB_OK && !found)
        rc = cb_fail(err, CB_ECONFLICT, "the location was removed meanwhile");
    return rc;
}

enum cb_code cb_location_set(struct cb_location_row *out, bool *taken, struct cb_arena *a,
                             struct cb_conn *c, cb_str id, cb_str type, cb_str target,
                             struct cb_err *err)
{
    struct cb_args args = {0};
    struct cb_location_row other;
    enum cb_code rc;

    /* writers of locations wait for one another at the source's row: what is free now stays so */
    if ((rc = look_up(&other, taken, a, c, type, target, err)) != CB_OK)
        return rc;
    *taken = *taken && !cb_str_eq_nocase(other.id, id);
    if (*taken)
        return cb_location_get(out, a, c, id, err);
    cb_args_str(&args, id);
    cb_args_str(&args, type);
    cb_args_str(&args, target);
    return by_id(out, a, c, CB_SQL_LOCATION_SET, id, &args, err);
}

enum cb_code cb_location_del(struct cb_location_row *out, struct cb_arena *a, struct cb_conn *c,
                             cb_str id, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, id);
    return by_id(out, a, c, CB_SQL_LOCATION_DEL, id, &args, err);
}
