/*
 * describe.h - what a plugin says it has: its tables, as its host told them when it was loaded.
 *
 * Shape     immutable once made; texts and schemas live in its own arena
 * Lifetime  counted: a request that shows a panel's title keeps the tables it looked at, whatever is reloaded meanwhile
 * Source    plugins/abi/wire.h, "Descriptor". The host has checked it, but the plugin could write to the same socket: what is not
 *           as it should be is CB_EINVAL here
 * Threads   any
 */
#ifndef CB_PLUGIN_DESCRIBE_H
#define CB_PLUGIN_DESCRIBE_H

#include <stdatomic.h>

#include "catalog/base/node.h"
#include "server/auth/policy.h"

#define CB_PLUGIN_NAME_MAX 63 /* bytes of a plugin's, panel's, action's name */
#define CB_PLUGIN_ROW_MAX 256 /* rows of one table */

struct cb_plugin_panel {
    cb_str name, title, help;  /* help: for an entity without the annotation; or empty */
    const cb_str *annotations; /* any of them; n 0: all entities of its kinds */
    size_t annotation_n;
    const cb_str *kinds;       /* lower case; n 0: all */
    size_t kind_n;
    int64_t ttl_us, stale_us, deadline_us;
};

struct cb_plugin_panel_action {
    cb_str panel, name, title, confirm;
    enum cb_role role;           /* who may */
    const struct cb_node *input; /* schema; NULL: no input */
    int64_t deadline_us;
};

struct cb_plugin_action {
    cb_str name, summary;
    const struct cb_node *input, *output, *examples; /* NULL: none */
    bool dry_run, undo;
    int64_t deadline_us;
};

struct cb_plugin_source {
    cb_str name, summary;
    int64_t interval_us, deadline_us;
};

struct cb_plugin_route {
    cb_str method, path, summary;
    enum cb_role role; /* CB_ROLE_NONE: open, the plugin itself checks who it is */
    int64_t deadline_us;
};

struct cb_describe {
    atomic_uint ref_n;
    struct cb_arena *arena;
    cb_str name, version, summary;
    int64_t minor;
    const struct cb_node *config; /* schema; NULL: it has no configuration */
    const struct cb_plugin_panel *panels;
    const struct cb_plugin_panel_action *panel_actions;
    const struct cb_plugin_action *actions;
    const struct cb_plugin_source *sources;
    const struct cb_plugin_route *routes;
    size_t panel_n, panel_action_n, action_n, source_n, route_n;
};

/* [a-z][a-z0-9-]*, at most CB_PLUGIN_NAME_MAX: fit for paths, logs and metrics. */
bool cb_plugin_name_is(cb_str name);
/* JSON of the frame "loaded"; one reference. CB_EINVAL. */
enum cb_code cb_describe_parse(struct cb_describe **out, cb_str json, struct cb_err *err) CB_MUSTCHECK;
struct cb_describe *cb_describe_ref(struct cb_describe *d); /* accepts NULL */
void cb_describe_unref(struct cb_describe *d);              /* accepts NULL */
/* Its place in the table, or -1. */
int cb_describe_panel(const struct cb_describe *d, cb_str name);
int cb_describe_panel_action(const struct cb_describe *d, cb_str panel, cb_str name);
int cb_describe_action(const struct cb_describe *d, cb_str name);
int cb_describe_source(const struct cb_describe *d, cb_str name);
int cb_describe_route(const struct cb_describe *d, cb_str method, cb_str path);
/* Does PANEL stand on ENTITY, by its kind and annotations? KIND_ONLY: by its kind alone. */
bool cb_describe_fits(const struct cb_plugin_panel *panel, const struct cb_node *entity, bool kind_only);

#endif
