#include "catalog/base/node.h"

#include <float.h>
#include <math.h>

#include "catalog/base/number.h"
#include "tests/support/unit.h"

static struct cb_arena *arena;
static struct cb_buf out;

static void begin(void)
{
    arena = cb_arena_new();
}

static void end(void)
{
    cb_buf_fini(&out);
    cb_arena_free(arena);
}

static const char *dump(const struct cb_node *node)
{
    cb_buf_clear(&out);
    cb_node_dump(&out, node);
    ck_assert_uint_eq(strlen(out.p), out.n);
    return out.p;
}

static struct cb_node *parse(const char *json)
{
    struct cb_node *node;
    struct cb_err err;

    ck_assert_msg(cb_node_parse(&node, arena, cb_str_cstr(json), &err) == CB_OK, "%s", err.text);
    return node;
}

/* What node -p 'String(x)' prints. */
static const struct {
    double d;
    const char *text;
} numbers[] = {
    {0.0, "0"},
    {-0.0, "0"},
    {1.5, "1.5"},
    {-1.5, "-1.5"},
    {0.1, "0.1"},
    {0.1 + 0.2, "0.30000000000000004"},
    {1.0 / 3, "0.3333333333333333"},
    {100, "100"},
    {1e21, "1e+21"},
    {1e20, "100000000000000000000"},
    {-1e21, "-1e+21"},
    {1.5e300, "1.5e+300"},
    {1e-6, "0.000001"},
    {1.25e-6, "0.00000125"},
    {1e-7, "1e-7"},
    {1.25e-7, "1.25e-7"},
    {123456789012345680000.0, "123456789012345680000"},
    {1234567890123456789012.0, "1.2345678901234568e+21"},
    {5e-324, "5e-324"},
    {1e-323, "1e-323"},
    {2.2250738585072014e-308, "2.2250738585072014e-308"},
    {2.225073858507201e-308, "2.225073858507201e-308"},
    {DBL_MAX, "1.7976931348623157e+308"},
    {9007199254740992.0, "9007199254740992"},
    {9007199254740994.0, "9007199254740994"},
    {2251799813685248.5, "2251799813685248.5"},
    {123456.789, "123456.789"},
    {0.000123, "0.000123"},
    {5e-7, "5e-7"},
    {1e23, "1e+23"},
    {INFINITY, "Infinity"},
    {-INFINITY, "-Infinity"},
    {NAN, "NaN"},
};

START_TEST(numbers_are_written_as_javascript_does)
{
    struct cb_node *node = cb_node_new(arena, CB_REAL);

    node->d = numbers[_i].d;
    ck_assert_str_eq(cb_node_scalar(arena, node).p, numbers[_i].text);
    ck_assert_str_eq(dump(node), isfinite(node->d) ? numbers[_i].text : "null");
}
END_TEST

START_TEST(any_number_reads_back_and_fits)
{
    uint64_t bits = 1;

    for (int i = 0; i < 20000; i++) {
        char text[CB_NUMBER_TEXT_MAX];
        double d;

        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        memcpy(&d, &bits, sizeof(d));
        if (!isfinite(d))
            continue;
        ck_assert_uint_lt(cb_number_format(text, d), sizeof(text));
        ck_assert_msg(strtod(text, NULL) == d, "%s", text);
    }
}
END_TEST

static const struct {
    int64_t i;
    const char *text;
} ints[] = {
    {0, "0"},
    {-1, "-1"},
    {42, "42"},
    {INT64_C(9007199254740992), "9007199254740992"},
    {INT64_C(9007199254740993), "9007199254740992"},
    {INT64_C(-9007199254740993), "-9007199254740992"},
    {INT64_MAX, "9223372036854776000"},
    {INT64_MIN, "-9223372036854776000"},
};

START_TEST(integers_are_written_as_javascript_does)
{
    ck_assert_str_eq(dump(cb_node_int(arena, ints[_i].i)), ints[_i].text);
    ck_assert_str_eq(cb_node_scalar(arena, cb_node_int(arena, ints[_i].i)).p, ints[_i].text);
}
END_TEST

START_TEST(scalars_are_texts)
{
    ck_assert(cb_str_eq(cb_node_scalar(arena, cb_node_new(arena, CB_NULL)), CB_LIT("null")));
    ck_assert(cb_str_eq(cb_node_scalar(arena, cb_node_bool(arena, true)), CB_LIT("true")));
    ck_assert(cb_str_eq(cb_node_scalar(arena, cb_node_bool(arena, false)), CB_LIT("false")));
    ck_assert(cb_str_eq(cb_node_scalar(arena, cb_node_string(arena, CB_LIT("x"))), CB_LIT("x")));
    ck_assert_uint_eq(cb_node_scalar(arena, cb_node_new(arena, CB_OBJECT)).n, 0);
}
END_TEST

START_TEST(trees_are_built_and_written_in_order)
{
    struct cb_node *object = cb_node_new(arena, CB_OBJECT), *array = cb_node_new(arena, CB_ARRAY);

    ck_assert_str_eq(dump(object), "{}");
    ck_assert_str_eq(dump(array), "[]");
    cb_node_push(array, cb_node_int(arena, 1));
    cb_node_push(array, cb_node_string(arena, CB_LIT("two\n")));
    cb_node_put(object, CB_LIT("z\""), array);
    cb_node_put(object, CB_LIT("a"), cb_node_new(arena, CB_NULL));
    ck_assert_str_eq(dump(object), "{\"z\\\"\":[1,\"two\\n\"],\"a\":null}");
    ck_assert_uint_eq(object->child_n, 2);
}
END_TEST

