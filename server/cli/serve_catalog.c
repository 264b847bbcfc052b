#include "server/cli/serve_catalog.h"

#include <stdlib.h>

#include "catalog/persist/migrate.h"

enum cb_code cb_cli_catalog_open(struct cb_cli_catalog *out, const struct cb_config_flags *from, struct cb_err *err)
{
    enum cb_code rc;

    *out = (struct cb_cli_catalog){0};
    if ((rc = cb_config_load(&out->config, from, err)) != CB_OK ||
        (rc = cb_command_database(&out->pool, &out->url, out->config, err)) != CB_OK ||
        (rc = cb_migrate_check(out->pool, err)) != CB_OK)
        return rc;
    out->catalog = cb_catalog_new();
    if ((rc = cb_follow_start(&out->follow, out->catalog, out->pool, out->url, NULL, err)) != CB_OK ||
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
    if (c->pool)
        cb_pool_free(c->pool);
    free(c->url);
    cb_config_free(c->config);
}
