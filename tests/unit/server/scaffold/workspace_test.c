/* The folder of a run: nothing gets out of it, no link is followed, all of it goes. */
#include "server/scaffold/workspace.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/unit.h"

static char dir[] = "/tmp/callboard-workspace-XXXXXX";

static const char *const outside[] = {"", "/etc/x", "../x", "a/../../x", "a/..", "."};

START_TEST(a_file_is_put_below_it_alone)
{
    struct cb_err err;

    ck_assert_int_eq(cb_workspace_put(dir, cb_str_cstr(outside[_i]), CB_LIT("x"), false, &err), CB_EDENIED);
}
END_TEST

START_TEST(files_are_read_in_order_and_links_are_not_followed)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_workspace_file *v;
    int64_t bytes, entry_n;
    struct cb_err err;
    size_t n;
    bool made;
    cb_str path = cb_workspace_path(a, cb_str_cstr(dir), CB_LIT("run"));

    ck_assert_int_eq(cb_workspace_make(&made, path.p, &err), CB_OK);
    ck_assert(made && cb_workspace_there(path.p));
    ck_assert_int_eq(cb_workspace_put(path.p, CB_LIT("b/./c.sh"), CB_LIT("text"), true, &err), CB_OK);
    ck_assert_int_eq(cb_workspace_put(path.p, CB_LIT("a"), CB_LIT(""), false, &err), CB_OK);
    ck_assert_int_eq(symlink("/etc", cb_arena_printf(a, "%s/z", path.p).p), 0);
    ck_assert_int_eq(cb_workspace_put(path.p, CB_LIT("z/passwd-of-a-test"), CB_LIT("x"), false, &err), CB_EINVAL);
    ck_assert_int_eq(cb_workspace_read(&v, &n, a, path.p, 8, &err), CB_OK);
    ck_assert_uint_eq(n, 3);
    ck_assert_str_eq(v[0].path.p, "a");
    ck_assert_str_eq(v[1].path.p, "b/c.sh");
    ck_assert(v[1].executable && !v[0].executable && v[2].link);
    ck_assert_str_eq(v[1].bytes.p, "text");
    ck_assert_str_eq(v[2].bytes.p, "/etc");
    ck_assert_int_eq(cb_workspace_read(&v, &n, a, path.p, 3, &err), CB_ELIMIT);
    ck_assert_int_eq(cb_workspace_measure(&bytes, &entry_n, path.p, INT64_MAX, &err), CB_OK);
    ck_assert_int_eq(entry_n, 4);
    ck_assert_int_eq(chmod(cb_arena_printf(a, "%s/b", path.p).p, 0), 0);
    cb_workspace_remove(path.p);
    ck_assert(!cb_workspace_there(path.p));
    ck_assert_int_eq(access("/etc/passwd", F_OK), 0);
    cb_workspace_remove(path.p);
    cb_arena_free(a);
}
END_TEST

CB_SUITE(workspace)
{
    if (!mkdtemp(dir))
        abort();
    CB_LOOP_TEST(suite, a_file_is_put_below_it_alone, CB_COUNT(outside));
    CB_TEST(suite, files_are_read_in_order_and_links_are_not_followed);
}
