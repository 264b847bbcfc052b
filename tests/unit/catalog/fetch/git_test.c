#include "catalog/fetch/git.h"

#include <stdio.h>
#include <unistd.h>

#include "catalog/base/buf.h"
#include "catalog/base/clock.h"
#include "catalog/base/vec.h"
#include "catalog/fetch/mirror.h"
#include "tests/support/scratch.h"
#include "tests/support/unit.h"

static struct cb_arena *arena;
static struct cb_err err;

static struct cb_mirror *open_odd(const char *name)
{
    struct cb_mirror_opts opts = {.data_dir = cb_scratch(), .file_urls = true};
    struct cb_mirror *m = NULL;
    char path[512];

    arena = cb_arena_new();
    snprintf(path, sizeof(path), "%s/odd/%s", cb_scratch(), name);
    ck_assert_int_eq(cb_mirror_open(&m, cb_str_cstr(path), &opts, &err), CB_OK);
    return m;
}

static struct cb_tree *tree_of(struct cb_mirror *m, const char *branch)
{
    struct cb_tree *t = NULL;
    cb_str commit;

    ck_assert_msg(cb_mirror_update(m, cb_str_cstr(branch), arena, &commit, &err) == CB_OK, "%s",
                  err.text);
    ck_assert_uint_eq(commit.n, 40);
    ck_assert_msg(cb_mirror_tree(&t, m, commit, &err) == CB_OK, "%s", err.text);
    return t;
}

static void done(struct cb_mirror *m, struct cb_tree *t)
{
    if (t)
        t->ops->close(t);
    cb_mirror_close(m);
    cb_arena_free(arena);
}

static int collect(cb_str path, const struct cb_tree_id *id, void *ctx)
{
    struct cb_buf *b = ctx;

    ck_assert_uint_eq(id->n, 20);
    cb_buf_printf(b, "%" CB_FMT "|", CB_ARG(path));
    return 0;
}

static cb_str list(struct cb_tree *t, const char *glob)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str g = cb_str_cstr(glob), out;

    ck_assert_msg(t->ops->each(t, &g, 1, collect, &b, &err) == CB_OK, "%s", err.text);
    out = cb_arena_str(arena, cb_buf_str(&b));
    cb_buf_fini(&b);
    return out;
}

static const char *const same[] = {"plain", "bare.git", "alt.git", "linked", "detached"};

START_TEST(every_kind_of_repository_here_is_read_in_place)
{
    struct cb_mirror *m = open_odd(same[_i]);
    struct cb_tree *t = tree_of(m, "");
    cb_str bytes;

    ck_assert_str_eq(list(t, "**/catalog-info.yaml").p,
                     "a/catalog-info.yaml|catalog-info.yaml|deep/er/catalog-info.yaml|with "
                     "blank/catalog-info.yaml|");
    ck_assert_int_eq(t->ops->read(t, arena, CB_LIT("deep/er/catalog-info.yaml"), &bytes, &err),
                     CB_OK);
    ck_assert_str_eq(bytes.p, "deep\n");
    ck_assert_str_eq(t->commit.author.p, "Jane Doe <jane@example.com>");
    ck_assert_str_eq(t->commit.subject.p, "First line");
    ck_assert_int_eq(t->commit.at_us, INT64_C(1767323045) * CB_S_US);
    done(m, t);
}
END_TEST

START_TEST(files_come_in_order_of_bytes_and_regular_ones_only)
{
    struct cb_mirror *m = open_odd("plain");
    struct cb_tree *t = tree_of(m, "main");

    ck_assert_str_eq(
        list(t, "**").p,
        "a.b/x.yaml|a/catalog-info.yaml|a0/x.yaml|bad\377utf8.yaml|catalog-info.yaml|"
        "deep/er/catalog-info.yaml|empty.yaml|new\nline.yaml|run.sh|with blank/catalog-info.yaml|");
    ck_assert_str_eq(list(t, ".hidden/*").p, ".hidden/catalog-info.yaml|");
    ck_assert_str_eq(list(t, "{a,deep}/**").p, "a/catalog-info.yaml|deep/er/catalog-info.yaml|");
    ck_assert_str_eq(list(t, "nowhere/**").p, "");
    done(m, t);
}
END_TEST

static int stop_at_two(cb_str path, const struct cb_tree_id *id, void *ctx)
{
    (void)path, (void)id;
    return ++*(int *)ctx == 2;
}

