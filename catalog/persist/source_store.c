#include "catalog/persist/source_store.h"

#include <endian.h>

#include "catalog/persist/stmt.h"

/* ids as a bigint[] in PostgreSQL's binary form. */
static void put_ids(struct cb_buf *b, const struct cb_source_row *rows, size_t n)
{
    uint32_t head[5] = {htobe32(n > 0), 0, htobe32(20) /* bigint */, htobe32((uint32_t)n),
                        htobe32(1)};

    cb_buf_put(b, head, n > 0 ? sizeof(head) : 3 * sizeof(uint32_t));
    for (size_t i = 0; i < n; i++)
        cb_copy_int(b, rows[i].id);
}

static enum cb_code configure_one(struct cb_conn *c, struct cb_source_row *row, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_str(&args, row->key);
    cb_args_str(&args, row->type);
    cb_args_str(&args, row->url);
    cb_args_str(&args, row->branch);
    cb_args_str(&args, row->paths);
    cb_args_str(&args, row->settings);
    cb_args_int4(&args, row->position);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_SOURCE_CONFIGURE, &args, err)) != CB_OK)
        return rc;
    row->id = cb_col_int(res, 0, 0);
    row->configured = true;
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_source_configure(struct cb_conn *c, struct cb_source_row *rows, size_t n,
                                 struct cb_err *err)
{
    struct cb_buf ids = CB_BUF_INIT;
    struct cb_args args = {0};
    enum cb_code rc;

    if ((rc = cb_tx_begin(c, err)) != CB_OK ||
        (rc = cb_stmt_do(c, CB_SQL_SOURCE_LOCK, NULL, NULL, err)) != CB_OK)
        goto out;
    for (size_t i = 0; i < n; i++)
        if ((rc = configure_one(c, &rows[i], err)) != CB_OK)
            goto out;
    put_ids(&ids, rows, n);
    cb_args_str(&args, cb_buf_str(&ids));
    if ((rc = cb_stmt_do(c, CB_SQL_SOURCE_UNCONFIGURE, &args, NULL, err)) != CB_OK)
        goto out;
    rc = cb_tx_commit(c, err);
out:
    if (rc != CB_OK)
        cb_tx_rollback(c);
    cb_buf_fini(&ids);
    return rc;
}

static cb_str keep(struct cb_arena *a, const PGresult *res, int row, int col)
{
    return cb_arena_str(a, cb_col_str(res, row, col));
}

static enum cb_source_made made_of(cb_str name)
{
    if (cb_str_eq(name, CB_LIT("registered")))
        return CB_SOURCE_REGISTERED;
    return cb_str_eq(name, CB_LIT("derived")) ? CB_SOURCE_DERIVED : CB_SOURCE_CONFIGURED;
}

static void read_row(struct cb_source_row *out, struct cb_arena *a, const PGresult *res, int i)
{
    *out = (struct cb_source_row){
        .id = cb_col_int(res, i, 0),
        .key = keep(a, res, i, 1),
        .type = keep(a, res, i, 2),
        .url = keep(a, res, i, 3),
        .branch = keep(a, res, i, 4),
        .paths = keep(a, res, i, 5),
        .settings = keep(a, res, i, 6),
        .position = (int32_t)cb_col_int(res, i, 7),
        .configured = cb_col_bool(res, i, 8),
        .state = (enum cb_source_state)cb_col_int(res, i, 9),
        .commit = keep(a, res, i, 10),
        .commit_author = keep(a, res, i, 11),
        .commit_subject = keep(a, res, i, 12),
        .read_settings = keep(a, res, i, 13),
        .commit_at_us = cb_col_time(res, i, 14),
        .read_at_us = cb_col_time(res, i, 15),
        .tried_at_us = cb_col_time(res, i, 16),
        .due_at_us = cb_col_time(res, i, 17),
        .failures = (int32_t)cb_col_int(res, i, 18),
        .error = keep(a, res, i, 19),
        .entity_n = cb_col_int(res, i, 20),
        .problem_n = cb_col_int(res, i, 21),
        .held_n = cb_col_int(res, i, 22),
        .confirmed = cb_col_bool(res, i, 23),
        .fence = cb_col_int(res, i, 24),
        .lease_owner = keep(a, res, i, 25),
        .generation = cb_col_int(res, i, 26),
        .made = made_of(cb_col_str(res, i, 27)),
        .recheck_n = cb_col_int(res, i, 28),
        .recheck = cb_col_int(res, i, 28) != cb_col_int(res, i, 29),
        .named = keep(a, res, i, 30),
        .took_ms = cb_col_int(res, i, 31),
        .tries = keep(a, res, i, 32),
        .recent = keep(a, res, i, 33),
        .last_change = keep(a, res, i, 34),
        .file_n = cb_col_int(res, i, 35),
    };
}

