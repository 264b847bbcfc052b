#include "catalog/base/map.h"

#include "catalog/base/arena.h"
#include "tests/support/unit.h"

static struct cb_map m;
static struct cb_arena *arena;

static cb_str key(int i)
{
    return cb_arena_printf(arena, "key-%d", i);
}

START_TEST(a_key_is_put_once_and_found)
{
    bool made;

    cb_map_put(&m, CB_LIT("a"), &made)->u = 1;
    ck_assert(made);
    cb_map_put(&m, CB_LIT("a"), &made)->u++;
    ck_assert(!made);
    ck_assert_uint_eq(m.n, 1);
    ck_assert_uint_eq(cb_map_get(&m, CB_LIT("a"))->u, 2);
    ck_assert_ptr_null(cb_map_get(&m, CB_LIT("b")));
    ck_assert(!cb_map_del(&m, CB_LIT("b")));
    cb_map_fini(&m);
    ck_assert_ptr_null(cb_map_get(&m, CB_LIT("a")));
}
END_TEST

START_TEST(the_empty_key_is_a_key)
{
    cb_map_put(&m, (cb_str){0}, NULL)->u = 7;
    ck_assert_uint_eq(cb_map_get(&m, CB_LIT(""))->u, 7);
    ck_assert(cb_map_del(&m, CB_LIT("")));
    ck_assert_ptr_null(cb_map_get(&m, (cb_str){0}));
    cb_map_fini(&m);
}
END_TEST

START_TEST(many_keys_stay_in_order_of_insertion)
{
    struct cb_map_slot *slot;
    uint64_t next = 0;

    arena = cb_arena_new();
    for (int i = 0; i < 20000; i++)
        cb_map_put(&m, key(i), NULL)->u = (uint64_t)i;
    for (int i = 0; i < 20000; i++)
        ck_assert_uint_eq(cb_map_get(&m, key(i))->u, (uint64_t)i);
    ck_assert_ptr_null(cb_map_get(&m, key(20000)));
    for (size_t i = 0; (slot = cb_map_next(&m, &i));)
        ck_assert_uint_eq(slot->value.u, next++);
    ck_assert_uint_eq(next, 20000);
    cb_map_fini(&m);
    cb_arena_free(arena);
}
END_TEST

START_TEST(what_is_deleted_is_gone_and_may_come_back)
{
    struct cb_map_slot *slot;
    size_t n = 0;

    arena = cb_arena_new();
    for (int i = 0; i < 1000; i++)
        cb_map_put(&m, key(i), NULL)->u = (uint64_t)i;
    for (int i = 0; i < 1000; i += 2)
        ck_assert(cb_map_del(&m, key(i)));
    ck_assert_uint_eq(m.n, 500);
    for (size_t i = 0; (slot = cb_map_next(&m, &i)); n++)
        ck_assert_uint_eq(slot->value.u % 2, 1);
    ck_assert_uint_eq(n, 500);
    cb_map_put(&m, key(0), NULL)->u = 42;
    ck_assert_uint_eq(cb_map_get(&m, key(0))->u, 42);
    ck_assert_ptr_null(cb_map_get(&m, key(2)));
    cb_map_fini(&m);
    cb_arena_free(arena);
}
END_TEST

START_TEST(coming_and_going_does_not_grow_it)
{
    arena = cb_arena_new();
    for (int i = 0; i < 100000; i++) {
        cb_map_put(&m, key(i % 50 + i / 50 * 50), NULL);
        if (i >= 50)
            ck_assert(cb_map_del(&m, key(i - 50)));
    }
    ck_assert_uint_eq(m.n, 50);
    ck_assert_uint_le(m.slot_cap, 1024);
    ck_assert_uint_le(m.index_cap, 1024);
    cb_map_fini(&m);
    cb_arena_free(arena);
}
END_TEST

CB_SUITE(map)
{
    CB_TEST(suite, a_key_is_put_once_and_found);
    CB_TEST(suite, the_empty_key_is_a_key);
    CB_TEST(suite, many_keys_stay_in_order_of_insertion);
    CB_TEST(suite, what_is_deleted_is_gone_and_may_come_back);
    CB_TEST(suite, coming_and_going_does_not_grow_it);
}
