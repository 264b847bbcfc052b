/* The tables: relations, kinds, rules. */
#include "catalog/entity/kind.h"
#include "catalog/entity/problem.h"
#include "catalog/entity/relation.h"
#include "catalog/entity/rules.h"
#include "tests/support/unit.h"

START_TEST(each_relation_is_the_inverse_of_its_inverse)
{
    for (size_t i = 0; i < cb_relation_n; i++) {
        size_t other = cb_relations[i].inverse;

        ck_assert_uint_lt(other, cb_relation_n);
        ck_assert_uint_ne(other, i);
        ck_assert_uint_eq(cb_relations[other].inverse, i);
        ck_assert_int_eq(cb_relation_find(cb_relations[i].name, false), (int)i);
    }
}
END_TEST

START_TEST(a_relation_is_found_by_name)
{
    ck_assert_int_eq(cb_relation_find(CB_LIT("ownedBy"), false), CB_RELATION_OWNED_BY);
    ck_assert_int_eq(cb_relation_find(CB_LIT("OWNEDBY"), true), CB_RELATION_OWNED_BY);
    ck_assert_int_eq(cb_relation_find(CB_LIT("OWNEDBY"), false), -1);
    ck_assert_int_eq(cb_relation_find(CB_LIT("dependencyOf"), false), CB_RELATION_DEPENDENCY_OF);
    ck_assert_int_eq(cb_relation_find(CB_LIT("hasMember"), false), CB_RELATION_HAS_MEMBER);
    ck_assert_int_eq(cb_relation_find(CB_LIT("parentOf"), false), CB_RELATION_PARENT_OF);
}
END_TEST

START_TEST(a_kind_is_found_by_its_exact_spelling)
{
    ck_assert_ptr_nonnull(cb_kind_find(CB_LIT("Component")));
    ck_assert_ptr_null(cb_kind_find(CB_LIT("component")));
    ck_assert_ptr_nonnull(cb_kind_find_nocase(CB_LIT("component")));
    ck_assert_ptr_null(cb_kind_for(CB_LIT("Component"), CB_LIT("backstage.io/v2"), (cb_str){0}, NULL));
    ck_assert_ptr_nonnull(cb_kind_for(CB_LIT("Component"), CB_LIT("backstage.io/v1beta1"), (cb_str){0}, NULL));
    ck_assert_ptr_null(cb_kind_for(CB_LIT("Template"), CB_LIT("backstage.io/v1alpha1"), (cb_str){0}, NULL));
}
END_TEST

START_TEST(some_kinds_hold_only_where_the_rules_name_them)
{
    static const struct cb_rule ai[] = {{CB_LIT("aiResource"), {0}, {0}, false}};
    static const struct cb_rule mcp[] = {{CB_LIT("API"), CB_LIT("mcp-server"), {0}, false}};
    static const struct cb_rule plain[] = {{CB_LIT("API"), {0}, {0}, false}};
    struct cb_rules rules = {ai, 1};
    cb_str version = CB_LIT("backstage.io/v1alpha1");
    const struct cb_kind *kind;

    ck_assert_ptr_null(cb_kind_for(CB_LIT("AiResource"), version, CB_LIT("skill"), NULL));
    kind = cb_kind_for(CB_LIT("AiResource"), version, CB_LIT("skill"), &rules);
    ck_assert(kind && cb_str_eq(kind->spec_type, CB_LIT("skill")));
    kind = cb_kind_for(CB_LIT("AiResource"), version, CB_LIT("of my own"), &rules);
    ck_assert(kind && kind->spec_type.n == 0);
    rules = (struct cb_rules){mcp, 1};
    kind = cb_kind_for(CB_LIT("API"), version, CB_LIT("mcp-server"), &rules);
    ck_assert(kind && cb_str_eq(kind->spec_type, CB_LIT("mcp-server")));
    rules = (struct cb_rules){plain, 1};
    kind = cb_kind_for(CB_LIT("API"), version, CB_LIT("mcp-server"), &rules);
    ck_assert(kind && kind->spec_type.n == 0);
}
END_TEST

