#include "catalog/persist/token_store.h"

#include "catalog/persist/stmt.h"

static cb_str hash_of(const uint8_t sha256[32])
{
    return cb_str_make((const char *)sha256, 32);
}

static cb_str keep(struct cb_arena *a, const PGresult *res, int row, int col)
{
    return cb_arena_str(a, cb_col_str(res, row, col));
}

static void read_row(struct cb_token_row *out, struct cb_arena *a, const PGresult *res, int i)
{
    *out = (struct cb_token_row){
        .id = cb_col_int(res, i, 0),
        .name = keep(a, res, i, 1),
        .user = keep(a, res, i, 2),
        .role = keep(a, res, i, 3),
        .prefix = keep(a, res, i, 4),
        .created_us = cb_col_time(res, i, 5),
        .expires_us = cb_col_time(res, i, 6),
        .used_us = cb_col_time(res, i, 7),
        .revoked_us = cb_col_time(res, i, 8),
    };
}

static enum cb_code tell_all(struct cb_conn *c, struct cb_err *err)
{
    return cb_stmt_do(c, CB_SQL_NOTIFY_ACCESS, NULL, NULL, err);
}

enum cb_code cb_token_put(struct cb_conn *c, struct cb_token_row *row, const uint8_t sha256[32],
                          struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&args, hash_of(sha256));
    cb_args_str(&args, row->name);
    cb_args_str(&args, row->user);
    cb_args_str(&args, row->role);
    cb_args_str(&args, row->prefix);
    cb_args_time(&args, row->expires_us);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_TOKEN_PUT, &args, err)) != CB_OK)
        return rc;
    row->id = cb_col_int(res, 0, 0);
    row->created_us = cb_col_time(res, 0, 1);
    PQclear(res);
    return tell_all(c, err);
}

/* One row by its hash. */
static enum cb_code find(struct cb_token_row *out, struct cb_arena *a, struct cb_conn *c,
                         enum cb_sql sql, const uint8_t sha256[32], const char *what,
                         struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&args, hash_of(sha256));
    if ((rc = cb_stmt_run(&res, c, sql, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res) == 0)
        rc = cb_fail(err, CB_ENOTFOUND, "there is no such %s", what);
    else
        read_row(out, a, res, 0);
    PQclear(res);
    return rc;
}

enum cb_code cb_token_find(struct cb_token_row *out, struct cb_arena *a, struct cb_conn *c,
                           const uint8_t sha256[32], struct cb_err *err)
{
    return find(out, a, c, CB_SQL_TOKEN_FIND, sha256, "token", err);
}

enum cb_code cb_token_all(struct cb_token_row **out, size_t *n, struct cb_arena *a,
                          struct cb_conn *c, struct cb_err *err)
{
    PGresult *res = NULL;
    struct cb_token_row *rows;
    enum cb_code rc;

    if ((rc = cb_stmt_run(&res, c, CB_SQL_TOKEN_ALL, NULL, err)) != CB_OK)
        return rc;
    rows = CB_NEW_N(a, struct cb_token_row, (size_t)PQntuples(res));
    for (int i = 0; i < PQntuples(res); i++)
        read_row(&rows[i], a, res, i);
    *n = (size_t)PQntuples(res);
    *out = rows;
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_token_revoke(struct cb_conn *c, int64_t id, struct cb_err *err)
{
    struct cb_args args = {0};
    int64_t touched;
    enum cb_code rc;

    cb_args_int(&args, id);
    if ((rc = cb_stmt_do(c, CB_SQL_TOKEN_REVOKE, &args, &touched, err)) != CB_OK)
        return rc;
    if (touched == 0)
        return cb_fail(err, CB_ENOTFOUND, "there is no token %lld", (long long)id);
    return tell_all(c, err);
}

enum cb_code cb_session_put(struct cb_conn *c, int64_t token_id, const uint8_t sha256[32],
                            int64_t expires_us, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_str(&args, hash_of(sha256));
    cb_args_int(&args, token_id);
    cb_args_time(&args, expires_us);
    return cb_stmt_do(c, CB_SQL_SESSION_PUT, &args, NULL, err);
}

enum cb_code cb_session_find(struct cb_token_row *out, struct cb_arena *a, struct cb_conn *c,
                             const uint8_t sha256[32], struct cb_err *err)
{
    return find(out, a, c, CB_SQL_SESSION_FIND, sha256, "session", err);
}

enum cb_code cb_session_del(struct cb_conn *c, const uint8_t sha256[32], struct cb_err *err)
{
    struct cb_args args = {0};
    int64_t touched;
    enum cb_code rc;

    cb_args_str(&args, hash_of(sha256));
    if ((rc = cb_stmt_do(c, CB_SQL_SESSION_DEL, &args, &touched, err)) != CB_OK)
        return rc;
    return touched ? tell_all(c, err) : cb_fail(err, CB_ENOTFOUND, "there is no such session");
}

enum cb_code cb_audit_put(struct cb_conn *c, cb_str user, cb_str action, cb_str subject,
                          cb_str detail, struct cb_err *err)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_args args = {0};
    enum cb_code rc;

    cb_args_str(&args, cb_stmt_clean(a, user));
    cb_args_str(&args, cb_stmt_clean(a, action));
    cb_args_str(&args, cb_stmt_clean(a, subject));
    cb_args_str(&args, cb_stmt_clean(a, detail));
    rc = cb_stmt_do(c, CB_SQL_AUDIT_PUT, &args, NULL, err);
    cb_arena_free(a);
    return rc;
}
