#include "catalog/base/err.h"

#include "tests/support/unit.h"

START_TEST(fail_writes_the_sentence_and_gives_the_code_back)
{
    struct cb_err err = {0};

    ck_assert_int_eq(cb_fail(&err, CB_ENOTFOUND, "no file %s", "x"), CB_ENOTFOUND);
    ck_assert_int_eq(err.code, CB_ENOTFOUND);
    ck_assert_str_eq(err.text, "no file x");
    ck_assert_int_eq(cb_fail(NULL, CB_EINVAL, "nobody reads this"), CB_EINVAL);
}
END_TEST

START_TEST(a_sentence_may_be_built_from_itself)
{
    struct cb_err err = {0};

    cb_fail(&err, CB_EINVAL, "inner");
    cb_fail(&err, CB_EINVAL, "outer: %s", err.text);
    ck_assert_str_eq(err.text, "outer: inner");
}
END_TEST

START_TEST(a_long_sentence_is_cut_at_a_character)
{
    char text[CB_ERR_TEXT_MAX + 100];
    struct cb_err err;

    for (size_t at = 0; at < 4; at++) {
        memset(text, 'x', sizeof(text));
        for (size_t i = at; i + 3 < sizeof(text); i += 3)
            memcpy(text + i, "\xe2\x82\xac", 3);
        text[sizeof(text) - 1] = '\0';
        cb_fail(&err, CB_EINVAL, "%s", text);
        ck_assert_uint_lt(strlen(err.text), CB_ERR_TEXT_MAX);
        ck_assert_uint_gt(strlen(err.text), CB_ERR_TEXT_MAX - 5);
        ck_assert(cb_str_is_utf8(cb_str_cstr(err.text)));
    }
    memset(text, 'x', CB_ERR_TEXT_MAX - 1);
    text[CB_ERR_TEXT_MAX - 1] = '\0';
    cb_fail(&err, CB_EINVAL, "%s", text);
    ck_assert_str_eq(err.text, text);
}
END_TEST

START_TEST(every_code_has_its_status_and_its_name)
{
    ck_assert_int_eq(cb_code_http(CB_OK), 200);
    ck_assert_int_eq(cb_code_http(CB_EINVAL), 400);
    ck_assert_int_eq(cb_code_http(CB_ECANCELLED), 499);
    ck_assert_int_eq(cb_code_http(CB_ETIMEOUT), 504);
    ck_assert_int_eq(cb_code_http((enum cb_code) - 99), 500);
    ck_assert_str_eq(cb_code_name(CB_ENOTFOUND), "not-found");
    for (int code = CB_ECANCELLED; code < CB_OK; code++) {
        ck_assert_int_ge(cb_code_http((enum cb_code)code), 400);
        if (code != CB_EINTERNAL)
            ck_assert_str_ne(cb_code_name((enum cb_code)code), "internal");
    }
}
END_TEST

CB_SUITE(err)
{
    CB_TEST(suite, fail_writes_the_sentence_and_gives_the_code_back);
    CB_TEST(suite, a_sentence_may_be_built_from_itself);
    CB_TEST(suite, a_long_sentence_is_cut_at_a_character);
    CB_TEST(suite, every_code_has_its_status_and_its_name);
}