enum cb_code cb_source_all(struct cb_source_row **out, size_t *n, struct cb_arena *a,
                           struct cb_conn *c, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    struct cb_source_row *rows;
    enum cb_code rc;

    cb_args_null(&args);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_SOURCE_GET, &args, err)) != CB_OK)
        return rc;
    rows = CB_NEW_N(a, struct cb_source_row, (size_t)PQntuples(res));
    for (int i = 0; i < PQntuples(res); i++)
        read_row(&rows[i], a, res, i);
    *n = (size_t)PQntuples(res);
    *out = rows;
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_source_get(struct cb_source_row *out, struct cb_arena *a, struct cb_conn *c,
                           int64_t id, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_int(&args, id);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_SOURCE_GET, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res) == 0)
        rc = cb_fail(err, CB_ENOTFOUND, "there is no source %lld", (long long)id);
    else
        read_row(out, a, res, 0);
    PQclear(res);
    return rc;
}

enum cb_code cb_source_lease(struct cb_conn *c, int64_t id, cb_str owner, int64_t *fence,
                             struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_int(&args, id);
    cb_args_str(&args, owner);
    cb_args_int(&args, CB_LEASE_US);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_SOURCE_LEASE, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res) == 0)
        rc = cb_fail(err, CB_ECONFLICT, "source %lld is being read by another process",
                     (long long)id);
    else
        *fence = cb_col_int(res, 0, 0);
    PQclear(res);
    return rc;
}

static enum cb_code lease_gone(int64_t id, struct cb_err *err)
{
    return cb_fail(err, CB_ECONFLICT, "the lease of source %lld went to another process",
                   (long long)id);
}

/* Run a statement that touches the row while the lease is the caller's; CB_ECONFLICT when it is not. */
static enum cb_code under_lease(struct cb_conn *c, enum cb_sql sql, const struct cb_args *args,
                                int64_t id, struct cb_err *err)
{
    int64_t touched;
    enum cb_code rc;

    if ((rc = cb_stmt_do(c, sql, args, &touched, err)) != CB_OK)
        return rc;
    return touched ? CB_OK : lease_gone(id, err);
}

enum cb_code cb_source_renew(struct cb_conn *c, int64_t id, cb_str owner, int64_t fence,
                             struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_int(&args, id);
    cb_args_str(&args, owner);
    cb_args_int(&args, fence);
    cb_args_int(&args, CB_LEASE_US);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_SOURCE_RENEW, &args, err)) != CB_OK)
        return rc;
    if (!cb_col_bool(res, 0, 0))
        rc = lease_gone(id, err);
    PQclear(res);
    return rc;
}

enum cb_code cb_source_release(struct cb_conn *c, int64_t id, cb_str owner, int64_t fence,
                               int64_t due_at_us, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_int(&args, id);
    cb_args_str(&args, owner);
    cb_args_int(&args, fence);
    cb_args_time(&args, due_at_us);
    return under_lease(c, CB_SQL_SOURCE_RELEASE, &args, id, err);
}

