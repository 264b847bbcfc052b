#include "catalog/fetch/glob.h"
#include "catalog/fetch/tree.h"
#include "tests/support/unit.h"

/* What minimatch answers for the same pattern and path. */
static const struct {
    const char *glob, *path;
    bool hit;
} cases[] = {
    {"catalog-info.yaml", "catalog-info.yaml", true},
    {"catalog-info.yaml", "a/catalog-info.yaml", false},
    {"**/catalog-info.yaml", "catalog-info.yaml", true},
    {"**/catalog-info.yaml", "a/catalog-info.yaml", true},
    {"**/catalog-info.yaml", "a/b/c/catalog-info.yaml", true},
    {"**/catalog-info.yaml", "a/xcatalog-info.yaml", false},
    {"**/catalog-info.yaml", ".github/catalog-info.yaml", false},
    {".github/**/*.yaml", ".github/a/b.yaml", true},
    {"**/.github/*.yaml", "a/.github/b.yaml", true},
    {"a/**/b", "a/b", true},
    {"a/**/b", "a/x/b", true},
    {"a/**/b", "a/x/y/b", true},
    {"a/**/b", "a/.x/b", false},
    {"a/**/b", "xa/b", false},
    {"a/**", "a", false},
    {"a/**", "a/b", true},
    {"a/**", "a/b/c", true},
    {"a/**", "a/.b", false},
    {"**", "a", true},
    {"**", "a/b/c", true},
    {"**", ".a", false},
    {"**/*", "a/b", true},
    {"**/**/x", "x", true},
    {"**/a/**/b/**/c", "a/a/b/x/b/c", true},
    {"**/a/**/b/**/c", "a/a/c/x/b", false},
    {"a**", "ab", true},
    {"a**/b", "ax/y/b", false},
    {"*.yaml", "x.yaml", true},
    {"*.yaml", ".x.yaml", false},
    {"*.yaml", "a/x.yaml", false},
    {"*", "a", true},
    {"*", "a/b", false},
    {"*/*", "a/b", true},
    {".*", ".a", true},
    {"?", "a", true},
    {"?", ".", false},
    {"?", "\xC3\xA9", true},
    {"??", "\xC3\xA9", false},
    {"a?c", "abc", true},
    {"a?c", "a/c", false},
    {"[a-c].yaml", "b.yaml", true},
    {"[a-c].yaml", "d.yaml", false},
    {"[!a-c].yaml", "d.yaml", true},
    {"[^a-c].yaml", "b.yaml", false},
    {"[]a].yaml", "].yaml", true},
    {"[[:digit:]]x", "4x", true},
    {"[[:digit:]]x", "ax", false},
    {"[!.]x", ".x", false},
    {"[abc", "[abc", true},
    {"a[", "a[", true},
    {"\\*", "*", true},
    {"\\*", "a", false},
    {"a\\[b", "a[b", true},
    {"{a,b}.yaml", "a.yaml", true},
    {"{a,b}.yaml", "b.yaml", true},
    {"{a,b}.yaml", "c.yaml", false},
    {"{a/b,c}/d", "a/b/d", true},
    {"{a,{b,c}d}e", "cde", true},
    {"{,a}b", "b", true},
    {"{,**/}catalog-info.{yaml,yml}", "x/y/catalog-info.yml", true},
    {"{a}", "{a}", true},
    {"{a}", "a", false},
    {"{a,b", "{a,b", true},
    {"\\{a,b}", "{a,b}", true},
    {"${a,b}", "${a,b}", true},
    {"A.yaml", "a.yaml", false},
    {"a/", "a", false},
    {"a//b", "a/b", false},
    {"a*b*c*d", "aXbXcXd", true},
    {"a*b*c*d", "aXbXcX", false},
    {"*a*a*a", "aaaa", true},
    /* ours: a pattern means the same with "./" or "/" before it */
    {"./x/*.yaml", "x/a.yaml", true},
    {"/catalog-info.yaml", "catalog-info.yaml", true},
};

START_TEST(a_pattern_matches_as_in_minimatch)
{
    cb_str glob = cb_str_cstr(cases[_i].glob), path = cb_str_cstr(cases[_i].path);

    ck_assert_msg(cb_glob_match(glob, path, false) == cases[_i].hit, "%s on %s should %smatch",
                  cases[_i].glob, cases[_i].path, cases[_i].hit ? "" : "not ");
}
END_TEST

START_TEST(dot_lets_stars_take_hidden_names)
{
    ck_assert(cb_glob_match(CB_LIT("**/x"), CB_LIT(".a/x"), true));
    ck_assert(cb_glob_match(CB_LIT("*"), CB_LIT(".a"), true));
}
END_TEST