START_TEST(a_listing_stops_when_told)
{
    struct cb_mirror *m = open_odd("plain");
    struct cb_tree *t = tree_of(m, "");
    cb_str all = CB_LIT("**");
    int n = 0;

    ck_assert_int_eq(t->ops->each(t, &all, 1, stop_at_two, &n, &err), CB_OK);
    ck_assert_int_eq(n, 2);
    done(m, t);
}
END_TEST

static const struct {
    const char *path, *words;
} absent[] = {
    {"nope.yaml", "no file nope.yaml"},
    {"a/nope.yaml", "no file"},
    {"a", "is a folder"},
    {"link.yaml", "symbolic link"},
    {"outside.yaml", "symbolic link"},
    {"link-dir/catalog-info.yaml", "no file"},
    {"sub", "submodule"},
    {"sub/x.yaml", "no file"},
    {"catalog-info.yaml/x", "no file"},
    {"../plain/catalog-info.yaml", "\"..\" part"},
    {"/catalog-info.yaml", "part"},
    {"a//catalog-info.yaml", "part"},
    {"", "empty"},
};

START_TEST(what_is_no_file_is_said_to_be_what_it_is)
{
    struct cb_mirror *m = open_odd("plain");
    struct cb_tree *t = tree_of(m, "");
    struct cb_tree_id id;
    cb_str bytes;

    ck_assert_int_eq(t->ops->read(t, arena, cb_str_cstr(absent[_i].path), &bytes, &err),
                     CB_ENOTFOUND);
    ck_assert_msg(strstr(err.text, absent[_i].words) != NULL, "%s", err.text);
    ck_assert_int_eq(t->ops->id(t, cb_str_cstr(absent[_i].path), &id, &err), CB_ENOTFOUND);
    done(m, t);
}
END_TEST

START_TEST(odd_names_are_files_like_others)
{
    struct cb_mirror *m = open_odd("plain");
    struct cb_tree *t = tree_of(m, "");
    cb_str bytes;

    ck_assert_int_eq(t->ops->read(t, arena, CB_LIT("new\nline.yaml"), &bytes, &err), CB_OK);
    ck_assert_str_eq(bytes.p, "newline\n");
    ck_assert_int_eq(t->ops->read(t, arena, CB_LIT("bad\377utf8.yaml"), &bytes, &err), CB_OK);
    ck_assert_str_eq(bytes.p, "bytes\n");
    ck_assert_int_eq(t->ops->read(t, arena, CB_LIT("empty.yaml"), &bytes, &err), CB_OK);
    ck_assert_uint_eq(bytes.n, 0);
    ck_assert_str_eq(bytes.p, "");
    done(m, t);
}
END_TEST

START_TEST(a_tree_with_evil_names_shows_only_sound_ones)
{
    struct cb_mirror *m = open_odd("evil.git");
    struct cb_tree *t = tree_of(m, "");

    ck_assert_str_eq(list(t, "**").p, "ok.yaml|");
    done(m, t);
}
END_TEST

START_TEST(a_missing_object_is_said_and_hurts_no_sibling)
{
    struct cb_mirror *m = open_odd("hole.git");
    struct cb_tree *t = tree_of(m, "");
    cb_str paths[] = {CB_LIT("a/catalog-info.yaml"), CB_LIT("catalog-info.yaml")}, bytes;

    ck_assert_int_eq(t->ops->want(t, paths, 2, &err), CB_OK);
    ck_assert_int_eq(t->ops->read(t, arena, paths[0], &bytes, &err), CB_EUPSTREAM);
    ck_assert(strstr(err.text, "a/catalog-info.yaml") && strstr(err.text, "fsck"));
    ck_assert_int_eq(t->ops->read(t, arena, paths[1], &bytes, &err), CB_OK);
    done(m, t);
}
END_TEST

static const struct {
    const char *name, *branch;
    enum cb_code code;
    const char *words;
} unreadable[] = {
    {"empty", "", CB_ENOTFOUND, "no commit"},
    {"empty", "main", CB_ENOTFOUND, "no branch main"},
    {"unborn.git", "", CB_ENOTFOUND, "no commit on its default branch"},
    {"plain", "gone", CB_ENOTFOUND, "no branch gone"},
    {"plain", "v1", CB_ENOTFOUND, "no branch v1"},
    {"plain", "-x", CB_EINVAL, "cannot be the name"},
    {"plain", "a..b", CB_EINVAL, "cannot be the name"},
    {"plain", "a b", CB_EINVAL, "cannot be the name"},
    {"sha256", "", CB_EUNSUPPORTED, "SHA-256"},
    {"plain/a", "", CB_ENOTFOUND, "not a Git repository"},
    {"nowhere", "", CB_ENOTFOUND, "not a Git repository"},
};

