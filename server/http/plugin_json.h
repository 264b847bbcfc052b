/*
 * plugin_json.h - plugins, panels and what went wrong with them, as the API writes them. For the routes of panels and plugins.
 */
#ifndef CB_HTTP_PLUGIN_JSON_H
#define CB_HTTP_PLUGIN_JSON_H

#include "server/http/reply.h"
#include "server/plugin/panel.h"

/* The path of an entity's panels: "/api/panels/component/default/checkout". */
void cb_plugin_put_path(struct cb_buf *out, cb_str ref);
/* {"plugin","state","message","since","nextTry"} of one that does not serve. */
void cb_plugin_put_trouble(struct cb_buf *out, const struct cb_plugin_view *v);
/* An entry of the list of an entity's panels. APPLIES: it stands there; else its help says what is missing. */
void cb_plugin_put_panel(struct cb_buf *out, const struct cb_plugin_view *v, const struct cb_plugin_panel *panel, cb_str ref, bool applies,
                         enum cb_role role);
/* The whole answer about one panel: data, age, source, actions, and what went wrong. */
void cb_plugin_put_envelope(struct cb_buf *out, struct cb_arena *a, const struct cb_describe *d, const struct cb_plugin_panel *panel, cb_str ref,
                            const struct cb_panel_view *view, enum cb_role role);
/* One plugin with all that an operator wants to know. */
void cb_plugin_put(struct cb_buf *out, const struct cb_plugin_view *v);
/* Numbers of all plugins, theirs and ours about them, in the text exposition format. */
void cb_plugin_put_metrics(struct cb_buf *out, struct cb_plugins *plugins, struct cb_panels *panels);
/* A text with {{x}} replaced by INPUT's member x; as it is when there is none. */
cb_str cb_plugin_fill(struct cb_arena *a, cb_str text, const struct cb_node *input);

#endif
