/* The map: who lies in which box, that nothing overlaps, and which roads lead from box to box. */
#include "catalog/relate/landscape.h"

#include "tests/support/unit.h"
#include "tests/support/world.h"

#define NEEDS (UINT64_C(1) << CB_RELATION_DEPENDS_ON | UINT64_C(1) << CB_RELATION_CONSUMES_API | UINT64_C(1) << CB_RELATION_PROVIDES_API)

static struct cb_world w;
static struct cb_snapshot *s;
static struct cb_arena *a;
static struct cb_err err;
static struct cb_landscape land;

static void put(const char *kind, const char *name, const char *edges)
{
    cb_world_put(&w, cb_arena_printf(a, "{\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\"},\"spec\":{}}", kind, name).p, edges);
}

static void begin(void)
{
    cb_world_init(&w);
    a = cb_arena_new();
}

static void map(void)
{
    const cb_str kinds[] = {CB_LIT("component"), CB_LIT("api"), CB_LIT("resource")};

    cb_world_publish(&w);
    cb_snapshot_unref(s);
    s = cb_catalog_snapshot(w.catalog);
    ck_assert_int_eq(cb_landscape_of(&land, s, kinds, CB_COUNT(kinds), NEEDS, NULL, a, &err), CB_OK);
}

static void end(void)
{
    cb_snapshot_unref(s);
    s = NULL;
    cb_arena_free(a);
    cb_world_fini(&w);
}

static const char *name_of(uint32_t ref)
{
    cb_str text;

    if (ref == CB_INTERN_NONE)
        return "-";
    text = cb_intern_text(cb_snapshot_names(s)->refs, ref);
    return cb_arena_str(a, cb_str_sub(text, cb_str_find_char(text, '/', 0) + 1, text.n)).p;
}

static const char *of_buf(struct cb_buf *b)
{
    const char *text = cb_arena_str(a, cb_buf_str(b)).p;

    cb_buf_fini(b);
    return text;
}

/* "shop(pay web) inner<shop(db)": boxes with their parents and tiles; "!": nobody has registered it. */
static const char *boxes(void)
{
    struct cb_buf b = CB_BUF_INIT;

    for (size_t i = 0; i < land.box_n; i++) {
        const struct cb_land_box *box = &land.boxes[i];

        cb_buf_printf(&b, "%s%s%s", i ? " " : "", name_of(box->ref), box->missing ? "!" : "");
        if (box->parent != CB_LAND_NONE)
            cb_buf_printf(&b, "<%s", name_of(land.boxes[box->parent].ref));
        for (uint32_t k = 0; k < box->n; k++)
            cb_buf_printf(&b, "%s%s", k ? " " : "(", name_of(land.tiles[box->first + k].ref));
        cb_buf_put_cstr(&b, box->n ? ")" : "");
    }
    return of_buf(&b);
}

static const char *roads(void)
{
    struct cb_buf b = CB_BUF_INIT;

    for (size_t i = 0; i < land.road_n; i++)
        cb_buf_printf(&b, "%s%s>%s:%u", i ? " " : "", name_of(land.boxes[land.roads[i].from].ref), name_of(land.boxes[land.roads[i].to].ref),
                      land.roads[i].n);
    return of_buf(&b);
}

static bool apart(const struct cb_land_box *x, const struct cb_land_box *y)
{
    return x->x + x->w <= y->x || y->x + y->w <= x->x || x->y + x->h <= y->y || y->y + y->h <= x->y;
}

/* Every box inside its parent and beside its sisters, every tile inside its box below its name and beside the other tiles. */
static void check_places(void)
{
    for (size_t i = 0; i < land.box_n; i++) {
        const struct cb_land_box *b = &land.boxes[i], *in = b->parent == CB_LAND_NONE ? NULL : &land.boxes[b->parent];
        uint32_t below = b->n;

        ck_assert(b->parent == CB_LAND_NONE || b->parent < i);
        ck_assert_int_ge(b->w, CB_LAND_WIDTH_MIN);
        ck_assert_int_ge(b->x, in ? in->x + CB_LAND_GAP : 0);
        ck_assert_int_ge(b->y, in ? in->y + CB_LAND_HEAD : 0);
        ck_assert_int_le(b->x + b->w, in ? in->x + in->w - CB_LAND_GAP : land.w);
        ck_assert_int_le(b->y + b->h, in ? in->y + in->h - CB_LAND_GAP : land.h);
        for (size_t k = 0; k < land.box_n; k++) {
            if (k != i && land.boxes[k].parent == b->parent)
                ck_assert(apart(b, &land.boxes[k]));
            if (land.boxes[k].parent == i)
                below += land.boxes[k].below;
        }
        ck_assert_uint_eq(below, b->below);
        for (uint32_t t = 0; t < b->n; t++) {
            const struct cb_land_tile *tile = &land.tiles[b->first + t];
            struct cb_land_box as_box = {.x = tile->x, .y = tile->y, .w = CB_LAND_TILE, .h = CB_LAND_TILE};

            ck_assert_uint_eq(tile->box, i);
            ck_assert(tile->x >= b->x + CB_LAND_GAP && tile->x + CB_LAND_TILE <= b->x + b->w - CB_LAND_GAP);
            ck_assert(tile->y >= b->y + CB_LAND_HEAD && tile->y + CB_LAND_TILE <= b->y + b->h - CB_LAND_GAP);
            if (t)
                ck_assert(tile[-1].y < tile->y || tile[-1].x + CB_LAND_TILE <= tile->x);
            for (size_t k = 0; k < land.box_n; k++)
                if (land.boxes[k].parent == i)
                    ck_assert(apart(&as_box, &land.boxes[k]));
        }
    }
}

