/*
 * landscape.h - the whole catalog as a map: domains that hold systems that hold entities, each with its place.
 *
 *   Box     a domain or a system, inside the domain that it is part of; what is in no system lies in a box without a ref
 *   Tile    one entity, inside one box: the system that it is part of, else the domain, else that of the entity it is part of
 *   Road    how many relations lead from the tiles of one box to those of another one
 *
 * Units     a tile takes CB_LAND_TILE by CB_LAND_TILE, whatever the map is drawn on; y grows downwards, the first box begins at 0,0
 * Place     told by the catalog alone: the same generation gives the same map. In a box first the boxes, then the tiles; a box never
 *           overlaps another, and lies wholly inside its parent
 * Order     boxes: a parent before its children, the tallest first, then by ref; tiles: by box, kinds as asked, ref (order of bytes)
 * Missing   a system that is named and not registered is a box as well
 * Health    health.h
 * Rings     a box that is part of itself in the end, or lies deeper than CB_LAND_DEPTH_MAX, stands outside
 * Work      each link once; 250,000 entities are below 100 ms
 */
#ifndef CB_RELATE_LANDSCAPE_H
#define CB_RELATE_LANDSCAPE_H

#include "catalog/relate/health.h"
#include "catalog/relate/reach.h"

#define CB_LAND_TILE 4
#define CB_LAND_GAP 2        /* around a box, and from its edge to what it holds */
#define CB_LAND_HEAD 5       /* above what a box holds: where its name is written */
#define CB_LAND_WIDTH_MIN 16 /* of a box: room for a name */
#define CB_LAND_DEPTH_MAX 16 /* boxes in boxes; and steps from an entity up to the one that is in a system */
#define CB_LAND_NONE UINT32_MAX

struct cb_land_box {
    uint32_t ref;     /* CB_INTERN_NONE: of those that are in no system */
    uint32_t parent;  /* index; CB_LAND_NONE: it stands outside */
    uint32_t first, n; /* its own tiles */
    uint32_t below;   /* its own and those of the boxes in it */
    bool missing;
    enum cb_health health; /* its own, not that of what it holds */
    int32_t x, y, w, h;
};

struct cb_land_tile {
    uint32_t ref, box;
    enum cb_health health;
    int32_t x, y;
};

struct cb_land_road {
    uint32_t from, to; /* boxes */
    uint32_t n;
};

struct cb_landscape {
    struct cb_land_box *boxes;
    size_t box_n;
    struct cb_land_tile *tiles;
    size_t tile_n;
    struct cb_land_road *roads; /* by from, to */
    size_t road_n;
    int32_t w, h;
};

/* Entities of KINDS (lower case; neither "domain" nor "system") as tiles, TYPES as seen from them as roads. In A. CB_ETIMEOUT when STOP says so. */
enum cb_code cb_landscape_of(struct cb_landscape *out, const struct cb_snapshot *s, const cb_str *kinds, size_t kind_n, uint64_t types,
                             const struct cb_stop *stop, struct cb_arena *a, struct cb_err *err) CB_MUSTCHECK;

#endif
