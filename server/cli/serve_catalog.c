#include "server/cli/serve_catalog.h"

#include "catalog/persist/history_store.h"
#include "catalog/persist/migrate.h"

enum cb_code cb_cli_catalog_open(struct cb_cli_catalog *out, const struct cb_config_flags *from, struct cb_err *err)
{
    enum cb_code rc;

    *out = (struct cb_cli_catalog){0};
    if ((rc = cb_command_open(&out->opened, from, false, err)) != CB_OK || (rc = cb_migrate_check(out->opened.pool, err)) != CB_OK)
        return rc;
    out->catalog = cb_catalog_new();
    if ((rc = cb_follow_start(&out->follow, out->catalog, out->opened.pool, out->opened.url, NULL, err)) != CB_OK ||
        (rc = cb_follow_wait(out->follow, 0, CB_CLI_LOAD_US, err)) != CB_OK)
        return rc;
    out->snapshot = cb_catalog_snapshot(out->catalog);
    return CB_OK;
}

static enum cb_code look_back(struct cb_cli_catalog *out, const char *moment, struct cb_err *err)
{
    struct cb_history_range range;
    int64_t generation;
    enum cb_code rc;

    if ((rc = cb_history_moment(&generation, out->opened.conn, cb_str_cstr(moment), err)) != CB_OK ||
        (rc = cb_history_range(&range, out->opened.conn, err)) != CB_OK ||
        (rc = cb_past_new(&out->past, out->opened.pool, INT64_MAX, INT64_MAX / 2, err)) != CB_OK ||
        (rc = cb_past_load(&out->view, out->past, range.epoch, generation, 0, err)) != CB_OK)
        return rc;
    out->snapshot = cb_snapshot_ref(cb_past_snapshot(out->view));
    return CB_OK;
}

enum cb_code cb_cli_catalog_open_at(struct cb_cli_catalog *out, const struct cb_config_flags *from, const char *moment,
                                    struct cb_err *err)
{
    enum cb_code rc;

    if (!moment)
        return cb_cli_catalog_open(out, from, err);
    *out = (struct cb_cli_catalog){0};
    if ((rc = cb_command_open(&out->opened, from, true, err)) != CB_OK || (rc = cb_migrate_check(out->opened.pool, err)) != CB_OK)
        return rc;
    return look_back(out, moment, err);
}

void cb_cli_catalog_close(struct cb_cli_catalog *c)
{
    cb_snapshot_unref(c->snapshot);
    cb_past_unref(c->view);
    cb_past_free(c->past);
    if (c->follow)
        cb_follow_stop(c->follow);
    if (c->catalog)
        cb_catalog_free(c->catalog);
    cb_command_close(&c->opened);
}
