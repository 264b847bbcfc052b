/*
 * action.h - the steps a template may use: the rows of all plugins' action tables, by id. The engine knows no verb of its own.
 *
 * Order     by id; of two plugins that have the same, `templates` wins, then the first by name
 * Lifetime  a set counts the tables it looked at: rows stay good until cb_actions_fini, whatever is reloaded meanwhile
 * Threads   any
 */
#ifndef CB_SCAFFOLD_ACTION_H
#define CB_SCAFFOLD_ACTION_H

#include "server/plugin/supervise.h"

#define CB_SCAFFOLD_LANGUAGE "templates" /* the plugin that renders expressions */

struct cb_action {
    cb_str plugin;
    const struct cb_plugin_action *row;
};

struct cb_actions {
    struct cb_action *v;
    size_t n;
    struct cb_plugin_view *views;
    size_t view_n;
};

/* What plugins have now. */
void cb_actions_load(struct cb_actions *out, struct cb_arena *a, struct cb_plugins *plugins);
void cb_actions_fini(struct cb_actions *set);
/* NULL: no plugin has it. */
const struct cb_action *cb_actions_find(const struct cb_actions *set, cb_str id);
/* GET actions' answer. */
void cb_actions_put(struct cb_buf *out, const struct cb_actions *set);
/* A value that keeps to SCHEMA, for what a dry run does not do: examples, else "<example>", 0, false. */
struct cb_node *cb_action_sample(struct cb_arena *a, const struct cb_node *schema);

#endif
