#include "catalog/persist/state_store.h"

#include "catalog/base/clock.h"
#include "catalog/persist/stmt.h"

static enum cb_code check_key(cb_str key, struct cb_err *err)
{
    if (key.n == 0 || key.n > CB_STATE_KEY_MAX || !cb_str_is_utf8(key) ||
        cb_str_find_char(key, '\0', 0) != SIZE_MAX)
        return cb_fail(err, CB_EINVAL, "a state's key is a text of 1 to %d bytes",
                       CB_STATE_KEY_MAX);
    return CB_OK;
}

enum cb_code cb_state_get(cb_str *out, struct cb_arena *a, struct cb_conn *c, cb_str plugin,
                          cb_str key, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = check_key(key, err)) != CB_OK)
        return rc;
    cb_args_str(&args, plugin);
    cb_args_str(&args, key);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_STATE_GET, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res))
        *out = cb_arena_str(a, cb_col_str(res, 0, 0));
    else
        rc = cb_fail(err, CB_ENOTFOUND, "there is nothing under this key");
    PQclear(res);
    return rc;
}

static enum cb_code put(struct cb_conn *c, cb_str plugin, cb_str key, cb_str value,
                        int64_t expires_us, struct cb_err *err)
{
    struct cb_args lock = {0}, args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&lock, plugin);
    cb_args_str(&args, plugin);
    cb_args_str(&args, key);
    cb_args_str(&args, value.p ? value : CB_LIT(""));
    cb_args_time(&args, expires_us);
    cb_args_int(&args, CB_STATE_BYTES_MAX);
    cb_args_int(&args, CB_STATE_ROW_MAX);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_STATE_LOCK, &lock, err)) != CB_OK)
        return rc;
    PQclear(res);
    res = NULL;
    if ((rc = cb_stmt_do(c, CB_SQL_STATE_PRUNE, NULL, NULL, err)) != CB_OK ||
        (rc = cb_stmt_run(&res, c, CB_SQL_STATE_PUT, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res) == 0)
        rc = cb_fail(err, CB_ELIMIT,
                     "the state of this plugin is full: %d bytes in %d keys are possible",
                     CB_STATE_BYTES_MAX, CB_STATE_ROW_MAX);
    PQclear(res);
    return rc;
}

enum cb_code cb_state_put(struct cb_conn *c, cb_str plugin, cb_str key, cb_str value,
                          int64_t ttl_us, struct cb_err *err)
{
    enum cb_code rc;

    if ((rc = check_key(key, err)) != CB_OK)
        return rc;
    if (value.n > CB_STATE_VALUE_MAX)
        return cb_fail(err, CB_ELIMIT, "a state's value has at most %d bytes", CB_STATE_VALUE_MAX);
    if ((rc = cb_tx_begin(c, err)) != CB_OK)
        return rc;
    rc = put(c, plugin, key, value, ttl_us > 0 ? cb_clock_now_us() + ttl_us : 0, err);
    if (rc == CB_OK)
        rc = cb_tx_commit(c, err);
    if (rc != CB_OK)
        cb_tx_rollback(c);
    return rc;
}

enum cb_code cb_state_del(struct cb_conn *c, cb_str plugin, cb_str key, struct cb_err *err)
{
    struct cb_args args = {0};
    enum cb_code rc;

    if ((rc = check_key(key, err)) != CB_OK)
        return rc;
    cb_args_str(&args, plugin);
    cb_args_str(&args, key);
    return cb_stmt_do(c, CB_SQL_STATE_DEL, &args, NULL, err);
}
