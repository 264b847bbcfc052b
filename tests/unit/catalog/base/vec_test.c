#include "catalog/base/vec.h"

#include "tests/support/unit.h"

struct edge {
    int from, to;
};

START_TEST(an_array_grows_and_keeps_its_elements)
{
    CB_VEC(struct edge) edges = {0};

    for (int i = 0; i < 10000; i++)
        cb_vec_push(&edges, (struct edge){i, -i});
    ck_assert_uint_eq(edges.n, 10000);
    for (int i = 0; i < 10000; i++)
        ck_assert(edges.v[i].from == i && edges.v[i].to == -i);
    cb_vec_clear(&edges);
    ck_assert_uint_eq(edges.n, 0);
    cb_vec_fini(&edges);
    ck_assert_ptr_null(edges.v);
}
END_TEST

START_TEST(reserve_makes_room_once)
{
    CB_VEC(char) bytes = {0};
    const char *v;

    cb_vec_reserve(&bytes, bytes.n);
    ck_assert_ptr_null(bytes.v);
    cb_vec_reserve(&bytes, 1000);
    ck_assert_uint_ge(bytes.cap, 1000);
    v = bytes.v;
    for (int i = 0; i < 1000; i++)
        cb_vec_push(&bytes, 'x');
    ck_assert_ptr_eq(bytes.v, v);
    cb_vec_fini(&bytes);
}
END_TEST

CB_SUITE(vec)
{
    CB_TEST(suite, an_array_grows_and_keeps_its_elements);
    CB_TEST(suite, reserve_makes_room_once);
}
