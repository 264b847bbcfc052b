#include "catalog/base/buf.h"

#include <stdlib.h>

#include "tests/support/unit.h"

static struct cb_buf b;

static const char *json_of(cb_str s)
{
    cb_buf_clear(&b);
    cb_buf_put_json(&b, s);
    ck_assert_uint_eq(strlen(b.p), b.n);
    return b.p;
}

START_TEST(what_was_put_is_there_and_ends_in_nul)
{
    cb_buf_put_cstr(&b, "a");
    cb_buf_put_char(&b, 'b');
    cb_buf_put_str(&b, CB_LIT("cd"));
    cb_buf_put(&b, NULL, 0);
    cb_buf_printf(&b, "%d-%s", 42, "x");
    ck_assert_str_eq(b.p, "abcd42-x");
    ck_assert_uint_eq(b.n, 8);
    cb_buf_clear(&b);
    ck_assert_str_eq(b.p, "");
    cb_buf_fini(&b);
    ck_assert_uint_eq(cb_buf_str(&b).n, 0);
}
END_TEST

START_TEST(printf_grows_as_far_as_it_needs)
{
    for (int width = 0; width < 3000; width += 7) {
        cb_buf_clear(&b);
        cb_buf_printf(&b, "%*d", width, 1);
        ck_assert_uint_eq(b.n, width ? (size_t)width : 1);
        ck_assert_uint_eq(strlen(b.p), b.n);
    }
    cb_buf_fini(&b);
}
END_TEST

START_TEST(reserve_gives_room_behind_the_bytes)
{
    char *room;

    cb_buf_put_cstr(&b, "ab");
    room = cb_buf_reserve(&b, 1000);
    memset(room, 'x', 1000);
    b.n += 1000;
    ck_assert_uint_eq(b.n, 1002);
    ck_assert_int_eq(b.p[1001], 'x');
    cb_buf_fini(&b);
}
END_TEST

START_TEST(take_hands_the_bytes_over)
{
    size_t n = 9;
    char *p = cb_buf_take(&b, &n);

    ck_assert_str_eq(p, "");
    ck_assert_uint_eq(n, 0);
    free(p);
    cb_buf_put_cstr(&b, "mine");
    p = cb_buf_take(&b, &n);
    ck_assert_str_eq(p, "mine");
    ck_assert_uint_eq(n, 4);
    ck_assert_ptr_null(b.p);
    free(p);
}
END_TEST

static const struct {
    const char *text, *json;
} texts[] = {
    {"", "\"\""},
    {"plain", "\"plain\""},
    {"a text of more than sixteen plain bytes", "\"a text of more than sixteen plain bytes\""},
    {"say \"hi\"", "\"say \\\"hi\\\"\""},
    {"C:\\dir", "\"C:\\\\dir\""},
    {"\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\""},
    {"\x01\x0b\x1f", "\"\\u0001\\u000b\\u001f\""},
    {"\x7f", "\"\x7f\""},
    {"slash/", "\"slash/\""},
    {"gr\xc3\xbc\xc3\x9f, \xe2\x82\xac, \xf0\x9f\x98\x80",
     "\"gr\xc3\xbc\xc3\x9f, \xe2\x82\xac, \xf0\x9f\x98\x80\""},
    {"12345678\"2345678\\", "\"12345678\\\"2345678\\\\\""},
    {"\xff", "\"\xef\xbf\xbd\""},
    {"a\xc3", "\"a\xef\xbf\xbd\""},
    {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
};

START_TEST(json_escapes_what_must_be_and_nothing_else)
{
    ck_assert_str_eq(json_of(cb_str_cstr(texts[_i].text)), texts[_i].json);
    cb_buf_fini(&b);
}
END_TEST

START_TEST(json_finds_a_special_byte_at_every_place)
{
    static const char specials[] = {'"', '\\', '\0', '\x1f', '\n'};
    char text[24];

    for (size_t k = 0; k < sizeof(specials); k++) {
        for (size_t at = 0; at < sizeof(text); at++) {
            memset(text, ' ', sizeof(text));
            text[at] = specials[k];
            cb_buf_clear(&b);
            cb_buf_put_json(&b, cb_str_make(text, sizeof(text)));
            ck_assert_uint_eq(b.n, sizeof(text) + (k == 2 || k == 3 ? 7 : 3));
            ck_assert_int_eq(b.p[at + 1], '\\');
        }
    }
    for (int c = 0x20; c < 0x80; c++) {
        memset(text, c, sizeof(text));
        cb_buf_clear(&b);
        cb_buf_put_json(&b, cb_str_make(text, sizeof(text)));
        ck_assert_uint_eq(b.n, 2 + (c == '"' || c == '\\' ? 2 : 1) * sizeof(text));
    }
    cb_buf_fini(&b);
}
END_TEST

static const uint64_t numbers[] = {0,         1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_MAX / 2,
                                   UINT64_MAX};

START_TEST(varints_read_back)
{
    uint64_t v = 1;
    cb_str rest;

    cb_buf_put_varint(&b, numbers[_i]);
    ck_assert_uint_le(b.n, 10);
    cb_buf_put_char(&b, 'x');
    for (size_t n = 0; n < b.n - 1; n++) { /* each cut of it is refused */
        rest = cb_str_make(b.p, n);
        ck_assert(!cb_varint_get(&v, &rest));
        ck_assert_uint_eq(rest.n, n);
    }
    rest = cb_buf_str(&b);
    ck_assert(cb_varint_get(&v, &rest));
    ck_assert_uint_eq(v, numbers[_i]);
    ck_assert(cb_str_eq(rest, CB_LIT("x")));
    cb_buf_fini(&b);
}
END_TEST

static const struct {
    int64_t i;
    const char *text;
} decimals[] = {{0, "0"}, {7, "7"}, {-1, "-1"}, {1234567890, "1234567890"}, {INT64_MAX, "9223372036854775807"}, {INT64_MIN, "-9223372036854775808"}};

START_TEST(numbers_are_written_in_decimal)
{
    cb_buf_put_int(&b, decimals[_i].i);
    ck_assert(cb_str_eq(cb_buf_str(&b), cb_str_cstr(decimals[_i].text)));
    cb_buf_fini(&b);
}
END_TEST

START_TEST(varints_over_64_bits_are_refused)
{
    cb_str most = CB_LIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
    cb_str over = CB_LIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
    cb_str longer = CB_LIT("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01");
    uint64_t v;

    ck_assert(cb_varint_get(&v, &most) && v == UINT64_MAX);
    ck_assert(!cb_varint_get(&v, &over));
    ck_assert(!cb_varint_get(&v, &longer));
}
END_TEST

CB_SUITE(buf)
{
    CB_TEST(suite, what_was_put_is_there_and_ends_in_nul);
    CB_TEST(suite, printf_grows_as_far_as_it_needs);
    CB_TEST(suite, reserve_gives_room_behind_the_bytes);
    CB_TEST(suite, take_hands_the_bytes_over);
    CB_LOOP_TEST(suite, json_escapes_what_must_be_and_nothing_else, CB_COUNT(texts));
    CB_TEST(suite, json_finds_a_special_byte_at_every_place);
    CB_LOOP_TEST(suite, numbers_are_written_in_decimal, CB_COUNT(decimals));
    CB_LOOP_TEST(suite, varints_read_back, CB_COUNT(numbers));
    CB_TEST(suite, varints_over_64_bits_are_refused);
}