START_TEST(what_cannot_be_read_is_said_why)
{
    struct cb_mirror *m = open_odd(unreadable[_i].name);
    cb_str commit;

    ck_assert_int_eq(cb_mirror_update(m, cb_str_cstr(unreadable[_i].branch), arena, &commit, &err),
                     unreadable[_i].code);
    ck_assert_msg(strstr(err.text, unreadable[_i].words) != NULL, "%s", err.text);
    done(m, NULL);
}
END_TEST

START_TEST(a_branch_that_moves_by_force_is_followed)
{
    struct cb_mirror *m = open_odd("move");
    cb_str first, second, third;
    struct cb_tree *t;

    ck_assert_int_eq(cb_scratch_sh("cp -r odd/plain odd/move"), 0);
    ck_assert_int_eq(cb_mirror_update(m, CB_LIT("other"), arena, &first, &err), CB_OK);
    ck_assert(cb_str_eq(cb_mirror_branch(m), CB_LIT("other")));
    ck_assert_int_eq(
        cb_scratch_sh(
            "cd odd/move && git -c user.name=x -c user.email=x@y commit -q --allow-empty -m "
            "two && git update-ref refs/heads/other HEAD && git pack-refs --all"),
        0);
    ck_assert_int_eq(cb_mirror_update(m, CB_LIT("refs/heads/other"), arena, &second, &err), CB_OK);
    ck_assert(!cb_str_eq(first, second));
    ck_assert_int_eq(cb_scratch_sh("cd odd/move && git update-ref refs/heads/other %s", first.p),
                     0);
    ck_assert_int_eq(cb_mirror_update(m, CB_LIT("other"), arena, &third, &err), CB_OK);
    ck_assert(cb_str_eq(first, third));
    t = tree_of(m, "");
    ck_assert(cb_str_eq(cb_mirror_branch(m), CB_LIT("main")));
    ck_assert_str_eq(t->commit.subject.p, "two");
    done(m, t);
}
END_TEST

START_TEST(a_repository_put_in_the_place_of_another_is_seen)
{
    struct cb_mirror *m = open_odd("swap");
    cb_str commit;
    struct cb_tree *t;

    ck_assert_int_eq(cb_mirror_update(m, CB_LIT(""), arena, &commit, &err), CB_ENOTFOUND);
    ck_assert_int_eq(cb_scratch_sh("cp -r odd/plain odd/swap"), 0);
    t = tree_of(m, "");
    ck_assert(strstr(list(t, "**").p, "a0/x.yaml"));
    t->ops->close(t);
    ck_assert_int_eq(cb_scratch_sh("mv odd/swap odd/swapped && cp -r odd/evil.git odd/swap"), 0);
    t = tree_of(m, "");
    ck_assert_str_eq(list(t, "**").p, "ok.yaml|");
    done(m, t);
}
END_TEST

START_TEST(refs_of_a_linked_work_tree_are_watched_where_they_are)
{
    struct cb_mirror *m = open_odd("linked");

    ck_assert_msg(strstr(cb_mirror_local_dir(m), "odd/plain/.git") != NULL, "%s",
                  cb_mirror_local_dir(m));
    done(m, NULL);
}
END_TEST

START_TEST(a_path_that_anyone_registered_is_denied)
{
    struct cb_mirror_opts opts = {.data_dir = cb_scratch(), .file_urls = false};
    struct cb_mirror *m;

    ck_assert_int_eq(cb_mirror_open(&m, CB_LIT("/srv/git"), &opts, &err), CB_EDENIED);
    ck_assert_int_eq(cb_mirror_open(&m, CB_LIT("file:///srv/git"), &opts, &err), CB_EDENIED);
    ck_assert_int_eq(cb_mirror_open(&m, CB_LIT("ext::sh"), &opts, &err), CB_EINVAL);
}
END_TEST

START_TEST(a_commit_that_is_not_here_is_not_found)
{
    struct cb_mirror *m = open_odd("plain");
    struct cb_tree *t;

    ck_assert_int_eq(
        cb_mirror_tree(&t, m, CB_LIT("1234567890123456789012345678901234567890"), &err),
        CB_ENOTFOUND);
    ck_assert_int_eq(cb_mirror_tree(&t, m, CB_LIT("main"), &err), CB_ENOTFOUND);
    ck_assert_int_eq(cb_mirror_tree(&t, m, CB_LIT(""), &err), CB_ENOTFOUND);
    done(m, NULL);
}
END_TEST

