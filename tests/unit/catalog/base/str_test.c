#include "catalog/base/str.h"

#include <stdio.h>

#include "tests/support/unit.h"

#define L(text) CB_LIT(text)

START_TEST(order_is_that_of_bytes_then_of_length)
{
    ck_assert_int_lt(cb_str_cmp(L("a"), L("b")), 0);
    ck_assert_int_lt(cb_str_cmp(L("a"), L("aa")), 0);
    ck_assert_int_lt(cb_str_cmp(L("Z"), L("a")), 0);
    ck_assert_int_gt(cb_str_cmp(L("\xc3\xa4"), L("z")), 0);
    ck_assert_int_eq(cb_str_cmp((cb_str){0}, L("")), 0);
    ck_assert_int_lt(cb_str_cmp((cb_str){0}, L("a")), 0);
}
END_TEST

START_TEST(equality_without_case_folds_ascii_only)
{
    ck_assert(cb_str_eq_nocase(L("Component"), L("cOMPONENT")));
    ck_assert(!cb_str_eq_nocase(L("\xc3\x84"), L("\xc3\xa4")));
    ck_assert(!cb_str_eq_nocase(L("["), L("{")));
    ck_assert(!cb_str_eq_nocase(L("a"), L("ab")));
    ck_assert(cb_str_eq((cb_str){0}, L("")));
}
END_TEST

START_TEST(starts_and_ends)
{
    ck_assert(cb_str_starts(L("catalog-info.yaml"), L("catalog")));
    ck_assert(cb_str_ends(L("catalog-info.yaml"), L(".yaml")));
    ck_assert(cb_str_starts(L(""), L("")) && cb_str_ends((cb_str){0}, (cb_str){0}));
    ck_assert(!cb_str_starts(L("cat"), L("catalog")) && !cb_str_ends(L("l"), L("ml")));
}
END_TEST

START_TEST(find_gives_the_first_place_or_none)
{
    ck_assert_uint_eq(cb_str_find_char(L("a:b:c"), ':', 0), 1);
    ck_assert_uint_eq(cb_str_find_char(L("a:b:c"), ':', 2), 3);
    ck_assert(cb_str_find_char(L("a:b"), ':', 2) == SIZE_MAX);
    ck_assert(cb_str_find_char(L("a"), 'a', 9) == SIZE_MAX);
    ck_assert_uint_eq(cb_str_find(L("hello"), L("l")), 2);
    ck_assert_uint_eq(cb_str_find(L("hello"), L("")), 0);
    ck_assert_uint_eq(cb_str_find((cb_str){0}, L("")), 0);
    ck_assert(cb_str_find(L("he"), L("hello")) == SIZE_MAX);
    ck_assert(cb_str_find(L("hello"), L("ol")) == SIZE_MAX);
}
END_TEST

START_TEST(sub_is_cut_to_the_text)
{
    ck_assert(cb_str_eq(cb_str_sub(L("hello"), 1, 3), L("el")));
    ck_assert(cb_str_eq(cb_str_sub(L("hello"), 3, 99), L("lo")));
    ck_assert_uint_eq(cb_str_sub(L("hello"), 9, 99).n, 0);
    ck_assert_uint_eq(cb_str_sub(L("hello"), 3, 1).n, 0);
    ck_assert_uint_eq(cb_str_sub((cb_str){0}, 0, 1).n, 0);
}
END_TEST

START_TEST(trim_takes_white_space_at_both_ends)
{
    ck_assert(cb_str_eq(cb_str_trim(L(" \t\r\n\f\va b\n ")), L("a b")));
    ck_assert_uint_eq(cb_str_trim(L(" \n ")).n, 0);
    ck_assert_uint_eq(cb_str_trim((cb_str){0}).n, 0);
}
END_TEST

static const struct {
    const char *text, *parts;
} splits[] = {
    {"a,,b", "[a][][b]"}, {"", "[]"}, {",", "[][]"}, {"a", "[a]"}, {"a,", "[a][]"}, {",a", "[][a]"},
};

START_TEST(split_gives_every_part_once)
{
    cb_str rest = cb_str_cstr(splits[_i].text), part;
    char got[64] = "";

    while (cb_str_split(&part, &rest, ','))
        sprintf(got + strlen(got), "[%" CB_FMT "]", CB_ARG(part));
    ck_assert_str_eq(got, splits[_i].parts);
    ck_assert_uint_eq(rest.n, 0);
    ck_assert(!cb_str_split(&part, &rest, ','));
}
END_TEST

