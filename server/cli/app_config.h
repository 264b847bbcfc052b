/*
 * app_config.h - Backstage's app-config.yaml, as far as another program can read it.
 *
 * Source    Backstage's config loader: several files, later ones over earlier ones (maps are merged, everything else replaced);
 *           {$env: NAME}, {$file: PATH}, {$include: FILE#path.in.it}; ${NAME} in texts
 * Secrets   stay where they are: ${NAME} is kept as it stands, {$env: NAME} becomes "${NAME}", {$file: PATH} "file:/absolute/path".
 *           A default, ${NAME:-text}, cannot be kept: the text is put in its place when NAME is not set now, else ${NAME}
 * Limits    CB_APP_CONFIG_FILE_N files, CB_APP_CONFIG_BYTES each, CB_APP_CONFIG_DEPTH includes within each other
 * Lifetime  everything lives in the arena
 */
#ifndef CB_CLI_APP_CONFIG_H
#define CB_CLI_APP_CONFIG_H

#include "catalog/base/node.h"

#define CB_APP_CONFIG_FILE_N 16
#define CB_APP_CONFIG_BYTES (1024 * 1024)
#define CB_APP_CONFIG_DEPTH 8

/* OUT is an object. CB_EINVAL: a file that cannot be read or is no YAML map, with its line. */
enum cb_code cb_app_config_read(struct cb_node **out, struct cb_arena *a, const char *const *files, size_t n, struct cb_err *err) CB_MUSTCHECK;

#endif