START_TEST(a_pattern_is_told_from_a_plain_path)
{
    static const struct {
        const char *text;
        bool pattern;
    } rows[] = {{"a/b.yaml", false}, {"a*", true},           {"a?", true},
                {"[a]", true},       {"[a", false},          {"{a,b}", true},
                {"{a}", false},      {"${{ a, b }}", false}, {"", false}};

    for (size_t i = 0; i < CB_COUNT(rows); i++)
        ck_assert_msg(cb_glob_is_pattern(cb_str_cstr(rows[i].text)) == rows[i].pattern, "%s",
                      rows[i].text);
}
END_TEST

static enum cb_code compile(cb_str glob)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_glob_set *set;
    struct cb_err err = {0};
    enum cb_code rc = cb_glob_compile(&set, a, &glob, 1, false, &err);

    ck_assert((rc == CB_OK) == (err.text[0] == '\0'));
    cb_arena_free(a);
    return rc;
}

START_TEST(limits_hold_at_their_edge)
{
    char text[CB_GLOB_TEXT_MAX + 2];
    size_t n = 0;

    memset(text, 'a', sizeof(text));
    ck_assert_int_eq(compile(cb_str_make(text, CB_GLOB_TEXT_MAX)), CB_OK);
    ck_assert_int_eq(compile(cb_str_make(text, CB_GLOB_TEXT_MAX + 1)), CB_EINVAL);
    for (size_t i = 0; i <= CB_GLOB_PART_MAX; i++) {
        text[2 * i] = 'a';
        text[2 * i + 1] = '/';
    }
    ck_assert_int_eq(compile(cb_str_make(text, 2 * CB_GLOB_PART_MAX - 1)), CB_OK);
    ck_assert_int_eq(compile(cb_str_make(text, 2 * CB_GLOB_PART_MAX + 1)), CB_EINVAL);
    for (size_t i = 0; i < 8; i++, n += 5)
        memcpy(text + n, "{a,b}", 5);
    ck_assert_int_eq(compile(cb_str_make(text, n)), CB_OK); /* 256 */
    memcpy(text + n, "{a,b}", 5);
    ck_assert_int_eq(compile(cb_str_make(text, n + 5)), CB_EINVAL);
    ck_assert_int_eq(compile(CB_LIT("")), CB_EINVAL);
    ck_assert_int_eq(compile(cb_str_make("a\0b", 3)), CB_EINVAL);
}
END_TEST

START_TEST(a_hostile_pattern_ends_soon)
{
    char glob[CB_GLOB_TEXT_MAX], path[20000];

    for (size_t i = 0; i < sizeof(glob); i += 2)
        memcpy(glob + i, "*a", 2);
    memset(path, 'a', sizeof(path));
    path[sizeof(path) - 1] = 'b';
    ck_assert(
        !cb_glob_match(cb_str_make(glob, sizeof(glob)), cb_str_make(path, sizeof(path)), false));
    for (size_t i = 0; i + 3 < 180; i += 3)
        memcpy(glob + i, "**/", 3);
    memcpy(glob + 180, "c", 1);
    for (size_t i = 0; i < sizeof(path); i += 2)
        memcpy(path + i, "a/", 2);
    ck_assert(!cb_glob_match(cb_str_make(glob, 181), cb_str_make(path, sizeof(path) - 1), false));
}
END_TEST

START_TEST(a_walk_enters_only_folders_that_can_hold_a_match)
{
    cb_str globs[] = {CB_LIT("services/*/catalog-info.yaml"), CB_LIT("docs/**/*.yaml")};
    struct cb_arena *a = cb_arena_new();
    struct cb_glob_set *set;
    struct cb_err err;
    cb_glob_state root[8], in[8], deeper[8];

    ck_assert_int_eq(cb_glob_compile(&set, a, globs, 2, false, &err), CB_OK);
    cb_glob_start(set, root);
    ck_assert(!cb_glob_enter(set, root, CB_LIT("src"), in));
    ck_assert(cb_glob_enter(set, root, CB_LIT("services"), in));
    ck_assert(cb_glob_enter(set, in, CB_LIT("pay"), deeper));
    ck_assert(cb_glob_file(set, deeper, CB_LIT("catalog-info.yaml")));
    ck_assert(!cb_glob_enter(set, deeper, CB_LIT("sub"), in));
    ck_assert(cb_glob_enter(set, root, CB_LIT("docs"), in));
    ck_assert(cb_glob_enter(set, in, CB_LIT("x"), deeper));
    ck_assert(!cb_glob_enter(set, in, CB_LIT(".git"), deeper));
    cb_arena_free(a);
}
END_TEST

CB_SUITE(glob)
{
    CB_LOOP_TEST(suite, a_pattern_matches_as_in_minimatch, CB_COUNT(cases));
    CB_TEST(suite, dot_lets_stars_take_hidden_names);
    CB_TEST(suite, a_pattern_is_told_from_a_plain_path);
    CB_TEST(suite, limits_hold_at_their_edge);
    CB_TEST(suite, a_hostile_pattern_ends_soon);
    CB_TEST(suite, a_walk_enters_only_folders_that_can_hold_a_match);
}
