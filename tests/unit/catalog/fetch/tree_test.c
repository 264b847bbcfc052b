#include "catalog/fetch/tree.h"
#include "tests/support/unit.h"

static const struct {
    const char *from, *target, *path; /* NULL: refused */
} cases[] = {
    {"catalog-info.yaml", "./x.yaml", "x.yaml"},
    {"catalog-info.yaml", "x.yaml", "x.yaml"},
    {"apis/catalog-info.yaml", "./x.yaml", "apis/x.yaml"},
    {"apis/catalog-info.yaml", "../y/*.yaml", "y/*.yaml"},
    {"a/b/c.yaml", "../../d.yaml", "d.yaml"},
    {"a/b/c.yaml", "././//d/./e.yaml", "a/b/d/e.yaml"},
    {"a/c.yaml", "./", "a"},
    {"c.yaml", "./", ""},
    {"a/c.yaml", "b/../../d.yaml", "d.yaml"},
    {"a/c.yaml", "..x/..y", "a/..x/..y"},
    {"c.yaml", "../d.yaml", NULL},
    {"a/b/c.yaml", "../../../d.yaml", NULL},
    {"a/c.yaml", "/etc/passwd", NULL},
    {"a/c.yaml", "", NULL},
};

START_TEST(a_target_resolves_within_the_tree)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_err err = {0};
    cb_str out;
    enum cb_code rc =
        cb_tree_resolve(&out, a, cb_str_cstr(cases[_i].from), cb_str_cstr(cases[_i].target), &err);

    if (cases[_i].path) {
        ck_assert_msg(rc == CB_OK, "%s", err.text);
        ck_assert_str_eq(out.p, cases[_i].path);
    } else {
        ck_assert_int_eq(rc, CB_EINVAL);
        ck_assert(err.text[0]);
    }
    cb_arena_free(a);
}
END_TEST

START_TEST(a_nul_byte_is_refused)
{
    struct cb_arena *a = cb_arena_new();
    cb_str out;

    ck_assert_int_eq(cb_tree_resolve(&out, a, CB_LIT("a"), cb_str_make("b\0c", 3), NULL),
                     CB_EINVAL);
    cb_arena_free(a);
}
END_TEST

START_TEST(depth_is_limited)
{
    char path[2 * CB_TREE_DEPTH_MAX + 4];

    for (size_t i = 0; i < sizeof(path); i += 2)
        memcpy(path + i, "a/", 2);
    ck_assert_int_eq(cb_tree_check_path(cb_str_make(path, 2 * CB_TREE_DEPTH_MAX - 1), NULL), CB_OK);
    ck_assert_int_eq(cb_tree_check_path(cb_str_make(path, 2 * CB_TREE_DEPTH_MAX + 1), NULL),
                     CB_ENOTFOUND);
}
END_TEST

START_TEST(only_clean_paths_name_files)
{
    static const char *const wrong[] = {"", "/a", "a/", "a//b", ".", "..", "a/../b", "./a"};

    for (size_t i = 0; i < CB_COUNT(wrong); i++)
        ck_assert_msg(cb_tree_check_path(cb_str_cstr(wrong[i]), NULL) == CB_ENOTFOUND, "%s",
                      wrong[i]);
    ck_assert_int_eq(cb_tree_check_path(CB_LIT("a/..b/...c"), NULL), CB_OK);
}
END_TEST

CB_SUITE(tree)
{
    CB_LOOP_TEST(suite, a_target_resolves_within_the_tree, CB_COUNT(cases));
    CB_TEST(suite, a_nul_byte_is_refused);
    CB_TEST(suite, depth_is_limited);
    CB_TEST(suite, only_clean_paths_name_files);
}
