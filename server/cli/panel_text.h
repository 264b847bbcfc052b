/*
 * panel_text.h - a panel as text for a terminal: every type of plugins/abi/panel.schema.json.
 */
#ifndef CB_CLI_PANEL_TEXT_H
#define CB_CLI_PANEL_TEXT_H

#include <stdio.h>

#include "catalog/base/node.h"

/* DATA as a plugin answered it. Control characters are left out: nothing a stranger wrote moves the cursor. */
void cb_panel_text(FILE *out, struct cb_arena *a, const struct cb_node *data);
/* TEXT without control characters but for line ends, in A. */
cb_str cb_panel_clean(struct cb_arena *a, cb_str text);

#endif
