/*
 * load.h - a shared object of a stranger: open it, see whether it is a plugin this callboard can run, describe it.
 */
#ifndef CB_HOST_LOAD_H
#define CB_HOST_LOAD_H

#include <callboard/plugin.h>
#include <jansson.h>

/* Rows of a capability table as they are now: what an older plugin does not have is zero. */
struct cb_load_rows {
    const char *first;
    size_t size, n;
};

struct cb_loaded {
    const struct callboard_plugin *plugin; /* our copy: fields an older one does not have are zero */
    struct cb_load_rows panels, panel_actions, actions, sources, routes;
};

/* NULL with a sentence in WHY of WHY_N bytes. Once in a process. */
const struct cb_loaded *cb_load(const char *path, char *why, size_t why_n);
/* What the server hears of it (wire.h). */
json_t *cb_load_descriptor(const struct cb_loaded *loaded);
/* The I-th row copied into the present struct of SIZE bytes at OUT; false: no such row. */
int cb_load_row(void *out, size_t size, const struct cb_load_rows *rows, size_t i);

#endif
