/* The template language as its callers have it: values keep their type, errors their place, and nothing goes on for ever. */
#include "plugins/templates/render.h"

#include <stdlib.h>
#include <string.h>

#include "plugins/templates/limit.h"
#include "tests/support/unit.h"

static const char values[] = "{\"name\":\"shop\",\"n\":7,\"list\":[3,1,2],\"deep\":{\"a\":{\"b\":null}},\"no\":false,\"emoji\":\"\\ud83d\\ude00\"}";

static struct tpl_session *session(const struct tpl_options *options)
{
    static const struct tpl_options preset;
    struct tpl_session *s = tpl_session_new(options ? options : &preset);

    ck_assert_int_eq(tpl_session_values(s, values, strlen(values)), 0);
    return s;
}

/* ---- values */

static const struct {
    const char *json, *out; /* NULL: there is no value */
    bool truthy;
} rendered[] = {
    {"1", "1", true},
    {"null", "null", false},
    {"\"plain\"", "\"plain\"", true},
    {"\"${{ n }}\"", "7", true},
    {"\"${{ n }} of\"", "\"7 of\"", true},
    {"\"${{ list }}\"", "[3,1,2]", true},
    {"\"${{ list | sort }}\"", "[1,2,3]", true},
    {"\"${{ deep.a.b }}\"", "null", false},
    {"\"${{ nothing }}\"", NULL, false},
    {"\"${{ no }}\"", "false", false},
    {"\"${{ [] }}\"", "[]", false},
    {"\"${{ emoji | length }}\"", "2", true},
    {"{\"${{ n }}\":\"${{ name }}\",\"x\":[\"${{ n + 1 }}\"]}", "{\"${{ n }}\":\"shop\",\"x\":[8]}", true},
    {"\"{% if n > 6 %}yes{% endif %}\"", "\"yes\"", true},
};

START_TEST(a_value_keeps_the_type_of_its_expression)
{
    struct tpl_session *s = session(NULL);
    struct tpl_result r;

    ck_assert_msg(tpl_session_value(s, "x", rendered[_i].json, strlen(rendered[_i].json), &r) == 0, "%s: %s", rendered[_i].json, tpl_session_error(s));
    if (rendered[_i].out)
        ck_assert_str_eq(r.json, rendered[_i].out);
    else
        ck_assert_ptr_null(r.json);
    ck_assert_int_eq(r.truthy, rendered[_i].truthy);
    tpl_session_free(s);
}
END_TEST

START_TEST(what_was_called_is_told)
{
    struct tpl_session *s = session(&(struct tpl_options){.status = true, .failed = true});
    struct tpl_result r;

    ck_assert_int_eq(tpl_session_value(s, "if", "\"${{ failure() }}\"", 18, &r), 0);
    ck_assert(r.truthy && r.called_failure && !r.called_always);
    ck_assert_int_eq(tpl_session_value(s, "if", "\"${{ always() }}\"", 17, &r), 0);
    ck_assert(r.truthy && r.called_always && !r.called_failure);
    tpl_session_free(s);
}
END_TEST

START_TEST(a_render_changes_nothing_for_the_next_one)
{
    static const char change[] = "{% set n = 9 %}{% set _ = list.push(4) %}${{ list | length }}/${{ n }}", look[] = "${{ list | length }}/${{ n }}";
    struct tpl_session *s = session(NULL);
    const char *out;
    size_t n;

    ck_assert_int_eq(tpl_session_render(s, "a", change, strlen(change), &out, &n), 0);
    ck_assert_str_eq(out, "4/9");
    ck_assert_int_eq(tpl_session_render(s, "b", look, strlen(look), &out, &n), 0);
    ck_assert_str_eq(out, "3/7");
    ck_assert_uint_eq(n, 3);
    tpl_session_free(s);
}
END_TEST

/* ---- errors */

static const struct {
    const char *text, *sentence;
} wrong[] = {
    {"${{ n | nofilter }}", "f.txt:1:9: there is no filter \"nofilter\""},
    {"one\ntwo ${{ nothing.x() }}", "f.txt:2:9: nothing.x cannot be called"},
    {"one\n\xc3\xa9\xc3\xa9 ${{ 1 + }}", "f.txt:2:12: "},
    {"{% if n %}", "f.txt:1:"},
    {"{% include 'x' %}", "f.txt:1:"},
};

