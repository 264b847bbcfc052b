#include "catalog/base/node.h"

#include "tests/support/unit.h"

static struct cb_arena *arena;
static struct cb_buf out;

static void begin(void)
{
    arena = cb_arena_new();
}

static void end(void)
{
    cb_buf_fini(&out);
    cb_arena_free(arena);
}

/* JSON as it is written again, or the sentence of the error. */
static const char *again(const char *json)
{
    static struct cb_err err;
    struct cb_node *node;

    if (cb_node_parse(&node, arena, cb_str_cstr(json), &err) != CB_OK) {
        ck_assert_int_eq(err.code, CB_EINVAL);
        return err.text;
    }
    cb_buf_clear(&out);
    cb_node_dump(&out, node);
    return out.p;
}

static const struct {
    const char *json, *written;
} right[] = {
    {"null", "null"},
    {" true ", "true"},
    {"false", "false"},
    {"\xef\xbb\xbf{}", "{}"},
    {"{ \"b\" : 1 , \"a\" : [ ] }\r\n", "{\"b\":1,\"a\":[]}"},
    {"[1,[2,{\"x\":null}],\"\"]", "[1,[2,{\"x\":null}],\"\"]"},
    {"\"\\u0041\\u00e4\\u20ac\\ud83d\\ude00\"", "\"A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u001f\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\""},
    {"\"plain, then \\\\ and more \\u007f\"", "\"plain, then \\\\ and more \x7f\""},
    {"\"\\\\\\\\\"", "\"\\\\\\\\\""},
    {"{\"\\u0061\":1}", "{\"a\":1}"},
    {"{\"\":1}", "{\"\":1}"},
    {"-0", "0"},
    {"-0.0", "0"},
    {"1.50", "1.5"},
    {"1E3", "1000"},
    {"1e400", "null"},
    {"9007199254740993", "9007199254740992"},
    {"123456789012345678901234567890", "1.2345678901234568e+29"},
};

START_TEST(what_json_allows_is_read)
{
    ck_assert_str_eq(again(right[_i].json), right[_i].written);
}
END_TEST

static const struct {
    const char *json, *answer;
} wrong[] = {
    {"", "line 1, column 1: a value is expected, and the text ends here"},
    {" \n ", "line 2, column 2: a value is expected, and the text ends here"},
    {"{} {}", "line 1, column 4: nothing may follow the value"},
    {"{\"a\":1,}", "line 1, column 8: a key in quotes is expected"},
    {"[1,]", "line 1, column 4: a value is expected"},
    {"[1 2]", "line 1, column 4: \",\" or \"]\" is expected"},
    {"{\"a\" 1}", "line 1, column 6: \":\" is expected"},
    {"{\"a\":1 \"b\":2}", "line 1, column 8: \",\" or \"}\" is expected"},
    {"{\n  \"a\": 1,\n  \"a\": 2\n}", "line 3, column 3: the key \"a\" is there twice"},
    {"{\"\xc3\xa4\": 1, \"\xc3\xa4\": 2}",
     "line 1, column 10: the key \"\xc3\xa4\" is there twice"},
    {"{a:1}", "line 1, column 2: a key in quotes is expected"},
    {"'a'", "line 1, column 1: a value is expected"},
    {"tru", "line 1, column 1: a value is expected"},
    {"NaN", "line 1, column 1: a value is expected"},
    {"01", "line 1, column 2: nothing may follow the value"},
    {"-", "line 1, column 2: a digit is expected"},
    {"+1", "line 1, column 1: a value is expected"},
    {".5", "line 1, column 1: a value is expected"},
    {"1.", "line 1, column 3: a digit is expected behind the point"},
    {"1e+", "line 1, column 4: a digit is expected in the exponent"},
    {"\"a", "line 1, column 3: the text has no closing quote"},
    {"\"a\\",
     "line 1, column 4: no such escape; JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"},
    {"\"a\nb\"", "line 1, column 3: a control character in a text must be escaped"},
    {"\"\\x41\"",
     "line 1, column 3: no such escape; JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"},
    {"\"\\u12g4\"", "line 1, column 4: \\u wants four hexadecimal digits"},
    {"\"\\u12", "line 1, column 4: \\u wants four hexadecimal digits"},
    {"\"\\u0000\"", "line 1, column 4: a text may not hold the NUL character"},
    {"\"\\ud83d\"", "line 1, column 4: half of a surrogate pair"},
    {"\"\\ud83d\\u0041\"", "line 1, column 4: half of a surrogate pair"},
    {"\"\\ude00\"", "line 1, column 4: half of a surrogate pair"},
    {"\"\xff\"", "line 1, column 2: not UTF-8"},
    {"\"\\n\xc3\"", "line 1, column 4: not UTF-8"},
};

START_TEST(mistakes_are_named_with_their_place)
{
    ck_assert_str_eq(again(wrong[_i].json), wrong[_i].answer);
}
END_TEST

