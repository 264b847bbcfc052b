/* A plugin's section of the configuration: where its HTTP may go, and what is secret. */
#include "server/plugin/settings.h"

#include "tests/support/unit.h"

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{\"panels\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"url\":{\"type\":\"string\",\"format\":\"uri\"}}}},"
    "\"page\":{\"type\":\"string\"},\"api\":{\"type\":\"string\",\"format\":\"uri\",\"default\":\"https://api.example.com/v2\"},"
    "\"headers\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\",\"writeOnly\":true}}}}";

static const struct cb_node *parsed(struct cb_arena *a, const char *json)
{
    struct cb_node *n = NULL;
    struct cb_err err = {0};

    ck_assert_msg(cb_node_parse(&n, a, cb_str_cstr(json), &err) == CB_OK, "%s", err.text);
    return n;
}

static void settle(struct cb_plugin_settings *s, struct cb_arena *a, const char *section)
{
    struct cb_config config = {.plugins = parsed(a, section)};
    struct cb_err err = {0};

    ck_assert_msg(cb_settings_read(s, a, &config, CB_LIT("x"), &err) == CB_OK, "%s", err.text);
    ck_assert_msg(cb_settings_check(s, a, &config, CB_LIT("x"), parsed(a, schema), &err) == CB_OK, "%s", err.text);
}

static void is(cb_str text, const char *expected)
{
    ck_assert_msg(cb_str_eq(text, cb_str_cstr(expected)), "%.*s is not %s", CB_ARG(text), expected);
}

START_TEST(http_may_go_to_the_origin_of_a_url_whatever_stands_behind_it)
{
    static const struct {
        const char *url, *origin;
    } rows[] = {
        {"https://ci.example.com/{{annotation:a/b|path}}/runs?q={{name}}#x", "https://ci.example.com"},
        {"http://127.0.0.1:8080?q={{name}}", "http://127.0.0.1:8080"},
        {"https://[::1]:9/x", "https://[::1]:9"},
        {"https://ci.example.com", "https://ci.example.com"},
        {"https://{{name}}.example.com/x", "https://{{name}}.example.com"}, /* no host has that name */
        {"mailto:x", "mailto:x"},
    };

    for (size_t i = 0; i < CB_COUNT(rows); i++) {
        struct cb_arena *a = cb_arena_new();
        struct cb_plugin_settings s;

        settle(&s, a, cb_arena_printf(a, "{\"x\":{\"panels\":[{\"url\":\"%s\"}],\"page\":\"https://elsewhere.example.com\"}}", rows[i].url).p);
        ck_assert_uint_eq(s.allow_n, 2);
        is(s.allow[0], rows[i].origin);
        is(s.allow[1], "https://api.example.com");
        cb_arena_free(a);
    }
}
END_TEST

START_TEST(each_header_of_a_map_of_secrets_is_one)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_plugin_settings s;

    settle(&s, a, "{\"x\":{\"headers\":{\"A\":\"first-secret\",\"B\":\"second-secret\"}}}");
    ck_assert_uint_eq(s.secret_n, 2);
    is(cb_settings_mask(a, &s, CB_LIT("a first-secret and a second-secret")), "a *** and a ***");
    cb_arena_free(a);
}
END_TEST

CB_SUITE(settings)
{
    CB_TEST(suite, http_may_go_to_the_origin_of_a_url_whatever_stands_behind_it);
    CB_TEST(suite, each_header_of_a_map_of_secrets_is_one);
}
