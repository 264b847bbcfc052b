#include "server/cli/serve_catalog.h"

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

void cb_cli_catalog_close(struct cb_cli_catalog *c)
{
    cb_snapshot_unref(c->snapshot);
    if (c->follow)
        cb_follow_stop(c->follow);
    if (c->catalog)
        cb_catalog_free(c->catalog);
    cb_command_close(&c->opened);
}
