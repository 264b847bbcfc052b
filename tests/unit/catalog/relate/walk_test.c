#include "catalog/relate/walk.h"

#include "tests/support/unit.h"
#include "tests/support/world.h"

static struct cb_world w;
static struct cb_snapshot *s;
static struct cb_arena *a;

static void put(const char *name, const char *edges)
{
    cb_world_put(&w,
                 cb_arena_printf(
                     a, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"%s\"},\"spec\":{}}", name)
                     .p,
                 edges);
}

#define C "component:default/"

/* a -> b -> c -> missing, owner of a and c; b again in a later generation. */
static void begin(void)
{
    cb_world_init(&w);
    a = cb_arena_new();
    put("a", "dependsOn " C "b, ownedBy group:default/g");
    put("b", "dependsOn " C "x");
    put("c", "dependsOn " C "missing, ownedBy group:default/g");
    cb_world_publish(&w);
    put("b", "dependsOn " C "c");
    cb_world_put(&w, "{\"kind\":\"Group\",\"metadata\":{\"name\":\"g\"},\"spec\":{}}",
                 "ownerOf " C "a");
    cb_world_publish(&w);
    s = cb_catalog_snapshot(w.catalog);
}

static void end(void)
{
    cb_snapshot_unref(s);
    cb_arena_free(a);
    cb_world_fini(&w);
}

/* "name/hop ... | from-type-to ..." with ? behind who is missing. */
static const char *walk(const char *from, struct cb_walk_opts opts)
{
    struct cb_buf b = CB_BUF_INIT;
    struct cb_walk out;
    struct cb_err err = {0};
    const char *text;

    ck_assert_msg(cb_walk_from(&out, s, cb_str_cstr(from), &opts, a, &err) == CB_OK, "%s",
                  err.text);
    for (size_t i = 0; i < out.node_n; i++)
        cb_buf_printf(
            &b, "%s%" CB_FMT "/%u%s", i ? " " : "",
            CB_ARG(cb_str_sub(out.nodes[i].id, cb_str_find_char(out.nodes[i].id, '/', 0) + 1, 99)),
            out.nodes[i].hop, out.nodes[i].missing ? "?" : "");
    cb_buf_put_cstr(&b, " |");
    for (size_t i = 0; i < out.edge_n; i++)
        cb_buf_printf(&b, " %u-%" CB_FMT "-%u", out.edges[i].from,
                      CB_ARG(cb_relations[out.edges[i].type].name), out.edges[i].to);
    if (out.truncated)
        cb_buf_printf(&b, " +%zu", out.left_out_n);
    text = cb_arena_str(a, cb_buf_str(&b)).p;
    cb_buf_fini(&b);
    return text;
}

START_TEST(a_walk_goes_as_deep_as_asked)
{
    begin();
    ck_assert_str_eq(walk(C "a", (struct cb_walk_opts){.depth = 1, .node_max = 500}),
                     "a/0 b/1 g/1 | 0-ownedBy-2 0-dependsOn-1");
    ck_assert_str_eq(walk(C "a", (struct cb_walk_opts){.depth = 2, .node_max = 500}),
                     "a/0 b/1 g/1 c/2 | 0-ownedBy-2 0-dependsOn-1 1-dependsOn-3 3-ownedBy-2");
    ck_assert_str_eq(walk(C "a", (struct cb_walk_opts){.depth = 8, .node_max = 500}),
                     "a/0 b/1 g/1 c/2 missing/3? | 0-ownedBy-2 0-dependsOn-1 1-dependsOn-3 "
                     "3-ownedBy-2 3-dependsOn-4");
    ck_assert_str_eq(walk(C "a", (struct cb_walk_opts){.depth = 0, .node_max = 500}), "a/0 |");
    end();
}
END_TEST

START_TEST(a_walk_keeps_to_directions_and_types)
{
    begin();
    ck_assert_str_eq(
        walk(C "c", (struct cb_walk_opts){.depth = 3, .node_max = 500, .direction = CB_WALK_IN}),
        "c/0 b/1 a/2 | 1-dependsOn-0 2-dependsOn-1");
    ck_assert_str_eq(walk(C "a", (struct cb_walk_opts){.depth = 3,
                                                       .node_max = 500,
                                                       .direction = CB_WALK_OUT,
                                                       .types = 1u << CB_RELATION_DEPENDS_ON}),
                     "a/0 b/1 c/2 missing/3? | 0-dependsOn-1 1-dependsOn-2 2-dependsOn-3");
    ck_assert_str_eq(walk("group:default/g",
                          (struct cb_walk_opts){
                              .depth = 1, .node_max = 500, .types = 1u << CB_RELATION_OWNER_OF}),
                     "g/0 a/1 c/1 | 1-ownedBy-0 2-ownedBy-0");
    end();
}
END_TEST

START_TEST(what_a_walk_leaves_out_is_counted)
{
    begin();
    ck_assert_str_eq(walk(C "a", (struct cb_walk_opts){.depth = 1, .node_max = 2}),
                     "a/0 b/1 | 0-dependsOn-1 +1");
    ck_assert_str_eq(walk(C "a", (struct cb_walk_opts){.depth = 1, .node_max = 1}), "a/0 | +2");
    end();
}
END_TEST

START_TEST(a_walk_from_nowhere_is_refused)
{
    struct cb_walk_opts opts = CB_WALK_OPTS_INIT;
    struct cb_walk out;
    struct cb_err err = {0};

    begin();
    ck_assert_int_eq(cb_walk_from(&out, s, CB_LIT(C "missing"), &opts, a, &err), CB_ENOTFOUND);
    ck_assert_int_eq(cb_walk_from(&out, s, CB_LIT(C "never"), &opts, a, &err), CB_ENOTFOUND);
    ck_assert_str_eq(err.text, "No entity with ref component:default/never in the catalog");
    end();
}
END_TEST

CB_SUITE(walk)
{
    CB_TEST(suite, a_walk_goes_as_deep_as_asked);
    CB_TEST(suite, a_walk_keeps_to_directions_and_types);
    CB_TEST(suite, what_a_walk_leaves_out_is_counted);
    CB_TEST(suite, a_walk_from_nowhere_is_refused);
}