START_TEST(set_replaces_where_the_member_stands)
{
    struct cb_node *object = parse("{\"a\":1,\"b\":2,\"c\":3}");

    cb_node_set(object, CB_LIT("b"), cb_node_bool(arena, true));
    ck_assert_str_eq(dump(object), "{\"a\":1,\"b\":true,\"c\":3}");
    cb_node_set(object, CB_LIT("c"), cb_node_new(arena, CB_NULL));
    cb_node_set(object, CB_LIT("d"), cb_node_int(arena, 4));
    ck_assert_str_eq(dump(object), "{\"a\":1,\"b\":true,\"c\":null,\"d\":4}");
    cb_node_set(object, CB_LIT("d"), object->last);
    ck_assert_uint_eq(object->child_n, 4);
}
END_TEST

START_TEST(del_takes_first_middle_and_last)
{
    struct cb_node *object = parse("{\"a\":1,\"b\":2,\"c\":3}");

    ck_assert(!cb_node_del(object, CB_LIT("x")));
    ck_assert(cb_node_del(object, CB_LIT("b")));
    ck_assert(cb_node_del(object, CB_LIT("c")));
    cb_node_put(object, CB_LIT("e"), cb_node_int(arena, 5));
    ck_assert_str_eq(dump(object), "{\"a\":1,\"e\":5}");
    ck_assert(cb_node_del(object, CB_LIT("a")));
    ck_assert(cb_node_del(object, CB_LIT("e")));
    ck_assert_str_eq(dump(object), "{}");
    cb_node_put(object, CB_LIT("f"), cb_node_int(arena, 6));
    ck_assert_str_eq(dump(object), "{\"f\":6}");
    ck_assert_uint_eq(object->child_n, 1);
}
END_TEST

START_TEST(members_are_found_by_key_and_path)
{
    struct cb_node *node = parse("{\"metadata\":{\"name\":\"x\",\"n\":1,\"tags\":[1]},\"\":2}");

    ck_assert(cb_str_eq(cb_node_text(cb_node_get(node, "metadata"), "name"), CB_LIT("x")));
    ck_assert(cb_str_eq(cb_node_path(node, "metadata.name")->text, CB_LIT("x")));
    ck_assert_ptr_null(cb_node_path(node, "metadata.name.deeper"));
    ck_assert_ptr_null(cb_node_path(node, "metadata.tags.0"));
    ck_assert_ptr_null(cb_node_path(node, "spec.owner"));
    ck_assert_ptr_null(cb_node_path(NULL, "spec"));
    ck_assert_ptr_null(cb_node_get(NULL, "spec"));
    ck_assert_ptr_null(cb_node_get(node->first->first, "spec"));
    ck_assert_uint_eq(cb_node_text(cb_node_get(node, "metadata"), "n").n, 0);
    ck_assert_int_eq(cb_node_get(node, "")->i, 2);
}
END_TEST

START_TEST(a_copy_shares_nothing)
{
    static const char json[] = "{\"a\":[1,{\"b\":\"text\"}],\"c\":null}";
    struct cb_arena *first = cb_arena_new();
    struct cb_node *node, *copy;

    ck_assert_int_eq(cb_node_parse(&node, first, cb_arena_str(first, cb_str_cstr(json)), NULL),
                     CB_OK);
    copy = cb_node_copy(arena, node);
    cb_arena_free(first);
    ck_assert_str_eq(dump(copy), json);
    ck_assert_uint_eq(cb_node_get(copy, "c")->key_column, 23);
}
END_TEST

START_TEST(jansson_and_back)
{
    static const char json[] = "{\"z\":[1,2.5,true,false,null,\"\xc3\xa4\"],\"a\":{\"\":{}}}";
    json_t *value = cb_node_to_json(parse(json));

    ck_assert_ptr_nonnull(value);
    ck_assert_str_eq(dump(cb_node_from_json(arena, value)), json);
    json_decref(value);
}
END_TEST

START_TEST(an_infinity_is_null_in_jansson)
{
    json_t *value = cb_node_to_json(parse("1e400"));

    ck_assert(json_is_null(value));
    json_decref(value);
}
END_TEST

static void add(Suite *suite, const TTest *test, size_t n)
{
    TCase *one = tcase_create(test->name);

    tcase_add_checked_fixture(one, begin, end);
    tcase_add_loop_test(one, test, 0, (int)n);
    suite_add_tcase(suite, one);
}

CB_SUITE(node)
{
    add(suite, numbers_are_written_as_javascript_does, CB_COUNT(numbers));
    add(suite, any_number_reads_back_and_fits, 1);
    add(suite, integers_are_written_as_javascript_does, CB_COUNT(ints));
    add(suite, scalars_are_texts, 1);
    add(suite, trees_are_built_and_written_in_order, 1);
    add(suite, set_replaces_where_the_member_stands, 1);
    add(suite, del_takes_first_middle_and_last, 1);
    add(suite, members_are_found_by_key_and_path, 1);
    add(suite, a_copy_shares_nothing, 1);
    add(suite, jansson_and_back, 1);
    add(suite, an_infinity_is_null_in_jansson, 1);
}
