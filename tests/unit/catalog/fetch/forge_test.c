#include "catalog/fetch/forge.h"
#include "tests/support/unit.h"

static const struct cb_forge rows[] = {
    {"git.example.com", CB_FORGE_GITEA, "https://git.example.com/"},
    {"localhost:3000", CB_FORGE_GITEA, NULL},
    {"gl.example.com", CB_FORGE_GITLAB, "https://gl.example.com/git/"},
    {"bb.example.com", CB_FORGE_BITBUCKET_SERVER, NULL},
    {"ghe.example.com", CB_FORGE_GITHUB, "ssh://git@ghe.example.com/"},
    {"az.example.com", CB_FORGE_AZURE, NULL},
};
static const struct cb_forge_table table = {rows, CB_COUNT(rows)};

static const struct {
    const char *clone, *branch, *path, *view, *edit, *source;
} written[] = {
    {"https://github.com/acme/a.git", "main", "catalog-info.yaml",
     "https://github.com/acme/a/blob/main/catalog-info.yaml",
     "https://github.com/acme/a/edit/main/catalog-info.yaml",
     "https://github.com/acme/a/tree/main/"},
    {"https://tok@github.com/acme/a", "main", "apis/x y#1.yaml",
     "https://github.com/acme/a/blob/main/apis/x%20y%231.yaml",
     "https://github.com/acme/a/edit/main/apis/x%20y%231.yaml",
     "https://github.com/acme/a/tree/main/apis/"},
    {"git@github.com:acme/a.git", "feature/x", "c.yaml",
     "https://github.com/acme/a/blob/feature/x/c.yaml",
     "https://github.com/acme/a/edit/feature/x/c.yaml",
     "https://github.com/acme/a/tree/feature/x/"},
    {"ssh://git@ssh.github.com:443/acme/a.git", "main", "c.yaml",
     "https://github.com/acme/a/blob/main/c.yaml", "https://github.com/acme/a/edit/main/c.yaml",
     "https://github.com/acme/a/tree/main/"},
    {"git@ghe.example.com:acme/a.git", "main", "c.yaml",
     "https://ghe.example.com/acme/a/blob/main/c.yaml",
     "https://ghe.example.com/acme/a/edit/main/c.yaml",
     "https://ghe.example.com/acme/a/tree/main/"},
    {"https://gitlab.com/g/s/a.git", "main", "d/c.yaml",
     "https://gitlab.com/g/s/a/-/blob/main/d/c.yaml",
     "https://gitlab.com/g/s/a/-/edit/main/d/c.yaml", "https://gitlab.com/g/s/a/-/tree/main/d/"},
    {"https://gl.example.com/git/g/a.git", "main", "c.yaml",
     "https://gl.example.com/git/g/a/-/blob/main/c.yaml",
     "https://gl.example.com/git/g/a/-/edit/main/c.yaml",
     "https://gl.example.com/git/g/a/-/tree/main/"},
    {"https://git.example.com/acme/a.git", "main", "c.yaml",
     "https://git.example.com/acme/a/src/branch/main/c.yaml",
     "https://git.example.com/acme/a/_edit/main/c.yaml",
     "https://git.example.com/acme/a/src/branch/main/"},
    {"ssh://git@git.example.com:2222/acme/a.git", "main", "c.yaml",
     "https://git.example.com/acme/a/src/branch/main/c.yaml",
     "https://git.example.com/acme/a/_edit/main/c.yaml",
     "https://git.example.com/acme/a/src/branch/main/"},
    {"http://localhost:3000/acme/a.git", "main", "c.yaml",
     "http://localhost:3000/acme/a/src/branch/main/c.yaml",
     "http://localhost:3000/acme/a/_edit/main/c.yaml",
     "http://localhost:3000/acme/a/src/branch/main/"},
    {"https://codeberg.org/acme/a", "main", "c.yaml",
     "https://codeberg.org/acme/a/src/branch/main/c.yaml",
     "https://codeberg.org/acme/a/_edit/main/c.yaml",
     "https://codeberg.org/acme/a/src/branch/main/"},
    {"https://bitbucket.org/w/a.git", "main", "c.yaml", "https://bitbucket.org/w/a/src/main/c.yaml",
     "https://bitbucket.org/w/a/src/main/c.yaml?mode=edit&at=main",
     "https://bitbucket.org/w/a/src/main/"},
    {"https://bb.example.com/scm/PAY/a.git", "main", "d/c.yaml",
     "https://bb.example.com/projects/PAY/repos/a/browse/d/c.yaml?at=main",
     "https://bb.example.com/projects/PAY/repos/a/browse/d/c.yaml",
     "https://bb.example.com/projects/PAY/repos/a/browse/d/?at=main"},
    {"ssh://git@bb.example.com:7999/~jane/a.git", "main", "c.yaml",
     "https://bb.example.com/users/jane/repos/a/browse/c.yaml?at=main",
     "https://bb.example.com/users/jane/repos/a/browse/c.yaml",
     "https://bb.example.com/users/jane/repos/a/browse/?at=main"},
    {"https://dev.azure.com/org/proj/_git/a", "main", "d/c.yaml",
     "https://dev.azure.com/org/proj/_git/a?path=/d/c.yaml&version=GBmain",
     "https://dev.azure.com/org/proj/_git/a?path=/d/c.yaml&version=GBmain",
     "https://dev.azure.com/org/proj/_git/a?path=/d/&version=GBmain"},
    {"git@ssh.dev.azure.com:v3/org/proj/a", "main", "c.yaml",
     "https://dev.azure.com/org/proj/_git/a?path=/c.yaml&version=GBmain",
     "https://dev.azure.com/org/proj/_git/a?path=/c.yaml&version=GBmain",
     "https://dev.azure.com/org/proj/_git/a?path=/&version=GBmain"},
    {"https://u:p@other.example.com/acme/a.git", "main", "d/c.yaml",
     "https://other.example.com/acme/a.git#main:d/c.yaml", "",
     "https://other.example.com/acme/a.git#main:d/"},
    {"/srv/git/a.git", "main", "c.yaml", "/srv/git/a.git#main:c.yaml", "", "/srv/git/a.git#main:"},
};

