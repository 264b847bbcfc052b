#include "catalog/persist/migrate.h"

#include <stdlib.h>

#include "catalog/base/log.h"
#include "catalog/persist/stmt.h"

#define TAKE_US (INT64_C(10) * 1000000) /* wait for a connection */

static int embedded_n(void)
{
    int n = 0;

    while (cb_sql_migrations[n].name)
        n++;
    return n;
}

const char *cb_migrate_name(size_t i)
{
    return i < (size_t)embedded_n() ? cb_sql_migrations[i].name : NULL;
}

/* Compare what has run, row by row, with what is embedded; *DONE is how many have run. */
static enum cb_code compare(int *done, struct cb_conn *c, struct cb_err *err)
{
    int n = embedded_n();
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = cb_stmt_run(&res, c, CB_SQL_MIGRATE_ALL, NULL, err)) != CB_OK)
        return rc;
    for (int i = 0; i < PQntuples(res); i++) {
        cb_str name = cb_col_str(res, i, 1), sha256 = cb_col_str(res, i, 2);

        if (i >= n) {
            rc = cb_fail(err, CB_EUNSUPPORTED,
                         "the database is at %" CB_FMT
                         ", newer than this callboard, which ends at %s: start a newer callboard, "
                         "or restore the backup from before the upgrade",
                         CB_ARG(name), cb_sql_migrations[n - 1].name);
            goto out;
        }
        if (!cb_str_eq(name, cb_str_cstr(cb_sql_migrations[i].name)) ||
            !cb_str_eq(sha256, cb_str_cstr(cb_sql_migrations[i].sha256))) {
            rc = cb_fail(err, CB_ECONFLICT,
                         "the database ran another %" CB_FMT
                         " than this callboard has (%s): it belongs to another build; "
                         "use that one, or an empty database",
                         CB_ARG(name), cb_sql_migrations[i].name);
            goto out;
        }
    }
    *done = PQntuples(res);
out:
    PQclear(res);
    return rc;
}

static enum cb_code apply(struct cb_conn *c, int i, struct cb_err *err)
{
    const struct cb_sql_migration *m = &cb_sql_migrations[i];
    struct cb_args args = {0};
    struct cb_err why = {0};
    enum cb_code rc;

    if ((rc = cb_stmt_script(c, m->text, &why)) != CB_OK)
        return cb_fail(err, rc, "%s: %s", m->name, why.text);
    cb_args_int4(&args, i + 1);
    cb_args_str(&args, cb_str_cstr(m->name));
    cb_args_str(&args, cb_str_cstr(m->sha256));
    return cb_stmt_do(c, CB_SQL_MIGRATE_PUT, &args, NULL, err);
}

enum cb_code cb_migrate_run(struct cb_pool *p, int *applied, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    int done = 0, n = embedded_n();
    int64_t wait_us = 0;
    enum cb_code rc;

    if ((rc = cb_pool_take(&c, p, TAKE_US, err)) != CB_OK)
        return rc;
    wait_us = c->wait_us;
    c->wait_us = CB_PASS_STATEMENT_US;
    if ((rc = cb_tx_begin(c, err)) != CB_OK ||
        (rc = cb_stmt_do(c, CB_SQL_MIGRATE_SETTINGS, NULL, NULL, err)) != CB_OK ||
        (rc = cb_stmt_do(c, CB_SQL_MIGRATE_LOCK, NULL, NULL, err)) != CB_OK ||
        (rc = cb_stmt_do(c, CB_SQL_MIGRATE_TABLE, NULL, NULL, err)) != CB_OK ||
        (rc = compare(&done, c, err)) != CB_OK)
        goto out;
    for (int i = done; i < n; i++)
        if ((rc = apply(c, i, err)) != CB_OK)
            goto out;
    if ((rc = cb_tx_commit(c, err)) != CB_OK)
        goto out;
    if (applied)
        *applied = n - done;
    if (n > done)
        cb_log(CB_LOG_INFO, "migrate.done", "applied=%d at=%s", n - done,
               cb_sql_migrations[n - 1].name);
out:
    c->wait_us = wait_us;
    cb_pool_give(p, c);
    return rc;
}

enum cb_code cb_migrate_done(struct cb_pool *p, int *done, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    PGresult *res = NULL;
    enum cb_code rc;

    if ((rc = cb_pool_take(&c, p, TAKE_US, err)) != CB_OK)
        return rc;
    if ((rc = cb_stmt_run(&res, c, CB_SQL_MIGRATE_EXISTS, NULL, err)) != CB_OK)
        goto out;
    *done = 0;
    if (cb_col_bool(res, 0, 0))
        rc = compare(done, c, err);
out:
    PQclear(res);
    cb_pool_give(p, c);
    return rc;
}

enum cb_code cb_migrate_check(struct cb_pool *p, struct cb_err *err)
{
    int done, n = embedded_n();
    enum cb_code rc;

    if ((rc = cb_migrate_done(p, &done, err)) != CB_OK)
        return rc;
    if (done < n)
        return cb_fail(err, CB_EUNAVAILABLE,
                       "the database has %d of %d migrations: run \"callboard migrate\"", done, n);
    return CB_OK;
}
