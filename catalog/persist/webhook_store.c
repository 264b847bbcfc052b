#include "catalog/persist/webhook_store.h"

#include "catalog/base/hash.h"
#include "catalog/persist/source_store.h"
#include "catalog/persist/stmt.h"

enum cb_code cb_webhook_sources(struct cb_webhook_source **out, size_t *n, struct cb_arena *a, struct cb_conn *c,
                                struct cb_err *err)
{
    PGresult *res = NULL;
    struct cb_webhook_source *rows;
    enum cb_code rc;

    if ((rc = cb_stmt_run(&res, c, CB_SQL_WEBHOOK_SOURCES, NULL, err)) != CB_OK)
        return rc;
    *n = (size_t)PQntuples(res);
    rows = CB_NEW_N(a, struct cb_webhook_source, *n + 1);
    for (size_t i = 0; i < *n; i++)
        rows[i] = (struct cb_webhook_source){
            .id = cb_col_int(res, (int)i, 0),
            .url = cb_arena_str(a, cb_col_str(res, (int)i, 1)),
            .branch = cb_arena_str(a, cb_col_str(res, (int)i, 2)),
            .reading = cb_col_bool(res, (int)i, 3),
        };
    *out = rows;
    PQclear(res);
    return CB_OK;
}

/* *MADE false: KEY was there. */
static enum cb_code remember(bool *made, struct cb_conn *c, const char *forge, cb_str key, int64_t keep_us, struct cb_err *err)
{
    struct cb_args args = {0};
    uint8_t sha256[CB_SHA256_BYTES];
    int64_t touched = 0;
    enum cb_code rc;

    cb_sha256(sha256, key);
    cb_args_str(&args, cb_str_cstr(forge));
    cb_args_str(&args, cb_str_make((const char *)sha256, sizeof(sha256)));
    cb_args_int(&args, keep_us);
    cb_args_int(&args, CB_WEBHOOK_KEEP_N);
    rc = cb_stmt_do(c, CB_SQL_WEBHOOK_PUT, &args, &touched, err);
    *made = touched != 0;
    return rc;
}

static enum cb_code remember_both(bool *repeated, struct cb_arena *a, struct cb_conn *c, const struct cb_webhook_delivery *d,
                                  struct cb_err *err)
{
    char hex[2 * CB_SHA256_BYTES + 1];
    bool made = true;
    enum cb_code rc;

    if (d->id.n && (rc = remember(&made, c, d->forge, cb_arena_printf(a, "id %" CB_FMT, CB_ARG(d->id)), CB_WEBHOOK_KEEP_US, err)))
        return rc;
    if (!made)
        return cb_fail(err, CB_ECONFLICT, "this delivery was taken before: none is taken twice");
    if (d->body_sha256) {
        cb_hex(hex, d->body_sha256, CB_SHA256_BYTES);
        rc = remember(&made, c, d->forge, cb_arena_printf(a, "body %s", hex), CB_WEBHOOK_BODY_KEEP_US, err);
        *repeated = !made;
        return rc;
    }
    return CB_OK;
}

enum cb_code cb_webhook_take(bool *repeated, struct cb_conn *c, const struct cb_webhook_delivery *delivery,
                             const struct cb_webhook_source *sources, size_t n, struct cb_err *err)
{
    struct cb_arena *a = cb_arena_new();
    enum cb_code rc;

    *repeated = false;
    if ((rc = cb_tx_begin(c, err)) != CB_OK || (rc = remember_both(repeated, a, c, delivery, err)) != CB_OK)
        goto out;
    for (size_t i = 0; i < n && !*repeated; i++)
        if (sources[i].nudge && (rc = cb_source_nudge(c, sources[i].id, err)) != CB_OK && rc != CB_ENOTFOUND)
            goto out;
    rc = cb_tx_commit(c, err);
out:
    if (rc != CB_OK)
        cb_tx_rollback(c);
    cb_arena_free(a);
    return rc;
}
