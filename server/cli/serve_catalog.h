/*
 * serve_catalog.h - the catalog of a database in this process's memory: the engine without a socket.
 */
#ifndef CB_CLI_SERVE_CATALOG_H
#define CB_CLI_SERVE_CATALOG_H

#include "catalog/relate/follow.h"
#include "catalog/relate/past.h"
#include "server/cli/command.h"

#define CB_CLI_LOAD_US (INT64_C(300) * 1000000) /* how long loading may take */

struct cb_cli_catalog {
    struct cb_opened opened;
    struct cb_catalog *catalog;
    struct cb_follow *follow;
    struct cb_past *past;
    struct cb_past_view *view;
    struct cb_snapshot *snapshot; /* the newest, or that of a moment */
};

enum cb_code cb_cli_catalog_open(struct cb_cli_catalog *out, const struct cb_config_flags *from, struct cb_err *err) CB_MUSTCHECK;
/* The same as it was served at MOMENT (history_store.h); NULL: now. */
enum cb_code cb_cli_catalog_open_at(struct cb_cli_catalog *out, const struct cb_config_flags *from, const char *moment,
                                    struct cb_err *err) CB_MUSTCHECK;
void cb_cli_catalog_close(struct cb_cli_catalog *c);

#endif