START_TEST(a_file_has_the_urls_of_its_forge)
{
    struct cb_arena *a = cb_arena_new();
    cb_str clone = cb_str_cstr(written[_i].clone), branch = cb_str_cstr(written[_i].branch),
           path = cb_str_cstr(written[_i].path);

    ck_assert_str_eq(cb_forge_view(a, &table, clone, branch, path).p, written[_i].view);
    ck_assert_str_eq(cb_forge_edit(a, &table, clone, branch, path).p, written[_i].edit);
    ck_assert_str_eq(cb_forge_source(a, &table, clone, branch, path).p, written[_i].source);
    cb_arena_free(a);
}
END_TEST

/* What was written is read again; a branch with a '/' keeps everything in its tail. */
START_TEST(what_is_written_is_read_again)
{
    struct cb_arena *a = cb_arena_new();
    cb_str path = cb_str_cstr(written[_i].path), branch = cb_str_cstr(written[_i].branch);
    struct cb_forge_place p;
    struct cb_err err = {0};

    ck_assert_msg(cb_forge_parse(&p, a, &table, cb_str_cstr(written[_i].view), &err) == CB_OK, "%s",
                  err.text);
    if (cb_str_find_char(branch, '/', 0) == SIZE_MAX) {
        ck_assert(cb_str_eq(p.branch, branch));
        ck_assert(cb_str_eq(p.path, path));
    } else {
        ck_assert_str_eq(p.tail.p, cb_arena_printf(a, "%.*s/%.*s", CB_ARG(branch), CB_ARG(path)).p);
    }
    ck_assert(!p.folder);
    ck_assert_str_eq(cb_forge_view(a, &table, p.clone, branch, path).p, written[_i].view);
    cb_arena_free(a);
}
END_TEST

