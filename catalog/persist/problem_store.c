#include "catalog/persist/problem_store.h"

#include "catalog/persist/stmt.h"

static cb_str keep(struct cb_arena *a, const PGresult *res, int row, int col)
{
    return cb_arena_str(a, cb_col_str(res, row, col));
}

static int16_t severity_of(cb_str name)
{
    for (int s = CB_PROBLEM_INFO; s <= CB_PROBLEM_ERROR; s++)
        if (cb_str_eq(name, cb_str_cstr(cb_severity_name((enum cb_severity)s))))
            return (int16_t)s;
    return -1;
}

static void read_row(struct cb_problem_row *out, struct cb_arena *a, const PGresult *res, int i)
{
    *out = (struct cb_problem_row){
        .id = cb_col_int(res, i, 0),
        .source_id = cb_col_int(res, i, 1),
        .source_key = keep(a, res, i, 2),
        .repository = keep(a, res, i, 3),
        .commit = keep(a, res, i, 4),
        .problem =
            {
                .rule = keep(a, res, i, 5).p,
                .severity = (enum cb_severity)cb_col_int(res, i, 6),
                .at =
                    {
                        .path = keep(a, res, i, 7),
                        .doc = (uint32_t)cb_col_int(res, i, 8),
                        .line = (uint32_t)cb_col_int(res, i, 9),
                        .column = (uint32_t)cb_col_int(res, i, 10),
                    },
                .field = keep(a, res, i, 11),
                .message = keep(a, res, i, 12),
                .remedy = keep(a, res, i, 13),
                .entity = keep(a, res, i, 14),
                .backstage = keep(a, res, i, 15),
            },
        .first_seen_us = cb_col_time(res, i, 16),
        .last_seen_us = cb_col_time(res, i, 17),
    };
}

static void put_filter(struct cb_args *args, const struct cb_problem_query *q)
{
    cb_args_int(args, q->source_id);
    cb_args_str(args, q->entity);
    cb_args_str(args, q->rule);
    cb_args_int2(args, q->severity.n ? severity_of(q->severity) : -1);
    cb_args_str(args, q->path);
}

enum cb_code cb_problem_find(struct cb_problem_row **out, size_t *n, int64_t *total, struct cb_arena *a, struct cb_conn *c,
                             const struct cb_problem_query *q, struct cb_err *err)
{
    struct cb_args args = {0}, count = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    *n = 0;
    put_filter(&count, q);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_PROBLEM_COUNT, &count, err)) != CB_OK)
        return rc;
    *total = cb_col_int(res, 0, 0);
    PQclear(res);
    res = NULL;
    put_filter(&args, q);
    cb_args_int(&args, q->after_id);
    cb_args_int4(&args, q->limit);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_PROBLEM_FIND, &args, err)) != CB_OK)
        return rc;
    *n = (size_t)PQntuples(res);
    *out = CB_NEW_N(a, struct cb_problem_row, *n + 1);
    for (size_t i = 0; i < *n; i++)
        read_row(&(*out)[i], a, res, (int)i);
    PQclear(res);
    return CB_OK;
}