START_TEST(another_users_repository_is_read)
{
    struct cb_mirror *m;

    if (geteuid() != 0)
        return; /* only root can give a folder away */
    ck_assert_int_eq(
        cb_scratch_sh("cp -r odd/plain odd/foreign && chown -R 65534:65534 odd/foreign"), 0);
    m = open_odd("foreign");
    done(m, tree_of(m, ""));
}
END_TEST

START_TEST(a_file_over_the_limit_is_refused_and_one_at_it_is_not)
{
    struct cb_mirror *m;
    struct cb_tree *t;
    cb_str bytes;

    ck_assert_int_eq(
        cb_scratch_sh(
            "git init -q -b main odd/big && cd odd/big && head -c %d /dev/zero >edge.yaml && "
            "head -c %d /dev/zero >over.yaml && git add . && "
            "git -c user.name=x -c user.email=x@y commit -q -m x",
            CB_DESCRIPTOR_MAX, CB_DESCRIPTOR_MAX + 1),
        0);
    m = open_odd("big");
    t = tree_of(m, "");
    ck_assert_int_eq(t->ops->read(t, arena, CB_LIT("edge.yaml"), &bytes, &err), CB_OK);
    ck_assert_uint_eq(bytes.n, CB_DESCRIPTOR_MAX);
    ck_assert_int_eq(t->ops->read(t, arena, CB_LIT("over.yaml"), &bytes, &err), CB_ELIMIT);
    done(m, t);
}
END_TEST

START_TEST(folders_too_deep_are_said_unless_no_pattern_goes_there)
{
    struct cb_mirror *m;
    struct cb_tree *t;
    cb_str all = CB_LIT("**"), top = CB_LIT("*.yaml");
    struct cb_buf b = CB_BUF_INIT;

    ck_assert_int_eq(
        cb_scratch_sh(
            "git init -q -b main odd/deep && cd odd/deep && touch x.yaml && "
            "p=$(printf 'd/%%.0s' $(seq %d)) && mkdir -p $p && touch $p/y.yaml && git add . && "
            "git -c user.name=x -c user.email=x@y commit -q -m x",
            CB_TREE_DEPTH_MAX),
        0);
    m = open_odd("deep");
    t = tree_of(m, "");
    ck_assert_int_eq(t->ops->each(t, &all, 1, collect, &b, &err), CB_ELIMIT);
    ck_assert_int_eq(t->ops->each(t, &top, 1, collect, &b, &err), CB_OK);
    cb_buf_fini(&b);
    done(m, t);
}
END_TEST

CB_SUITE(git)
{
    if (cb_scratch_sh("sh '%s' odd", cb_scratch_source("tests/fixtures/repos/odd.sh")) != 0)
        cb_unit_skip("git cannot make the test repositories");
    CB_LOOP_TEST(suite, every_kind_of_repository_here_is_read_in_place, CB_COUNT(same));
    CB_TEST(suite, files_come_in_order_of_bytes_and_regular_ones_only);
    CB_TEST(suite, a_listing_stops_when_told);
    CB_LOOP_TEST(suite, what_is_no_file_is_said_to_be_what_it_is, CB_COUNT(absent));
    CB_TEST(suite, odd_names_are_files_like_others);
    CB_TEST(suite, a_tree_with_evil_names_shows_only_sound_ones);
    CB_TEST(suite, a_missing_object_is_said_and_hurts_no_sibling);
    CB_LOOP_TEST(suite, what_cannot_be_read_is_said_why, CB_COUNT(unreadable));
    CB_TEST(suite, a_branch_that_moves_by_force_is_followed);
    CB_TEST(suite, a_repository_put_in_the_place_of_another_is_seen);
    CB_TEST(suite, refs_of_a_linked_work_tree_are_watched_where_they_are);
    CB_TEST(suite, a_path_that_anyone_registered_is_denied);
    CB_TEST(suite, a_commit_that_is_not_here_is_not_found);
    CB_TEST(suite, another_users_repository_is_read);
    CB_TEST(suite, a_file_over_the_limit_is_refused_and_one_at_it_is_not);
    CB_TEST(suite, folders_too_deep_are_said_unless_no_pattern_goes_there);
}