static const struct {
    const char *url, *clone, *branch, *path;
    bool folder;
} read_rows[] = {
    {"https://github.com/acme/a/blob/main/catalog-info.yaml#L12", "https://github.com/acme/a.git",
     "main", "catalog-info.yaml", false},
    {"https://github.com/acme/a/tree/main/d", "https://github.com/acme/a.git", "main", "d", true},
    {"https://github.com/acme/a/tree/main/", "https://github.com/acme/a.git", "main", "", true},
    {"https://github.com/acme/a/edit/main/c.yaml", "https://github.com/acme/a.git", "main",
     "c.yaml", false},
    {"https://github.com/acme/a/raw/refs/heads/main/c.yaml", "https://github.com/acme/a.git",
     "main", "c.yaml", false},
    {"https://raw.githubusercontent.com/acme/a/main/c.yaml", "https://github.com/acme/a.git",
     "main", "c.yaml", false},
    {"https://raw.githubusercontent.com/acme/a/refs/heads/main/d/c.yaml",
     "https://github.com/acme/a.git", "main", "d/c.yaml", false},
    {"https://github.com/acme/a/blob/feature%2Fx/c%20d.yaml?plain=1",
     "https://github.com/acme/a.git", "feature/x", "c d.yaml", false},
    {"https://github.com/acme/a", "https://github.com/acme/a.git", "", "", true},
    {"https://github.com/acme/a.git", "https://github.com/acme/a.git", "", "", true},
    {"https://ghe.example.com/acme/a/blob/main/c.yaml", "ssh://git@ghe.example.com/acme/a.git",
     "main", "c.yaml", false},
    {"https://gitlab.com/g/s/t/a/-/blob/main/d/c.yaml", "https://gitlab.com/g/s/t/a.git", "main",
     "d/c.yaml", false},
    {"https://gitlab.com/g/a/blob/main/c.yaml", "https://gitlab.com/g/a.git", "main", "c.yaml",
     false},
    {"https://gitlab.com/g/a/-/raw/main/c.yaml?inline=false", "https://gitlab.com/g/a.git", "main",
     "c.yaml", false},
    {"https://gitlab.com/g/s/a", "https://gitlab.com/g/s/a.git", "", "", true},
    {"https://git.example.com/acme/a/src/branch/main/d/c.yaml",
     "https://git.example.com/acme/a.git", "main", "d/c.yaml", false},
    {"https://git.example.com/acme/a/src/main/c.yaml", "https://git.example.com/acme/a.git", "main",
     "c.yaml", false},
    {"https://git.example.com/acme/a/src/branch/main", "https://git.example.com/acme/a.git", "main",
     "", true},
    {"https://git.example.com/acme/a/raw/branch/main/c.yaml", "https://git.example.com/acme/a.git",
     "main", "c.yaml", false},
    {"https://git.example.com/acme/a/_edit/main/c.yaml", "https://git.example.com/acme/a.git",
     "main", "c.yaml", false},
    {"https://bitbucket.org/w/a/src/main/c.yaml?mode=edit&at=main", "https://bitbucket.org/w/a.git",
     "main", "c.yaml", false},
    {"https://bb.example.com/projects/PAY/repos/a/browse/c.yaml?at=refs%2Fheads%2Fmain",
     "https://bb.example.com/scm/PAY/a.git", "main", "c.yaml", false},
    {"https://bb.example.com/projects/PAY/repos/a", "https://bb.example.com/scm/PAY/a.git", "", "",
     true},
    {"https://bb.example.com/users/jane/repos/a/browse/c.yaml",
     "https://bb.example.com/scm/~jane/a.git", "", "c.yaml", false},
    {"https://dev.azure.com/org/proj/_git/a?path=%2Fd%2Fc.yaml&version=GBfeature%2Fx",
     "https://dev.azure.com/org/proj/_git/a", "feature/x", "d/c.yaml", false},
    {"https://dev.azure.com/org/proj/_git/a?path=/c.yaml", "https://dev.azure.com/org/proj/_git/a",
     "", "c.yaml", false},
    {"https://acme.visualstudio.com/proj/_git/a?path=/c.yaml&version=GBmain",
     "https://acme.visualstudio.com/proj/_git/a", "main", "c.yaml", false},
    {"https://u:p@other.example.com/a.git#main:d/c.yaml", "https://other.example.com/a.git", "main",
     "d/c.yaml", false},
    {"git@other.example.com:a.git#main:c.yaml", "git@other.example.com:a.git", "main", "c.yaml",
     false},
    {"/srv/git/a.git#main:d/", "/srv/git/a.git", "main", "d", true},
};

START_TEST(a_page_is_read)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_forge_place p;
    struct cb_err err = {0};

    ck_assert_msg(cb_forge_parse(&p, a, &table, cb_str_cstr(read_rows[_i].url), &err) == CB_OK,
                  "%s", err.text);
    ck_assert_msg(cb_str_eq(p.clone, cb_str_cstr(read_rows[_i].clone)), "%.*s", CB_ARG(p.clone));
    ck_assert_msg(cb_str_eq(p.branch, cb_str_cstr(read_rows[_i].branch)), "%.*s", CB_ARG(p.branch));
    ck_assert_msg(cb_str_eq(p.path, cb_str_cstr(read_rows[_i].path)), "%.*s", CB_ARG(p.path));
    ck_assert_int_eq(p.folder, read_rows[_i].folder);
    cb_arena_free(a);
}
END_TEST