START_TEST(an_error_says_where_it_is)
{
    struct tpl_session *s = session(NULL);
    const char *out;
    size_t n;

    ck_assert_int_eq(tpl_session_render(s, "f.txt", wrong[_i].text, strlen(wrong[_i].text), &out, &n), CALLBOARD_EINVAL);
    ck_assert_msg(strncmp(tpl_session_error(s), wrong[_i].sentence, strlen(wrong[_i].sentence)) == 0, "%s", tpl_session_error(s));
    ck_assert_int_eq(tpl_session_render(s, "f.txt", "${{ n }}", 8, &out, &n), 0);
    ck_assert_str_eq(out, "7");
    tpl_session_free(s);
}
END_TEST

START_TEST(an_error_in_a_value_has_the_path_below_it)
{
    static const char json[] = "{\"a\":[1,{\"b\":\"${{ n | nofilter }}\"}]}";
    struct tpl_session *s = session(NULL);
    struct tpl_result r;

    ck_assert_int_eq(tpl_session_value(s, "steps[0].input", json, strlen(json), &r), CALLBOARD_EINVAL);
    ck_assert_str_eq(tpl_session_error(s), "steps[0].input.a[1].b:1:9: there is no filter \"nofilter\"");
    ck_assert_int_eq(tpl_session_values(s, "[1]", 3), CALLBOARD_EINVAL);
    ck_assert_int_eq(tpl_session_values(s, "{\"a\":", 5), CALLBOARD_EINVAL);
    tpl_session_free(s);
}
END_TEST

/* ---- limits */

static int render(const char *text, size_t n)
{
    struct tpl_session *s = session(NULL);
    const char *out;
    size_t out_n;
    int rc = tpl_session_render(s, "f", text, n, &out, &out_n);

    tpl_session_free(s);
    return rc;
}

START_TEST(a_text_at_its_limit_is_read_and_one_byte_more_is_not)
{
    char *text = malloc(TPL_SOURCE_MAX + 1);

    ck_assert_ptr_nonnull(text);
    memset(text, 'x', TPL_SOURCE_MAX + 1);
    ck_assert_int_eq(render(text, TPL_SOURCE_MAX), 0);
    ck_assert_int_eq(render(text, TPL_SOURCE_MAX + 1), CALLBOARD_ELIMIT);
    free(text);
}
END_TEST

static const struct {
    const char *text;
    int code;
} limits[] = {
    {"{% for i in range(300000) %}{% endfor %}", 0},
    {"{% for i in range(1000001) %}{% endfor %}", CALLBOARD_ELIMIT},
    {"{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}", CALLBOARD_ELIMIT},
    {"{% set x = 'aaaaaaaa' %}{% for i in range(20) %}{% set x = x ~ x %}{% endfor %}", 0},
    {"{% set x = 'aaaaaaaa' %}{% for i in range(23) %}{% set x = x ~ x %}{% endfor %}", CALLBOARD_ELIMIT},
    {"${{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaX' | replace(r/^(a+)+$/, '') }}", CALLBOARD_ELIMIT},
    {"{% set x = 'a' %}{% for i in range(21) %}{% set x = x ~ x %}{% endfor %}{% set y = 'b' ~ x %}{% set z = 'b' ~ x %}"
     "{% for i in range(300000) %}{% if y == z %}{% endif %}{% endfor %}", CALLBOARD_ELIMIT},
};

START_TEST(what_takes_too_much_is_stopped)
{
    ck_assert_int_eq(render(limits[_i].text, strlen(limits[_i].text)), limits[_i].code);
}
END_TEST

START_TEST(each_render_has_the_whole_of_its_limits)
{
    static const char much[] = "{% set x = 'a' %}{% for i in range(22) %}{% set x = x ~ x %}{% endfor %}{% for i in range(250000) %}{% endfor %}";
    struct tpl_session *s = session(NULL);
    const char *out;
    size_t n;

    for (int i = 0; i < 10; i++)
        ck_assert_msg(tpl_session_render(s, "f", much, strlen(much), &out, &n) == 0, "%d: %s", i, tpl_session_error(s));
    tpl_session_free(s);
}
END_TEST

CB_SUITE(template_render)
{
    CB_LOOP_TEST(suite, a_value_keeps_the_type_of_its_expression, sizeof(rendered) / sizeof(*rendered));
    CB_TEST(suite, what_was_called_is_told);
    CB_TEST(suite, a_render_changes_nothing_for_the_next_one);
    CB_LOOP_TEST(suite, an_error_says_where_it_is, sizeof(wrong) / sizeof(*wrong));
    CB_TEST(suite, an_error_in_a_value_has_the_path_below_it);
    CB_TEST(suite, a_text_at_its_limit_is_read_and_one_byte_more_is_not);
    CB_LOOP_TEST(suite, what_takes_too_much_is_stopped, sizeof(limits) / sizeof(*limits));
    CB_TEST(suite, each_render_has_the_whole_of_its_limits);
}