static const struct {
    const char *kind, *type, *location, *rule_kind, *rule_type, *rule_location;
    bool glob, allowed;
} allow[] = {
    {"Component", "", "url:x", "component", "", "", false, true},
    {"Component", "", "url:x", "API", "", "", false, false},
    {"Resource", "Database", "url:x", "Resource", "database", "", false, true},
    {"Resource", "", "url:x", "Resource", "database", "", false, false},
    {"User", "", "url:https://h/a", "User", "", "url:https://h/a", false, true},
    {"User", "", "url:https://h/A", "User", "", "url:https://h/a", false, false},
    {"User", "", "url:https://h/org/x/blob/main/u.yaml", "User", "", "url:https://h/org/*/blob/main/*.yaml", true, true},
    {"User", "", "url:https://h/ORG/x/blob/main/u.yaml", "User", "", "url:https://h/org/*/blob/main/*.yaml", true, true},
    {"User", "", "url:https://h/org/x/y/blob/main/u.yaml", "User", "", "url:https://h/org/*/blob/main/*.yaml", true, false},
    {"User", "", "url:https://h/org/x/y/u.yaml", "User", "", "url:https://h/**/u.yaml", true, true},
    {"User", "", "url:https://h/u.yaml", "User", "", "url:https://h/**/u.yaml", true, true},
    {"User", "", "url:https://h/.a/u.yaml", "User", "", "url:https://h/**", true, true},
    {"User", "", "file:https://h/u.yaml", "User", "", "url:https://h/**", true, false},
    {"User", "", "url:https://h/b.yml", "User", "", "url:https://h/{a,b}.y{a,}ml", true, true},
    {"User", "", "url:https://h/c.yml", "User", "", "url:https://h/{a,b}.y{a,}ml", true, false},
    {"User", "", "url:https://h/c1", "User", "", "url:https://h/[a-c]?", true, true},
    {"User", "", "url:https://h/d1", "User", "", "url:https://h/[!a-c]?", true, true},
    {"User", "", "url:https://h/[1", "User", "", "url:https://h/\\[1", true, true},
    {"User", "", "url:https://h/[1", "User", "", "url:https://h/[1", true, true},
};

START_TEST(a_rule_is_about_a_kind_a_type_and_a_location)
{
    struct cb_rule rule = {cb_str_cstr(allow[_i].rule_kind), cb_str_cstr(allow[_i].rule_type),
                           cb_str_cstr(allow[_i].rule_location), allow[_i].glob};
    struct cb_rules rules = {&rule, 1};

    ck_assert(cb_rules_allow(&rules, cb_str_cstr(allow[_i].kind), cb_str_cstr(allow[_i].type),
                             cb_str_cstr(allow[_i].location)) == allow[_i].allowed);
}
END_TEST

START_TEST(no_rules_allow_all_and_empty_rules_allow_nothing)
{
    struct cb_rules none = {NULL, 0};

    ck_assert(cb_rules_allow(NULL, CB_LIT("Widget"), (cb_str){0}, (cb_str){0}));
    ck_assert(!cb_rules_allow(&none, CB_LIT("Component"), (cb_str){0}, (cb_str){0}));
}
END_TEST

START_TEST(a_pattern_of_many_stars_ends)
{
    struct cb_rule rule = {CB_LIT("User"), {0}, CB_LIT("url:*a*a*a*a*a*a*a*a*a*a*a*a*b"), true};
    struct cb_rules rules = {&rule, 1};
    char text[2000];

    memset(text, 'a', sizeof(text));
    memcpy(text, "url:", 4);
    ck_assert(!cb_rules_allow(&rules, CB_LIT("User"), (cb_str){0}, cb_str_make(text, sizeof(text))));
}
END_TEST

START_TEST(a_problem_is_cut_at_a_character)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_problems list = {.arena = a};
    char *text = cb_arena_alloc(a, CB_PROBLEM_MESSAGE_MAX + 2);
    struct cb_problem p = {.rule = "x"};

    memset(text, 'x', CB_PROBLEM_MESSAGE_MAX + 2);
    memcpy(text + CB_PROBLEM_MESSAGE_MAX - 1, "\xc3\xa9", 2);
    p.message = cb_str_make(text, CB_PROBLEM_MESSAGE_MAX + 1);
    p.remedy = cb_str_make(text, CB_PROBLEM_MESSAGE_MAX - 1);
    for (int i = 0; i < 20; i++)
        cb_problem_add(&list, &p);
    ck_assert_uint_eq(list.n, 20);
    ck_assert_uint_eq(list.v[19].message.n, CB_PROBLEM_MESSAGE_MAX - 1);
    ck_assert_uint_eq(list.v[19].remedy.n, CB_PROBLEM_MESSAGE_MAX - 1);
    ck_assert_str_eq(cb_severity_name(CB_PROBLEM_WARNING), "warning");
    cb_arena_free(a);
}
END_TEST

CB_SUITE(table)
{
    CB_TEST(suite, each_relation_is_the_inverse_of_its_inverse);
    CB_TEST(suite, a_relation_is_found_by_name);
    CB_TEST(suite, a_kind_is_found_by_its_exact_spelling);
    CB_TEST(suite, some_kinds_hold_only_where_the_rules_name_them);
    CB_LOOP_TEST(suite, a_rule_is_about_a_kind_a_type_and_a_location, CB_COUNT(allow));
    CB_TEST(suite, no_rules_allow_all_and_empty_rules_allow_nothing);
    CB_TEST(suite, a_pattern_of_many_stars_ends);
    CB_TEST(suite, a_problem_is_cut_at_a_character);
}