static const struct {
    const char *url;
    enum cb_code code;
} refused[] = {
    {"", CB_EINVAL},
    {"catalog-info.yaml", CB_EINVAL},
    {"https://unknown.example.com/a/b/blob/main/c.yaml", CB_ENOTFOUND},
    {"https://github.com/acme", CB_EINVAL},
    {"https://github.com/acme/a/issues/1", CB_EINVAL},
    {"https://github.com/acme/a/blob", CB_EINVAL},
    {"https://github.com/acme/a/blob/main/../c.yaml", CB_EINVAL},
    {"https://github.com/acme/a/blob/main/%2e%2e/c.yaml", CB_EINVAL},
    {"https://github.com/acme/a/blob/main/a%2F..%2F..%2Fc.yaml", CB_EINVAL},
    {"https://github.com/acme/a/blob/main/a%00b", CB_EINVAL},
    {"https://github.com/acme/a/blob/refs/tags/v1/c.yaml", CB_EINVAL},
    {"https://gitlab.com/g/a/-/pipelines/1", CB_EINVAL},
    {"https://git.example.com/acme/a/src/tag/v1/c.yaml", CB_EINVAL},
    {"https://dev.azure.com/org/proj/_git/a?path=/c.yaml&version=GTv1", CB_EINVAL},
    {"https://dev.azure.com/org/proj/_build", CB_EINVAL},
    {"https://bb.example.com/projects/PAY", CB_EINVAL},
    {"https://bb.example.com/projects/PAY/repos/a/browse/c?at=refs/tags/v1", CB_EINVAL},
    {"https://github.com:x/acme/a/blob/main/c", CB_EINVAL},
    {"https://other.example.com/a.git#main:../c.yaml", CB_EINVAL},
    {"ext::sh#main:c.yaml", CB_EINVAL},
};

START_TEST(what_is_no_page_is_refused)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_forge_place p;
    struct cb_err err = {0};

    ck_assert_msg(cb_forge_parse(&p, a, &table, cb_str_cstr(refused[_i].url), &err) ==
                      refused[_i].code,
                  "%s: %s", refused[_i].url, err.text);
    ck_assert(err.text[0]);
    cb_arena_free(a);
}
END_TEST

/* Two groups of one host have forges of their own, and one mirror clones for two hosts: the longest prefix that fits decides. */
static const struct cb_forge shared[] = {
    {"two.example.com", CB_FORGE_GITLAB, "https://two.example.com/"},
    {"two.example.com", CB_FORGE_GITEA, "https://two.example.com/tea/"},
    {"all.example.com", CB_FORGE_GITHUB, "https://mirror.example.com/"},
    {"team.example.com", CB_FORGE_GITEA, "https://mirror.example.com/team/"},
    {"late.example.com", CB_FORGE_GITLAB, "https://mirror.example.com/team/"},
};

static const struct {
    const char *clone, *view;
} longest[] = {
    {"https://two.example.com/a/b.git", "https://two.example.com/a/b/-/blob/main/c.yaml"},
    {"https://two.example.com/tea/a/b.git", "https://two.example.com/tea/a/b/src/branch/main/c.yaml"},
    {"https://two.example.com/teas/a.git", "https://two.example.com/teas/a/-/blob/main/c.yaml"},
    {"https://mirror.example.com/acme/b.git", "https://all.example.com/acme/b/blob/main/c.yaml"},
    {"https://mirror.example.com/team/a/b.git", "https://team.example.com/a/b/src/branch/main/c.yaml"},
};

START_TEST(the_longest_clone_prefix_decides) /* loop test over longest[] */
{
    const struct cb_forge_table both = {shared, CB_COUNT(shared)};
    struct cb_arena *a = cb_arena_new();

    ck_assert_str_eq(cb_forge_view(a, &both, cb_str_cstr(longest[_i].clone), CB_LIT("main"), CB_LIT("c.yaml")).p, longest[_i].view);
    cb_arena_free(a);
}
END_TEST

static const struct {
    const char *clone, *page;
} lines[] = {
    {"git@github.com:acme/a.git", "https://github.com/acme/a/blob/main/d/c.yaml#L12"},
    {"https://gitlab.com/g/s/a.git", "https://gitlab.com/g/s/a/-/blob/main/d/c.yaml#L12"},
    {"https://git.example.com/acme/a.git", "https://git.example.com/acme/a/src/branch/main/d/c.yaml#L12"},
    {"https://bitbucket.org/w/a.git", "https://bitbucket.org/w/a/src/main/d/c.yaml#lines-12"},
    {"https://bb.example.com/scm/PAY/a.git", "https://bb.example.com/projects/PAY/repos/a/browse/d/c.yaml?at=main#12"},
    {"https://dev.azure.com/org/proj/_git/a", "https://dev.azure.com/org/proj/_git/a?path=/d/c.yaml&version=GBmain&lineStartColumn=1&line=12"},
    {"https://other.example.com/acme/a.git", ""},
    {"/srv/git/a.git", ""},
};