START_TEST(a_nul_byte_is_no_json)
{
    struct cb_node *node;
    struct cb_err err;

    ck_assert_int_eq(cb_node_parse(&node, arena, cb_str_make("\"a\0b\"", 5), &err), CB_EINVAL);
    ck_assert_int_eq(cb_node_parse(&node, arena, cb_str_make("\"\\\0\"", 4), &err), CB_EINVAL);
    ck_assert_int_eq(cb_node_parse(&node, arena, cb_str_make("1\0", 2), &err), CB_EINVAL);
}
END_TEST

START_TEST(values_and_keys_know_their_places)
{
    struct cb_node *node, *b;

    ck_assert_int_eq(
        cb_node_parse(&node, arena, CB_LIT("{\n \"\xc3\xa4\": 1, \"b\" :\n  [2]}"), NULL), CB_OK);
    ck_assert_uint_eq(node->line, 1);
    ck_assert_uint_eq(node->column, 1);
    b = cb_node_get(node, "b");
    ck_assert_uint_eq(b->key_line, 2);
    ck_assert_uint_eq(b->key_column, 10);
    ck_assert_uint_eq(b->line, 3);
    ck_assert_uint_eq(b->column, 3);
    ck_assert_uint_eq(b->first->column, 4);
}
END_TEST

START_TEST(texts_without_escapes_borrow_from_the_input)
{
    static const char json[] = "[\"plain\",\"esc\\n\"]";
    struct cb_node *node;

    ck_assert_int_eq(cb_node_parse(&node, arena, cb_str_cstr(json), NULL), CB_OK);
    ck_assert_ptr_eq(node->first->text.p, json + 2);
    ck_assert(cb_str_eq(node->last->text, CB_LIT("esc\n")));
}
END_TEST

/* DEPTH opening brackets and as many closing ones. */
static enum cb_code parse_nested(int depth, struct cb_err *err)
{
    char *json = cb_arena_alloc(arena, (size_t)depth * 2);
    struct cb_node *node;

    memset(json, '[', (size_t)depth);
    memset(json + depth, ']', (size_t)depth);
    return cb_node_parse(&node, arena, cb_str_make(json, (size_t)depth * 2), err);
}

START_TEST(nesting_ends_at_its_limit)
{
    struct cb_err err;

    ck_assert_int_eq(parse_nested(CB_NODE_DEPTH_MAX, &err), CB_OK);
    ck_assert_int_eq(parse_nested(CB_NODE_DEPTH_MAX + 1, &err), CB_EINVAL);
    ck_assert_str_eq(err.text, "line 1, column 65: nested deeper than 64");
    ck_assert_int_eq(parse_nested(1000000, &err), CB_EINVAL);
}
END_TEST

START_TEST(a_duplicate_among_many_keys_is_found)
{
    struct cb_buf json = CB_BUF_INIT;
    struct cb_node *node;
    struct cb_err err;

    cb_buf_put_char(&json, '{');
    for (int i = 0; i < 1000; i++)
        cb_buf_printf(&json, "\"k%d\":%d,", i, i);
    cb_buf_put_cstr(&json, "\"k\":0}");
    ck_assert_int_eq(cb_node_parse(&node, arena, cb_buf_str(&json), &err), CB_OK);
    ck_assert_uint_eq(node->child_n, 1001);
    ck_assert_int_eq(cb_node_get(node, "k999")->i, 999);
    json.n -= 4;
    cb_buf_put_cstr(&json, "37\":0}");
    ck_assert_int_eq(cb_node_parse(&node, arena, cb_buf_str(&json), &err), CB_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, "the key \"k37\" is there twice"));
    cb_buf_fini(&json);
}
END_TEST

START_TEST(a_number_of_too_many_digits_is_refused)
{
    struct cb_buf json = CB_BUF_INIT;
    struct cb_node *node;

    for (int i = 0; i < 1024; i++)
        cb_buf_put_char(&json, '9');
    ck_assert_int_eq(cb_node_parse(&node, arena, cb_buf_str(&json), NULL), CB_OK);
    cb_buf_put_char(&json, '9');
    ck_assert_int_eq(cb_node_parse(&node, arena, cb_buf_str(&json), NULL), CB_EINVAL);
    cb_buf_fini(&json);
}
END_TEST

static void add(Suite *suite, const TTest *test, size_t n)
{
    TCase *one = tcase_create(test->name);

    tcase_add_checked_fixture(one, begin, end);
    tcase_add_loop_test(one, test, 0, (int)n);
    suite_add_tcase(suite, one);
}

CB_SUITE(node_parse)
{
    add(suite, what_json_allows_is_read, CB_COUNT(right));
    add(suite, mistakes_are_named_with_their_place, CB_COUNT(wrong));
    add(suite, a_nul_byte_is_no_json, 1);
    add(suite, values_and_keys_know_their_places, 1);
    add(suite, texts_without_escapes_borrow_from_the_input, 1);
    add(suite, nesting_ends_at_its_limit, 1);
    add(suite, a_duplicate_among_many_keys_is_found, 1);
    add(suite, a_number_of_too_many_digits_is_refused, 1);
}
