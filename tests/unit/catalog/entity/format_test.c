#include "catalog/entity/format.h"

#include "catalog/entity/url.h"
#include "tests/support/unit.h"

#define X63 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define L50 "llllllllllllllllllllllllllllllllllllllllllllllllll"

static const struct {
    enum cb_format format;
    const char *text;
    bool ok;
} texts[] = {
    {CB_FORMAT_NAME, "a", true},
    {CB_FORMAT_NAME, X63, true},
    {CB_FORMAT_NAME, X63 "x", false},
    {CB_FORMAT_NAME, "a.-_b", true},
    {CB_FORMAT_NAME, "-a", false},
    {CB_FORMAT_NAME, "a.", false},
    {CB_FORMAT_NAME, "a b", false},
    {CB_FORMAT_NAME, "\xc3\xa4", false},
    {CB_FORMAT_NAME, "", false},
    {CB_FORMAT_NAMESPACE, "a--b", true},
    {CB_FORMAT_NAMESPACE, "A", false},
    {CB_FORMAT_NAMESPACE, "a_b", false},
    {CB_FORMAT_NAMESPACE, X63, true},
    {CB_FORMAT_NAMESPACE, X63 "x", false},
    {CB_FORMAT_TAG, "c++", true},
    {CB_FORMAT_TAG, "a--b", false},
    {CB_FORMAT_TAG, "a:b-#", true},
    {CB_FORMAT_TAG, "a_b", false},
    {CB_FORMAT_KIND, "A1", true},
    {CB_FORMAT_KIND, "1A", false},
    {CB_FORMAT_KIND, X63 "x", false},
    {CB_FORMAT_API_VERSION, "v1", true},
    {CB_FORMAT_API_VERSION, "a.b/v1", true},
    {CB_FORMAT_API_VERSION, "a/b/c", false},
    {CB_FORMAT_API_VERSION, "A.b/v1", false},
    {CB_FORMAT_API_VERSION, "a..b/v1", false},
    {CB_FORMAT_API_VERSION, "/v1", false},
    {CB_FORMAT_LABEL_KEY, "a/b_c", true},
    {CB_FORMAT_LABEL_KEY, L50 "." L50 "." L50 "." L50 "." L50 "/a", false},     /* 254 */
    {CB_FORMAT_LABEL_KEY, L50 "." L50 "." L50 "." L50 "." "lllllllllllllllllllllllllllllllllllllllllllllllll/a", true}, /* 253 */
    {CB_FORMAT_LABEL_VALUE, "", true},
    {CB_FORMAT_LABEL_VALUE, "-", false},
    {CB_FORMAT_TEXT, " \t\n", false},
    {CB_FORMAT_TEXT, "\xc2\xa0\xe2\x80\x89\xef\xbb\xbf", false}, /* blanks, to JavaScript */
    {CB_FORMAT_TEXT, "\xe2\x80\x8b", true},                      /* a blank to the eye alone */
    {CB_FORMAT_URL, "https://x", true},
    {CB_FORMAT_URL, "x", false},
};

START_TEST(each_form_takes_what_it_should)
{
    ck_assert_msg(cb_format_ok(texts[_i].format, cb_str_cstr(texts[_i].text)) == texts[_i].ok, "%s", texts[_i].text);
}
END_TEST

static const struct {
    enum cb_format format;
    const char *text, *near;
} nears[] = {
    {CB_FORMAT_TAG, "Upper Case", "upper-case"},
    {CB_FORMAT_NAME, "name with spaces!", "name-with-spaces"},
    {CB_FORMAT_NAMESPACE, "My_Team", "my-team"},
    {CB_FORMAT_NAME, "!!!", ""},
    {CB_FORMAT_NAME, X63 "yyy", X63},
    {CB_FORMAT_URL, "x", ""},
};

START_TEST(a_value_that_is_near_is_of_the_form)
{
    struct cb_arena *a = cb_arena_new();
    cb_str near = cb_format_near(a, nears[_i].format, cb_str_cstr(nears[_i].text));

    ck_assert_msg(cb_str_eq(near, cb_str_cstr(nears[_i].near)), "%s", near.p);
    cb_arena_free(a);
}
END_TEST

START_TEST(length_is_counted_in_utf16_units)
{
    ck_assert_uint_eq(cb_format_length(CB_LIT("a\xc3\xa9\xe2\x82\xac")), 3);
    ck_assert_uint_eq(cb_format_length(CB_LIT("\xf0\x9f\x98\x80")), 2);
}
END_TEST

static const struct {
    const char *text;
    bool script;
} scripts[] = {
    {"javascript:alert(1)", true}, {"JavaScript:x", true}, {" \x01javascript:x", true}, {"java\nscript\t:x", true},
    {"javascript", false},         {"xjavascript:", false}, {"java script:", false},    {"", false},
};

START_TEST(a_url_that_runs_is_seen_through_blanks_and_breaks)
{
    ck_assert(cb_url_is_script(cb_str_cstr(scripts[_i].text)) == scripts[_i].script);
}
END_TEST

CB_SUITE(format)
{
    CB_LOOP_TEST(suite, each_form_takes_what_it_should, CB_COUNT(texts));
    CB_LOOP_TEST(suite, a_value_that_is_near_is_of_the_form, CB_COUNT(nears));
    CB_TEST(suite, length_is_counted_in_utf16_units);
    CB_LOOP_TEST(suite, a_url_that_runs_is_seen_through_blanks_and_breaks, CB_COUNT(scripts));
}
