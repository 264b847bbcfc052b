/*
 * health.h - what the catalog itself knows of how well an entity is: the worst of its problems and of its status; a reference to
 * nothing is a warning, and so is a ref that nobody has registered.
 *
 * Work      the problems once, then one look an entity
 * Threads   one, with the snapshot it was made for
 */
#ifndef CB_RELATE_HEALTH_H
#define CB_RELATE_HEALTH_H

#include "catalog/base/arena.h"
#include "catalog/relate/snapshot.h"

enum cb_health { CB_HEALTH_OK, CB_HEALTH_WARNING, CB_HEALTH_ERROR }; /* the worse, the greater */

struct cb_health_of {
    const struct cb_snapshot *s;
    uint8_t *fault; /* by ref: of its problems the worst */
    uint32_t ref_n; /* later ones have none */
};

/* In A. */
void cb_health_read(struct cb_health_of *out, const struct cb_snapshot *s, struct cb_arena *a);
enum cb_health cb_health_of(const struct cb_health_of *h, uint32_t ref);
/* "ok", "warning", "error" */
const char *cb_health_name(enum cb_health health);

#endif
