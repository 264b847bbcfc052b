#include <stdio.h>
#include <unistd.h>

#include "catalog/base/buf.h"
#include "catalog/fetch/mirror.h"
#include "tests/support/scratch.h"
#include "tests/support/unit.h"

static struct cb_err err;

static struct cb_tree *open_folder(const char *name)
{
    struct cb_tree *t = NULL;

    ck_assert_msg(cb_folder_tree(&t, cb_scratch_path(name), &err) == CB_OK, "%s", err.text);
    return t;
}

static int collect(cb_str path, const struct cb_tree_id *id, void *ctx)
{
    ck_assert_uint_eq(id->n, 32);
    cb_buf_printf(ctx, "%" CB_FMT "|", CB_ARG(path));
    return 0;
}

START_TEST(a_folder_lists_its_regular_files_in_order_of_bytes)
{
    struct cb_tree *t = open_folder("tree");
    struct cb_buf b = CB_BUF_INIT;
    cb_str all[] = {CB_LIT("**"), CB_LIT(".hidden/*")};

    ck_assert_msg(t->ops->each(t, all, 2, collect, &b, &err) == CB_OK, "%s", err.text);
    ck_assert_str_eq(b.p, ".hidden/x.yaml|a.b/x.yaml|a/x.yaml|a0/x.yaml|big.yaml|x.yaml|");
    ck_assert_uint_eq(t->commit.id.n, 0);
    cb_buf_fini(&b);
    t->ops->close(t);
}
END_TEST

START_TEST(the_folder_of_one_file_is_its_folder)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_tree *t = open_folder("tree/a/x.yaml");
    cb_str bytes;

    ck_assert_int_eq(t->ops->read(t, a, CB_LIT("x.yaml"), &bytes, &err), CB_OK);
    ck_assert_str_eq(bytes.p, "a\n");
    ck_assert_int_eq(t->ops->read(t, a, CB_LIT("../x.yaml"), &bytes, &err), CB_ENOTFOUND);
    t->ops->close(t);
    cb_arena_free(a);
}
END_TEST

static const struct {
    const char *path;
    enum cb_code code;
    const char *words;
} absent[] = {
    {"nope.yaml", CB_ENOTFOUND, "no file"},
    {"a", CB_ENOTFOUND, "is a folder"},
    {"link.yaml", CB_ENOTFOUND, "symbolic link"},
    {"link-dir/x.yaml", CB_ENOTFOUND, "symbolic link"},
    {"outside.yaml", CB_ENOTFOUND, "symbolic link"},
    {"root/etc/passwd", CB_ENOTFOUND, "symbolic link"},
    {"up/x.yaml", CB_ENOTFOUND, "symbolic link"},
    {"pipe", CB_ENOTFOUND, "not a regular file"},
    {"x.yaml/y", CB_ENOTFOUND, "no file"},
    {"../tree/x.yaml", CB_ENOTFOUND, "\"..\" part"},
    {"/etc/passwd", CB_ENOTFOUND, "part"},
    {"big.yaml", CB_ELIMIT, "over"},
};

START_TEST(nothing_leads_out_of_the_root)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_tree *t = open_folder("tree");
    cb_str bytes;

    ck_assert_int_eq(t->ops->read(t, a, cb_str_cstr(absent[_i].path), &bytes, &err),
                     absent[_i].code);
    ck_assert_msg(strstr(err.text, absent[_i].words) != NULL, "%s", err.text);
    t->ops->close(t);
    cb_arena_free(a);
}
END_TEST

START_TEST(an_id_is_of_the_bytes_alone)
{
    struct cb_tree *t = open_folder("tree");
    struct cb_tree_id one, two, three;

    ck_assert_int_eq(
        cb_scratch_sh("printf 'x\\n' >tree/same && touch -d '1 hour ago' tree/x.yaml tree/same"),
        0);
    ck_assert_int_eq(t->ops->id(t, CB_LIT("x.yaml"), &one, &err), CB_OK);
    ck_assert_int_eq(t->ops->id(t, CB_LIT("same"), &two, &err), CB_OK);
    ck_assert(one.n == two.n && !memcmp(one.bytes, two.bytes, one.n));
    /* written in place, same length, same mtime: the change time still tells */
    ck_assert_int_eq(cb_scratch_sh("printf 'y\\n' >tree/same && touch -d '1 hour ago' tree/same"),
                     0);
    ck_assert_int_eq(t->ops->id(t, CB_LIT("same"), &three, &err), CB_OK);
    ck_assert(memcmp(one.bytes, three.bytes, one.n));
    ck_assert_int_eq(t->ops->id(t, CB_LIT("nope"), &three, &err), CB_ENOTFOUND);
    ck_assert_int_eq(cb_scratch_sh("rm tree/same"), 0);
    t->ops->close(t);
}
END_TEST

START_TEST(an_unreadable_file_is_listed_and_says_so_when_read)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_buf b = CB_BUF_INIT;
    cb_str all = CB_LIT("secret/*"), bytes;
    struct cb_tree *t;

    ck_assert_int_eq(
        cb_scratch_sh("chmod 755 . && mkdir -p tree/secret && echo x >tree/secret/x.yaml && "
                      "chmod 000 tree/secret/x.yaml"),
        0);
    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    t = open_folder("tree");
    ck_assert_msg(t->ops->each(t, &all, 1, collect, &b, &err) == CB_OK, "%s", err.text);
    ck_assert_str_eq(b.p, "secret/x.yaml|");
    ck_assert_int_eq(t->ops->read(t, a, CB_LIT("secret/x.yaml"), &bytes, &err), CB_EUPSTREAM);
    ck_assert_msg(strstr(err.text, "may not read") != NULL, "%s", err.text);
    t->ops->close(t);
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(cb_scratch_sh("rm -rf tree/secret"), 0);
    cb_buf_fini(&b);
    cb_arena_free(a);
}
END_TEST

START_TEST(what_is_not_there_cannot_be_opened)
{
    struct cb_tree *t;

    ck_assert_int_eq(cb_folder_tree(&t, cb_scratch_path("nowhere"), &err), CB_ENOTFOUND);
    ck_assert_int_eq(cb_folder_tree(&t, cb_scratch_path("tree/pipe"), &err), CB_EINVAL);
}
END_TEST

CB_SUITE(folder)
{
    if (cb_scratch_sh(
            "mkdir tree && cd tree && mkdir a a.b a0 .hidden && echo a >a/x.yaml && echo b "
            ">a.b/x.yaml && "
            "echo 0 >a0/x.yaml && echo h >.hidden/x.yaml && printf 'x\\n' >x.yaml && ln -s x.yaml "
            "link.yaml && "
            "ln -s a link-dir && ln -s /etc/passwd outside.yaml && ln -s / root && ln -s .. up && "
            "mkfifo pipe && head -c %d /dev/zero >big.yaml",
            CB_DESCRIPTOR_MAX + 1) != 0)
        cb_unit_skip("the test folder cannot be made");
    CB_TEST(suite, a_folder_lists_its_regular_files_in_order_of_bytes);
    CB_TEST(suite, the_folder_of_one_file_is_its_folder);
    CB_LOOP_TEST(suite, nothing_leads_out_of_the_root, CB_COUNT(absent));
    CB_TEST(suite, an_id_is_of_the_bytes_alone);
    CB_TEST(suite, an_unreadable_file_is_listed_and_says_so_when_read);
    CB_TEST(suite, what_is_not_there_cannot_be_opened);
}