START_TEST(entities_lie_in_their_system_or_domain_or_that_of_what_they_are_part_of)
{
    begin();
    put("Domain", "sales", "");
    put("System", "shop", "partOf domain:default/sales");
    put("System", "lone", "");
    put("Component", "web", "partOf system:default/shop");
    put("API", "pay", "partOf system:default/shop");
    put("Component", "cart", "partOf component:default/web");
    put("Component", "crier", "partOf domain:default/sales");
    put("Resource", "db", "partOf system:default/gone");
    put("Component", "stray", "");
    put("Group", "team", "");
    map();
    check_places();
    ck_assert_str_eq(boxes(), "sales(crier) gone!(db) -(stray) lone shop<sales(cart web pay)");
    ck_assert_uint_eq(land.boxes[0].below, 4);
    end();
}
END_TEST

START_TEST(roads_count_each_relation_between_two_boxes_once_whoever_says_it)
{
    begin();
    put("System", "a", "");
    put("System", "b", "");
    put("Component", "x", "partOf system:default/a, dependsOn component:default/y, dependsOn component:default/z, consumesApi api:default/p");
    put("Component", "y", "partOf system:default/b, dependencyOf component:default/x, dependsOn component:default/z");
    put("Component", "z", "partOf system:default/b");
    put("API", "p", "");
    map();
    ck_assert_str_eq(roads(), "a>b:2 a>-:1");
    end();
}
END_TEST

START_TEST(a_box_in_itself_and_one_too_deep_stand_outside)
{
    begin();
    put("Domain", "hen", "partOf domain:default/egg");
    put("Domain", "egg", "partOf domain:default/hen");
    put("System", "self", "partOf system:default/self");
    for (int i = 0; i <= CB_LAND_DEPTH_MAX + 1; i++)
        put("Domain", cb_arena_printf(a, "d%02d", i).p, i ? cb_arena_printf(a, "partOf domain:default/d%02d", i - 1).p : "");
    put("Component", "c", "partOf domain:default/hen");
    map();
    check_places();
    for (size_t i = 0; i < land.box_n; i++) {
        const char *name = name_of(land.boxes[i].ref);
        bool outside = name[0] != 'd' || strcmp(name, "d00") == 0 || strcmp(name, "d17") == 0;

        ck_assert_msg((land.boxes[i].parent == CB_LAND_NONE) == outside, "%s", name);
    }
    end();
}
END_TEST

START_TEST(at_random_nothing_overlaps_and_nothing_is_lost)
{
    unsigned seed = (unsigned)_i + 1;
    size_t tiles = 0;

    begin();
    for (int i = 0; i < 4; i++)
        put("Domain", cb_arena_printf(a, "d%d", i).p, rand_r(&seed) % 2 ? cb_arena_printf(a, "partOf domain:default/d%d", rand_r(&seed) % 5).p : "");
    for (int i = 0; i < 12; i++)
        put("System", cb_arena_printf(a, "s%d", i).p, rand_r(&seed) % 4 ? cb_arena_printf(a, "partOf domain:default/d%d", rand_r(&seed) % 5).p : "");
    for (int i = 0; i < 150; i++, tiles++)
        put(rand_r(&seed) % 3 ? "Component" : "Resource", cb_arena_printf(a, "c%d", i).p,
            rand_r(&seed) % 5 ? cb_arena_printf(a, "partOf system:default/s%d", rand_r(&seed) % (1 + rand_r(&seed) % 14)).p
                              : cb_arena_printf(a, "partOf component:default/c%d", rand_r(&seed) % 150).p);
    map();
    check_places();
    ck_assert_uint_eq(land.tile_n, tiles);
    end();
}
END_TEST

static bool over(const void *ctx)
{
    return ctx != NULL;
}

START_TEST(an_empty_catalog_is_an_empty_map_and_long_work_ends_when_told)
{
    struct cb_stop stop = {over, &err};
    const cb_str kind = CB_LIT("component");

    begin();
    map();
    ck_assert_uint_eq(land.box_n + land.tile_n + land.road_n, 0);
    ck_assert_int_eq(land.w + land.h, 0);
    ck_assert_int_eq(cb_landscape_of(&land, s, &kind, 1, NEEDS, &stop, a, &err), CB_ETIMEOUT);
    end();
}
END_TEST

CB_SUITE(landscape)
{
    CB_TEST(suite, entities_lie_in_their_system_or_domain_or_that_of_what_they_are_part_of);
    CB_TEST(suite, roads_count_each_relation_between_two_boxes_once_whoever_says_it);
    CB_TEST(suite, a_box_in_itself_and_one_too_deep_stand_outside);
    CB_LOOP_TEST(suite, at_random_nothing_overlaps_and_nothing_is_lost, 40);
    CB_TEST(suite, an_empty_catalog_is_an_empty_map_and_long_work_ends_when_told);
}
