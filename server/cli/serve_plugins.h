/*
 * serve_plugins.h - the sources that plugins bring, as the conductor of passes wants them.
 *
 * Those of a plugin that is known; of one that has not loaded (it is refused, it fails) those that the database remembers: their entities
 * stay until the plugin can say that they are gone. A disabled plugin has none.
 */
#ifndef CB_CLI_SERVE_PLUGINS_H
#define CB_CLI_SERVE_PLUGINS_H

#include "catalog/persist/conn.h"
#include "catalog/sync/source.h"
#include "server/plugin/source.h"

/* How many, in A. KEY: the same text as long as they are the same. PLUGINS may be NULL: none. */
size_t cb_serve_sources(struct cb_source_conf **out, cb_str *key, struct cb_arena *a, struct cb_plugins *plugins, struct cb_pool *pool);

#endif
