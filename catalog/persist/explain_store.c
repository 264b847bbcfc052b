#include "catalog/persist/explain_store.h"

#include "catalog/persist/stmt.h"

static cb_str keep(struct cb_arena *a, const PGresult *res, int row, int col)
{
    return cb_arena_str(a, cb_col_str(res, row, col));
}

static enum cb_code ask(PGresult **res, struct cb_conn *c, enum cb_sql sql, cb_str id, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, id);
    return cb_stmt_run(res, c, sql, &args, err);
}

enum cb_code cb_explain_claims(struct cb_explain_claim **out, size_t *n, struct cb_arena *a, struct cb_conn *c, cb_str id,
                               struct cb_err *err)
{
    PGresult *res = NULL;
    enum cb_code rc = ask(&res, c, CB_SQL_EXPLAIN_CLAIM, id, err);

    if (rc != CB_OK)
        return rc;
    *n = (size_t)PQntuples(res);
    *out = CB_NEW_N(a, struct cb_explain_claim, *n + 1);
    for (int i = 0; i < PQntuples(res); i++)
        (*out)[i] = (struct cb_explain_claim){
            .source_id = cb_col_int(res, i, 0),
            .source = keep(a, res, i, 1),
            .type = keep(a, res, i, 2),
            .url = keep(a, res, i, 3),
            .branch = keep(a, res, i, 4),
            .commit = keep(a, res, i, 5),
            .path = keep(a, res, i, 6),
            .line = (uint32_t)cb_col_int(res, i, 7),
            .column = (uint32_t)cb_col_int(res, i, 8),
            .holds = cb_col_bool(res, i, 9),
            .held = cb_col_bool(res, i, 10),
            .stale = cb_col_bool(res, i, 11),
            .since_us = cb_col_time(res, i, 12),
        };
    PQclear(res);
    return CB_OK;
}

static struct cb_explain_pass read_pass(struct cb_arena *a, const PGresult *res, int col)
{
    return (struct cb_explain_pass){
        .generation = cb_col_int(res, 0, col),
        .at_us = cb_col_time(res, 0, col + 1),
        .commit = keep(a, res, 0, col + 2),
        .author = keep(a, res, 0, col + 3),
        .subject = keep(a, res, 0, col + 4),
    };
}

enum cb_code cb_explain_last(struct cb_explain_version *out, bool *found, struct cb_arena *a, struct cb_conn *c, cb_str id,
                             struct cb_err *err)
{
    PGresult *res = NULL;
    enum cb_code rc = ask(&res, c, CB_SQL_EXPLAIN_VERSION, id, err);

    if (rc != CB_OK)
        return rc;
    *found = PQntuples(res) > 0;
    if (*found)
        *out = (struct cb_explain_version){
            .path = keep(a, res, 0, 0),
            .line = (uint32_t)cb_col_int(res, 0, 1),
            .source = keep(a, res, 0, 2),
            .began = read_pass(a, res, 3),
            .ended = read_pass(a, res, 8),
            .version_n = cb_col_int(res, 0, 13),
            .first_generation = cb_col_int(res, 0, 14),
        };
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_explain_given(struct cb_explain_given **out, size_t *n, bool *known, struct cb_arena *a, struct cb_conn *c,
                              int64_t source_id, cb_str path, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_int(&args, source_id);
    cb_args_str(&args, path);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_EXPLAIN_FILE, &args, err)) != CB_OK)
        return rc;
    *known = PQntuples(res) > 0;
    *n = 0;
    *out = CB_NEW_N(a, struct cb_explain_given, (size_t)PQntuples(res) + 1);
    for (int i = 0; i < PQntuples(res); i++)
        if (!PQgetisnull(res, i, 0))
            (*out)[(*n)++] = (struct cb_explain_given){keep(a, res, i, 0), (uint32_t)cb_col_int(res, i, 1), cb_col_bool(res, i, 2),
                                                       cb_col_bool(res, i, 3), cb_col_bool(res, i, 4)};
    PQclear(res);
    return CB_OK;
}
