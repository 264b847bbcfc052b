#include "catalog/persist/setting_store.h"

#include "catalog/persist/stmt.h"

enum cb_code cb_setting_name(cb_str name, const char *what, struct cb_err *err)
{
    if (name.n == 0 || name.n > CB_SETTING_NAME_MAX || !cb_str_is_utf8(name) ||
        cb_str_find_char(name, '\0', 0) != SIZE_MAX)
        return cb_fail(err, CB_EINVAL, "a setting's %s is a text of 1 to %d bytes", what,
                       CB_SETTING_NAME_MAX);
    return CB_OK;
}

static enum cb_code name_it(struct cb_args *args, cb_str user, cb_str bucket, cb_str key,
                            struct cb_err *err)
{
    enum cb_code rc;

    if ((rc = cb_setting_name(bucket, "bucket", err)) != CB_OK ||
        (rc = cb_setting_name(key, "key", err)) != CB_OK)
        return rc;
    cb_args_str(args, user);
    cb_args_str(args, bucket);
    cb_args_str(args, key);
    return CB_OK;
}

enum cb_code cb_setting_get(cb_str *out, struct cb_arena *a, struct cb_conn *c, cb_str user,
                            cb_str bucket, cb_str key, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = name_it(&args, user, bucket, key, err)) != CB_OK ||
        (rc = cb_stmt_run(&res, c, CB_SQL_SETTING_GET, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res))
        *out = cb_arena_str(a, cb_col_str(res, 0, 0));
    else
        rc = cb_fail(err, CB_ENOTFOUND,
                     "Unable to find '%" CB_FMT "' in bucket '%" CB_FMT "'", CB_ARG(key),
                     CB_ARG(bucket));
    PQclear(res);
    return rc;
}

static enum cb_code put(struct cb_conn *c, cb_str user, const struct cb_args *args,
                        struct cb_err *err)
{
    struct cb_args lock = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&lock, user);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_SETTING_LOCK, &lock, err)) != CB_OK)
        return rc;
    PQclear(res);
    res = NULL;
    if ((rc = cb_stmt_run(&res, c, CB_SQL_SETTING_PUT, args, err)) != CB_OK)
        return rc;
    if (PQntuples(res) == 0)
        rc = cb_fail(err, CB_ELIMIT,
                     "the settings of this user are full: %d bytes in %d keys are possible",
                     CB_SETTING_BYTES_MAX, CB_SETTING_ROW_MAX);
    PQclear(res);
    return rc;
}

enum cb_code cb_setting_put(struct cb_conn *c, cb_str user, cb_str bucket, cb_str key, cb_str value,
                            struct cb_err *err)
{
    struct cb_args args = {0};
    enum cb_code rc;

    if ((rc = name_it(&args, user, bucket, key, err)) != CB_OK)
        return rc;
    if (value.n > CB_SETTING_VALUE_MAX)
        return cb_fail(err, CB_ELIMIT, "a setting's value has at most %d bytes",
                       CB_SETTING_VALUE_MAX);
    cb_args_str(&args, value);
    cb_args_int(&args, CB_SETTING_BYTES_MAX);
    cb_args_int(&args, CB_SETTING_ROW_MAX);
    if ((rc = cb_tx_begin(c, err)) != CB_OK)
        return rc;
    rc = put(c, user, &args, err);
    if (rc == CB_OK)
        rc = cb_tx_commit(c, err);
    if (rc != CB_OK)
        cb_tx_rollback(c);
    return rc;
}

enum cb_code cb_setting_del(struct cb_conn *c, cb_str user, cb_str bucket, cb_str key,
                            struct cb_err *err)
{
    struct cb_args args = {0};
    enum cb_code rc = name_it(&args, user, bucket, key, err);

    return rc == CB_OK ? cb_stmt_do(c, CB_SQL_SETTING_DEL, &args, NULL, err) : rc;
}

enum cb_code cb_setting_some(cb_str *out, size_t n, struct cb_arena *a, struct cb_conn *c,
                             cb_str user, cb_str asked, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    for (size_t i = 0; i < n; i++)
        out[i] = cb_str_make(NULL, 0);
    cb_args_str(&args, user);
    cb_args_str(&args, asked);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_SETTING_SOME, &args, err)) != CB_OK)
        return rc;
    for (int i = 0; i < PQntuples(res); i++)
        out[cb_col_int(res, i, 0) - 1] = cb_arena_str(a, cb_col_str(res, i, 1));
    PQclear(res);
    return CB_OK;
}

static void put_rows(struct cb_buf *out, const PGresult *res)
{
    cb_str bucket = cb_str_make(NULL, 0);

    cb_buf_put_char(out, '{');
    for (int i = 0; i < PQntuples(res); i++) {
        cb_str next = cb_col_str(res, i, 0);
        bool other = !bucket.p || !cb_str_eq(bucket, next);

        if (i)
            cb_buf_put_cstr(out, other ? "}," : ",");
        if (other) {
            cb_buf_put_json(out, next);
            cb_buf_put_cstr(out, ":{");
        }
        bucket = next;
        cb_buf_put_json(out, cb_col_str(res, i, 1));
        cb_buf_put_char(out, ':');
        cb_buf_put_str(out, cb_col_str(res, i, 2));
    }
    cb_buf_put_cstr(out, PQntuples(res) ? "}}" : "}");
}

enum cb_code cb_setting_small(struct cb_buf *out, bool *left_out, struct cb_conn *c, cb_str user, int64_t wait_us,
                              struct cb_err *err)
{
    int64_t kept_us = c->wait_us;
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&args, user);
    cb_args_int(&args, CB_SETTING_SMALL_MAX);
    c->wait_us = wait_us;
    rc = cb_stmt_run(&res, c, CB_SQL_SETTING_SMALL, &args, err);
    c->wait_us = kept_us;
    if (rc != CB_OK)
        return rc;
    put_rows(out, res);
    *left_out = PQntuples(res) > 0 && cb_col_int(res, 0, 3) > PQntuples(res); /* the smallest always fits */
    PQclear(res);
    return CB_OK;
}
