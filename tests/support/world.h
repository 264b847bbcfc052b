/*
 * world.h - a served catalog made in a test from JSON, without a database: generations are put and published by hand.
 *
 *   struct cb_world w;
 *   cb_world_init(&w);
 *   cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"a\"},\"spec\":{}}", "ownedBy group:default/x");
 *   cb_world_publish(&w);
 *   s = cb_catalog_snapshot(w.catalog);
 */
#ifndef CB_TESTS_SUPPORT_WORLD_H
#define CB_TESTS_SUPPORT_WORLD_H

#include "catalog/relate/snapshot_in.h"

struct cb_world {
    struct cb_catalog *catalog;
    struct cb_arena *arena; /* texts of ids; lives as long as the world */
    struct cb_build *build; /* the generation in the making */
    int64_t generation;
    bool loaded;
    struct cb_fault_news news; /* of the generation in the making */
};

void cb_world_init(struct cb_world *w);
void cb_world_fini(struct cb_world *w);
/* The entity as its author wrote it, and its edges: "type target, type target". Gives its id. */
cb_str cb_world_put(struct cb_world *w, const char *json, const char *edges);
/* The same with a status (JSON) and flags of entity.h. */
cb_str cb_world_put_status(struct cb_world *w, const char *json, const char *edges,
                           const char *status);
void cb_world_del(struct cb_world *w, cb_str id);
/* From the next generation on ID has a problem of SOURCE; what SOURCE had before is gone. */
void cb_world_fault(struct cb_world *w, int64_t source, cb_str id, const char *rule, const char *severity);
/* The same without any. */
void cb_world_mended(struct cb_world *w, int64_t source);
void cb_world_publish(struct cb_world *w);

#endif