enum cb_code cb_source_tried(struct cb_conn *c, int64_t id, int64_t fence, cb_str error,
                             struct cb_err *err)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_args args = {0};
    PGresult *res = NULL;
    bool told = false;
    enum cb_code rc;

    cb_args_int(&args, id);
    cb_args_int(&args, fence);
    cb_args_str(&args, cb_stmt_clean(a, error));
    if ((rc = cb_stmt_run(&res, c, CB_SQL_SOURCE_TRIED, &args, err)) == CB_OK) {
        if (PQntuples(res) == 0)
            rc = lease_gone(id, err);
        else
            told = cb_col_int(res, 0, 0) > 0;
        PQclear(res);
    }
    cb_arena_free(a);
    return rc == CB_OK && told ? cb_stmt_do(c, CB_SQL_NOTIFY_NUDGE, NULL, NULL, err) : rc;
}

enum cb_code cb_source_nudge(struct cb_conn *c, int64_t id, struct cb_err *err)
{
    struct cb_args args = {0};
    int64_t touched = 0;
    enum cb_code rc;

    cb_args_int(&args, id);
    if ((rc = cb_stmt_do(c, CB_SQL_SOURCE_NUDGE, &args, &touched, err)) != CB_OK)
        return rc;
    if (touched == 0)
        return cb_fail(err, CB_ENOTFOUND, "there is no source %lld", (long long)id);
    return cb_stmt_do(c, CB_SQL_NOTIFY_NUDGE, NULL, NULL, err);
}

enum cb_code cb_source_confirm(struct cb_conn *c, int64_t id, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_int(&args, id);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_SOURCE_CONFIRM, &args, err)) != CB_OK)
        return rc;
    if (!cb_col_bool(res, 0, 0))
        rc = cb_fail(err, CB_ENOTFOUND, "there is no source %lld", (long long)id);
    else if (!cb_col_bool(res, 0, 1))
        rc = cb_fail(err, CB_ECONFLICT, "no deletion of source %lld waits to be confirmed",
                     (long long)id);
    PQclear(res);
    return rc == CB_OK ? cb_stmt_do(c, CB_SQL_NOTIFY_NUDGE, NULL, NULL, err) : rc;
}

enum cb_code cb_source_all_read(struct cb_conn *c, bool *out, struct cb_err *err)
{
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = cb_stmt_run(&res, c, CB_SQL_SOURCE_ALL_READ, NULL, err)) != CB_OK)
        return rc;
    *out = cb_col_bool(res, 0, 0);
    PQclear(res);
    return CB_OK;
}

enum cb_code cb_source_seize(struct cb_conn *c, int64_t id, int64_t *fence, struct cb_err *err)
{
    struct cb_args args = {0};
    PGresult *res = NULL;
    enum cb_code rc;

    cb_args_int(&args, id);
    if ((rc = cb_stmt_run(&res, c, CB_SQL_SOURCE_SEIZE, &args, err)) != CB_OK)
        return rc;
    if (PQntuples(res) == 0)
        rc = cb_fail(err, CB_ENOTFOUND, "there is no source %lld", (long long)id);
    else
        *fence = cb_col_int(res, 0, 0);
    PQclear(res);
    return rc;
}

static enum cb_code by_id(struct cb_conn *c, enum cb_sql sql, int64_t id, struct cb_err *err)
{
    struct cb_args args = {0};

    cb_args_int(&args, id);
    return cb_stmt_do(c, sql, &args, NULL, err);
}

enum cb_code cb_source_let_go(struct cb_conn *c, int64_t id, struct cb_err *err)
{
    return by_id(c, CB_SQL_SOURCE_LET_GO, id, err);
}

enum cb_code cb_source_revive(struct cb_conn *c, int64_t id, struct cb_err *err)
{
    return by_id(c, CB_SQL_SOURCE_REVIVE, id, err);
}
