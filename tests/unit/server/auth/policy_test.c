#include "server/auth/policy.h"

#include "tests/support/unit.h"

static const struct {
    enum cb_right right;
    const char *name;
    enum cb_role least;
} rights[] = {
    {CB_RIGHT_OPEN, "open", CB_ROLE_NONE},       {CB_RIGHT_READ, "read", CB_ROLE_READER},
    {CB_RIGHT_REFRESH, "refresh", CB_ROLE_EDITOR}, {CB_RIGHT_CONFIRM, "confirm", CB_ROLE_EDITOR},
    {CB_RIGHT_SIGNED, "signed", CB_ROLE_NONE},   {CB_RIGHT_TOKENS, "tokens", CB_ROLE_ADMIN},
};

START_TEST(a_role_has_a_right_from_the_least_one_upwards)
{
    ck_assert_str_eq(cb_right_name(rights[_i].right), rights[_i].name);
    ck_assert_int_eq(cb_right_role(rights[_i].right), rights[_i].least);
    for (int role = CB_ROLE_NONE; role <= CB_ROLE_ADMIN; role++)
        ck_assert_int_eq(cb_policy_allows((enum cb_role)role, rights[_i].right), role >= (int)rights[_i].least);
}
END_TEST

START_TEST(roles_have_names)
{
    enum cb_role role;

    for (int i = CB_ROLE_READER; i <= CB_ROLE_ADMIN; i++) {
        ck_assert(cb_role_parse(&role, cb_str_cstr(cb_role_name((enum cb_role)i))));
        ck_assert_int_eq(role, i);
    }
    ck_assert(!cb_role_parse(&role, CB_LIT("none")));
    ck_assert(!cb_role_parse(&role, CB_LIT("Admin")));
    ck_assert(!cb_role_parse(&role, CB_LIT("")));
}
END_TEST

static const struct {
    const char *host;
    bool loopback;
} hosts[] = {
    {"127.0.0.1", true},    {"127.1.2.3", true}, {"localhost", true},   {"LocalHost", true},  {"::1", true},
    {"[::1]", true},        {"/run/x", true},    {"0.0.0.0", false},    {"::", false},        {"[::]", false},
    {"192.168.1.1", false}, {"", false},         {"example.com", false}, {"127.0.0.1.example.com", false},
    {"128.0.0.1", false},   {"[::1", false},     {"::ffff:8.8.8.8", false},
};

START_TEST(only_loopback_is_open_without_authentication)
{
    struct cb_err err = {0};

    ck_assert_int_eq(cb_policy_listen(cb_str_cstr(hosts[_i].host), false, &err), hosts[_i].loopback ? CB_OK : CB_EDENIED);
    ck_assert(hosts[_i].loopback || strstr(err.text, "auth: {tokens: true}"));
    ck_assert_int_eq(cb_policy_listen(cb_str_cstr(hosts[_i].host), true, &err), CB_OK);
}
END_TEST

CB_SUITE(policy)
{
    CB_LOOP_TEST(suite, a_role_has_a_right_from_the_least_one_upwards, CB_COUNT(rights));
    CB_TEST(suite, roles_have_names);
    CB_LOOP_TEST(suite, only_loopback_is_open_without_authentication, CB_COUNT(hosts));
}