START_TEST(a_line_is_in_sight) /* loop test over lines[] */
{
    struct cb_arena *a = cb_arena_new();
    cb_str clone = cb_str_cstr(lines[_i].clone);

    ck_assert_str_eq(cb_forge_line(a, &table, clone, CB_LIT("main"), CB_LIT("d/c.yaml"), 12).p, lines[_i].page);
    ck_assert(cb_str_find(cb_forge_line(a, &table, clone, CB_LIT("main"), CB_LIT("d/c.yaml"), 0), CB_LIT("12")) == SIZE_MAX);
    cb_arena_free(a);
}
END_TEST

START_TEST(types_have_names)
{
    enum cb_forge_type type;

    for (int t = CB_FORGE_GITHUB; t <= CB_FORGE_AZURE; t++) {
        ck_assert(cb_forge_type_parse(&type, cb_str_cstr(cb_forge_type_name(t))));
        ck_assert_int_eq(type, t);
    }
    ck_assert(cb_forge_type_parse(&type, CB_LIT("Forgejo")));
    ck_assert(!cb_forge_type_parse(&type, CB_LIT("svn")));
    ck_assert_int_eq(cb_forge_type_of(NULL, CB_LIT("git@gitlab.com:a/b")), CB_FORGE_GITLAB);
    ck_assert_int_eq(cb_forge_type_of(NULL, CB_LIT("https://git.example.com/a/b")), CB_FORGE_OTHER);
}
END_TEST

/* Spellings of one repository, and what they share. */
static const struct {
    const char *url, *repository;
} spellings[] = {
    {"https://github.com/Acme/Shop.git", "github.com/acme/shop"},
    {"git@github.com:acme/shop", "github.com/acme/shop"},
    {"ssh://git@ssh.github.com:443/acme/shop.git/", "github.com/acme/shop"},
    {"https://jane:pw@GITHUB.com/acme/shop", "github.com/acme/shop"},
    {"git@gl.example.com:g/s/r.git", "gl.example.com/git/g/s/r"},
    {"https://gl.example.com/git/g/s/r", "gl.example.com/git/g/s/r"},
    {"http://localhost:3000/a/b.git", "localhost:3000/a/b"},
    {"ssh://git@localhost:2222/a/b", "localhost:3000/a/b"},
    {"https://bb.example.com/scm/K/r.git", "bb.example.com/k/r"},
    {"ssh://git@bb.example.com:7999/k/r.git", "bb.example.com/k/r"},
    {"git@ssh.dev.azure.com:v3/org/p/r", "dev.azure.com/org/p/_git/r"},
    {"https://org@dev.azure.com/org/p/_git/r", "dev.azure.com/org/p/_git/r"},
    {"https://Unknown.example.com:8443/A/b.git/", "unknown.example.com/A/b"},
    {"git@unknown.example.com:A/b", "unknown.example.com/A/b"},
    {"/srv/git/shop.git", "/srv/git/shop"},
    {"file:///srv/git/shop/.git", "/srv/git/shop"},
    {"ext::sh -c x", ""},
    {"", ""},
};

START_TEST(spellings_of_a_repository_are_one)
{
    struct cb_arena *a = cb_arena_new();
    cb_str said = cb_forge_repository(a, &table, cb_str_cstr(spellings[_i].url));

    ck_assert_msg(cb_str_eq(said, cb_str_cstr(spellings[_i].repository)), "%s: %" CB_FMT,
                  spellings[_i].url, CB_ARG(said));
    cb_arena_free(a);
}
END_TEST

CB_SUITE(forge)
{
    CB_LOOP_TEST(suite, spellings_of_a_repository_are_one, CB_COUNT(spellings));
    CB_LOOP_TEST(suite, a_file_has_the_urls_of_its_forge, CB_COUNT(written));
    CB_LOOP_TEST(suite, what_is_written_is_read_again, CB_COUNT(written));
    CB_LOOP_TEST(suite, a_page_is_read, CB_COUNT(read_rows));
    CB_LOOP_TEST(suite, what_is_no_page_is_refused, CB_COUNT(refused));
    CB_LOOP_TEST(suite, a_line_is_in_sight, CB_COUNT(lines));
    CB_LOOP_TEST(suite, the_longest_clone_prefix_decides, CB_COUNT(longest));
    CB_TEST(suite, types_have_names);
}
