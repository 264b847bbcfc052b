#include "catalog/persist/problem_store.h"

#include "catalog/persist/stmt.h"

static cb_str keep(struct cb_arena *a, const PGresult *res, int row, int col)
{
    return cb_arena_str(a, cb_col_str(res, row, col));
}

static void read_row(struct cb_problem_row *out, struct cb_arena *a, const PGresult *res, int i)
{
    cb_str rule = cb_col_str(res, i, 5);

    *out = (struct cb_problem_row){
        .id = cb_col_int(res, i, 0),
        .source_id = cb_col_int(res, i, 1),
        .source_key = keep(a, res, i, 2),
        .repository = keep(a, res, i, 3),
        .commit = keep(a, res, i, 4),
        .problem =
            {
                .rule = cb_arena_dup(a, rule.p, rule.n),
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
        .branch = keep(a, res, i, 18),
    };
}

/* -1: any; CB_EINVAL when it is none of the three. */
static enum cb_code severity_of(int16_t *out, cb_str name, struct cb_err *err)
{
    static const char *const names[] = {"info", "warning", "error"};

    *out = -1;
    for (size_t i = 0; i < CB_COUNT(names) && *out < 0; i++)
        if (cb_str_eq(name, cb_str_cstr(names[i])))
            *out = (int16_t)i;
    if (*out < 0 && name.n > 0)
        return cb_fail(err, CB_EINVAL, "severity is info, warning or error, not %" CB_FMT,
                       CB_ARG(name));
    return CB_OK;
}

enum cb_code cb_problem_find(struct cb_problem_row **out, size_t *n, int64_t *total,
                             struct cb_arena *a, struct cb_conn *c,
                             const struct cb_problem_query *q, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *count = NULL, *page = NULL;
    struct cb_problem_row *rows;
    int16_t severity;
    enum cb_code rc;

    if ((rc = severity_of(&severity, q->severity, err)) != CB_OK)
        return rc;
    cb_args_int(&args, q->source_id);
    cb_args_str(&args, cb_stmt_clean(a, q->entity));
    cb_args_str(&args, cb_stmt_clean(a, q->rule));
    cb_args_int2(&args, severity);
    cb_args_str(&args, cb_stmt_clean(a, q->path));
    if (total && (rc = cb_stmt_run(&count, c, CB_SQL_PROBLEM_COUNT, &args, err)) != CB_OK)
        goto out;
    cb_args_int(&args, q->after_id);
    cb_args_int4(&args, q->limit);
    if ((rc = cb_stmt_run(&page, c, CB_SQL_PROBLEM_FIND, &args, err)) != CB_OK)
        goto out;
    rows = CB_NEW_N(a, struct cb_problem_row, (size_t)PQntuples(page));
    for (int i = 0; i < PQntuples(page); i++)
        read_row(&rows[i], a, page, i);
    if (total)
        *total = cb_col_int(count, 0, 0);
    *n = (size_t)PQntuples(page);
    *out = rows;
out:
    PQclear(count);
    PQclear(page);
    return rc;
}

struct mark_reader {
    cb_problem_mark_fn *each;
    void *ctx;
};

static int read_mark(const PGresult *res, void *ctx)
{
    struct mark_reader *r = ctx;
    struct cb_problem_mark mark = {.source_id = cb_col_int(res, 0, 0)};

    if (!PQgetisnull(res, 0, 1)) {
        mark.entity = cb_col_str(res, 0, 1);
        mark.rule = cb_col_str(res, 0, 2);
        mark.severity = (enum cb_severity)cb_col_int(res, 0, 3);
    }
    r->each(&mark, r->ctx);
    return 0;
}

enum cb_code cb_problem_marks(struct cb_conn *c, int64_t from, int64_t to, cb_problem_mark_fn *each, void *ctx,
                              struct cb_err *err)
{
    struct mark_reader r = {each, ctx};
    struct cb_args args = {0};

    cb_args_int(&args, from);
    cb_args_int(&args, to);
    return cb_stmt_each(c, CB_SQL_PROBLEM_MARKS, &args, read_mark, &r, err);
}

enum cb_code cb_problem_place(struct cb_origin *out, struct cb_arena *a, struct cb_conn *c,
                              cb_str entity, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&args, entity);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_CLAIM_PLACE, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res) == 0)
        rc = cb_fail(err, CB_ENOTFOUND, "nobody holds %" CB_FMT, CB_ARG(entity));
    else
        *out = (struct cb_origin){.path = cb_arena_str(a, cb_col_str(res, 0, 0)),
                                  .line = (uint32_t)cb_col_int(res, 0, 1),
                                  .column = (uint32_t)cb_col_int(res, 0, 2)};
    PQclear(res);
    return rc;
}
