/* Which registered names a missing one looks like, and how many slips lie between two. */
#include "catalog/relate/near.h"

#include "catalog/relate/dangling.h"
#include "tests/support/unit.h"
#include "tests/support/world.h"

#define LONG_NAME "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" /* 64 bytes */

static const struct {
    const char *a, *b;
    uint32_t slips; /* 4: more than three */
} pairs[] = {
    {"", "", 0},
    {"checkout", "checkout", 0},
    {"chekout", "checkout", 1},
    {"checkoutt", "checkout", 1},
    {"chackout", "checkout", 1},
    {"hceckout", "checkout", 1},
    {"hcekcout", "checkout", 2},
    {"", "abc", 3},
    {"abcd", "", 4},
    {"abc", "xyz", 3},
    {"abcd", "wxyz", 4},
    {LONG_NAME LONG_NAME, LONG_NAME LONG_NAME, 0},
    {LONG_NAME LONG_NAME "a", LONG_NAME LONG_NAME "a", 4},
};

START_TEST(slips_are_counted_up_to_the_limit)
{
    cb_str a = cb_str_cstr(pairs[_i].a), b = cb_str_cstr(pairs[_i].b);

    ck_assert_uint_eq(cb_near_slips(a, b, 3), pairs[_i].slips);
    ck_assert_uint_eq(cb_near_slips(b, a, 3), pairs[_i].slips);
    if (pairs[_i].slips && pairs[_i].slips < 4)
        ck_assert_uint_eq(cb_near_slips(a, b, pairs[_i].slips - 1), pairs[_i].slips);
}
END_TEST

static const struct {
    const char *id, *near;
} asked[] = {
    {"component:default/chekout", "component:default/checkout component:shop/checkout"},
    {"api:default/checkout", "component:default/checkout component:shop/checkout"},
    {"component:other/checkout", "component:default/checkout component:shop/checkout"},
    {"component:default/pay", "component:default/pay-service"},
    {"component:default/pay-service-v2", "component:default/pay-service"},
    {"component:default/payservice", "component:default/pay-service"},
    {"api:default/chekout", ""},
    {"component:default/zzzzzz", ""},
    {"component:default/db", ""},
    {"", ""},
};

START_TEST(names_that_look_like_it_the_nearest_first)
{
    struct cb_world w;
    struct cb_arena *a = cb_arena_new();
    struct cb_buf b = CB_BUF_INIT;
    struct cb_snapshot *s;
    cb_str near[CB_NEAR_MOST];
    size_t n;

    cb_world_init(&w);
    cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"checkout\",\"namespace\":\"shop\"},\"spec\":{}}", "");
    cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"checkout\"},\"spec\":{}}", "");
    cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"pay-service\"},\"spec\":{}}", "");
    cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"db\"},\"spec\":{}}", "");
    cb_world_publish(&w);
    s = cb_catalog_snapshot(w.catalog);
    n = cb_near_find(near, cb_near_new(s, a), cb_str_cstr(asked[_i].id));
    for (size_t i = 0; i < n; i++)
        cb_buf_printf(&b, "%s%" CB_FMT, i ? " " : "", CB_ARG(near[i]));
    ck_assert_str_eq(b.n ? b.p : "", asked[_i].near);
    cb_buf_fini(&b);
    cb_snapshot_unref(s);
    cb_arena_free(a);
    cb_world_fini(&w);
}
END_TEST

START_TEST(of_many_the_five_first_are_given)
{
    struct cb_world w;
    struct cb_arena *a = cb_arena_new();
    struct cb_snapshot *s;
    cb_str near[CB_NEAR_MOST];

    cb_world_init(&w);
    for (int i = 9; i >= 0; i--)
        cb_world_put(&w, cb_arena_printf(a, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"service%d\"},\"spec\":{}}", i).p, "");
    cb_world_publish(&w);
    s = cb_catalog_snapshot(w.catalog);
    ck_assert_uint_eq(cb_near_find(near, cb_near_new(s, a), CB_LIT("component:default/servicex")), CB_NEAR_MOST);
    ck_assert(cb_str_eq(near[0], CB_LIT("component:default/service0")));
    ck_assert(cb_str_eq(near[4], CB_LIT("component:default/service4")));
    cb_snapshot_unref(s);
    cb_arena_free(a);
    cb_world_fini(&w);
}
END_TEST

static bool at_once(const void *ctx)
{
    return ctx != NULL;
}

START_TEST(what_is_missing_is_told_once_across_generations_and_who_names_it_twice_counts_once)
{
    struct cb_stop stop = {at_once, &stop};
    struct cb_world w;
    struct cb_arena *a = cb_arena_new();
    struct cb_danglings all;
    struct cb_snapshot *s;
    struct cb_err err;

    cb_world_init(&w);
    cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"b\"},\"spec\":{}}", "dependsOn component:default/gone, dependsOn component:default/gone");
    cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"c\"},\"spec\":{}}", "dependsOn component:default/a, ownedBy group:default/away");
    cb_world_publish(&w);
    cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"a\"},\"spec\":{}}", "dependsOn component:default/gone, ownedBy component:default/gone");
    cb_world_publish(&w);
    s = cb_catalog_snapshot(w.catalog);
    ck_assert_int_eq(cb_dangling_all(&all, s, NULL, NULL, NULL, a, &err), CB_OK);
    ck_assert_uint_eq(all.n, 2);
    ck_assert_uint_eq(all.naming_n, 4);
    ck_assert_uint_eq(all.v[0].by_n, 3);
    ck_assert_int_eq(all.v[0].by[0].type, CB_RELATION_DEPENDS_ON);
    ck_assert_int_eq(all.v[0].by[1].type, CB_RELATION_OWNED_BY);
    ck_assert_uint_eq(all.v[1].by_n, 1);
    ck_assert_int_eq(cb_dangling_all(&all, s, NULL, NULL, &stop, a, &err), CB_ETIMEOUT);
    cb_snapshot_unref(s);
    cb_arena_free(a);
    cb_world_fini(&w);
}
END_TEST

CB_SUITE(near)
{
    CB_LOOP_TEST(suite, slips_are_counted_up_to_the_limit, CB_COUNT(pairs));
    CB_LOOP_TEST(suite, names_that_look_like_it_the_nearest_first, CB_COUNT(asked));
    CB_TEST(suite, of_many_the_five_first_are_given);
    CB_TEST(suite, what_is_missing_is_told_once_across_generations_and_who_names_it_twice_counts_once);
}
