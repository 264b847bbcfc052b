/*
 * serve_catalog.h - the catalog of a database in this process's memory: the engine without a socket.
 */
#ifndef CB_CLI_SERVE_CATALOG_H
#define CB_CLI_SERVE_CATALOG_H

#include "catalog/relate/follow.h"
#include "server/cli/command.h"

#define CB_CLI_LOAD_US (INT64_C(300) * 1000000) /* how long loading may take */

struct cb_cli_catalog {
    struct cb_opened opened;
    struct cb_catalog *catalog;
    struct cb_follow *follow;
    struct cb_snapshot *snapshot; /* the newest */
};

enum cb_code cb_cli_catalog_open(struct cb_cli_catalog *out, const struct cb_config_flags *from, struct cb_err *err) CB_MUSTCHECK;
void cb_cli_catalog_close(struct cb_cli_catalog *c);

#endif