START_TEST(split_of_no_text_gives_one_empty_part)
{
    cb_str rest = {0}, part = L("x");

    ck_assert(cb_str_split(&part, &rest, ','));
    ck_assert_uint_eq(part.n, 0);
    ck_assert(!cb_str_split(&part, &rest, ','));
}
END_TEST

static const struct {
    const char *text;
    int64_t min, max;
    bool ok;
    int64_t value;
} ints[] = {
    {"0", 0, 9, true, 0},
    {"-0", 0, 9, true, 0},
    {"+7", 0, 9, true, 7},
    {"007", 0, 9, true, 7},
    {"9", 0, 9, true, 9},
    {"10", 0, 9, false, 0},
    {"-1", 0, 9, false, 0},
    {"9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX},
    {"-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN},
    {"9223372036854775808", INT64_MIN, INT64_MAX, false, 0},
    {"-9223372036854775809", INT64_MIN, INT64_MAX, false, 0},
    {"", 0, 9, false, 0},
    {"-", -9, 9, false, 0},
    {"+", -9, 9, false, 0},
    {"1 ", 0, 9, false, 0},
    {" 1", 0, 9, false, 0},
    {"1e1", 0, 99, false, 0},
    {"--1", -9, 9, false, 0},
};

START_TEST(to_int_takes_a_whole_decimal_within_its_bounds)
{
    int64_t value = 42;

    ck_assert_int_eq(cb_str_to_int(&value, cb_str_cstr(ints[_i].text), ints[_i].min, ints[_i].max),
                     ints[_i].ok);
    ck_assert_int_eq(value, ints[_i].ok ? ints[_i].value : 42);
}
END_TEST

static const struct {
    const char *text;
    bool ok;
} utf8[] = {
    {"", true},
    {"plain text of more than eight bytes", true},
    {"\xc3\xa4", true},
    {"12345678\xe2\x82\xac", true},
    {"\xf0\x9f\x98\x80", true},
    {"\xf4\x8f\xbf\xbf", true},  /* U+10FFFF */
    {"\xf4\x90\x80\x80", false}, /* one past it */
    {"\xed\x9f\xbf", true},      /* U+D7FF */
    {"\xed\xa0\x80", false},     /* the first surrogate */
    {"\xee\x80\x80", true},      /* behind the last */
    {"\xc0\xaf", false},         /* longer than needed */
    {"\xe0\x80\xaf", false},
    {"\xe0\xa0\x80", true},
    {"\xf0\x8f\xbf\xbf", false},
    {"\xf0\x90\x80\x80", true},
    {"\x80", false},
    {"a\xff", false},
    {"\xe2\x82", false}, /* ends inside */
    {"\xf0\x9f\x98", false},
    {"\xc3", false},
    {"12345678\xc3", false},
    {"\xc3(", false},
};

START_TEST(utf8_is_told_from_other_bytes)
{
    ck_assert_int_eq(cb_str_is_utf8(cb_str_cstr(utf8[_i].text)), utf8[_i].ok);
}
END_TEST

START_TEST(a_cut_never_halves_a_character)
{
    ck_assert_uint_eq(cb_str_cut(L("abc"), 3).n, 3);
    ck_assert_uint_eq(cb_str_cut(L("abc"), 2).n, 2);
    ck_assert_uint_eq(cb_str_cut(L("a\xe2\x82\xac"), 3).n, 1);
    ck_assert_uint_eq(cb_str_cut(L("a\xe2\x82\xac"), 1).n, 1);
    ck_assert_uint_eq(cb_str_cut(L("\xf0\x9f\x98\x80"), 3).n, 0);
    ck_assert_uint_eq(cb_str_cut(L("\xf0\x9f\x98\x80x"), 4).n, 4);
}
END_TEST

CB_SUITE(str)
{
    CB_TEST(suite, order_is_that_of_bytes_then_of_length);
    CB_TEST(suite, equality_without_case_folds_ascii_only);
    CB_TEST(suite, starts_and_ends);
    CB_TEST(suite, find_gives_the_first_place_or_none);
    CB_TEST(suite, sub_is_cut_to_the_text);
    CB_TEST(suite, trim_takes_white_space_at_both_ends);
    CB_LOOP_TEST(suite, split_gives_every_part_once, CB_COUNT(splits));
    CB_TEST(suite, split_of_no_text_gives_one_empty_part);
    CB_LOOP_TEST(suite, to_int_takes_a_whole_decimal_within_its_bounds, CB_COUNT(ints));
    CB_LOOP_TEST(suite, utf8_is_told_from_other_bytes, CB_COUNT(utf8));
    CB_TEST(suite, a_cut_never_halves_a_character);
}
