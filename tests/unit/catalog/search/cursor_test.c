#include "catalog/search/cursor.h"

#include "tests/support/unit.h"

static struct cb_arena *a;
static struct cb_err err;

/* base64 by hand, so that a test reads as JSON. */
static cb_str base64(const char *json)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = strlen(json);
    struct cb_buf b = CB_BUF_INIT;
    cb_str text;

    for (size_t i = 0; i < n; i += 3) {
        uint32_t word = (uint32_t)(uint8_t)json[i] << 16 |
                        (i + 1 < n ? (uint32_t)(uint8_t)json[i + 1] << 8 : 0) |
                        (i + 2 < n ? (uint32_t)(uint8_t)json[i + 2] : 0);

        cb_buf_put_char(&b, digits[word >> 18]);
        cb_buf_put_char(&b, digits[word >> 12 & 63]);
        cb_buf_put_char(&b, i + 1 < n ? digits[word >> 6 & 63] : '=');
        cb_buf_put_char(&b, i + 2 < n ? digits[word & 63] : '=');
    }
    text = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return text;
}

START_TEST(a_cursor_is_read_as_it_was_written)
{
    struct cb_cursor c = {.order_n = 2,
                          .placed = true,
                          .first = true,
                          .is_previous = true,
                          .text = CB_LIT("T\"x"),
                          .total = 17};
    struct cb_cursor *back;
    cb_str fields[] = {CB_LIT("metadata.name"), CB_LIT("spec.type")}, text;
    struct cb_node *query;

    a = cb_arena_new();
    c.orders[0] = (struct cb_order){CB_LIT("metadata.name"), true};
    c.orders[1] = (struct cb_order){CB_LIT("spec.type"), false};
    c.at = (struct cb_order_at){.values = {CB_LIT("value \"one\""), {0}},
                                .id = CB_LIT("component:default/a")};
    c.first_at = c.at;
    c.text_fields = fields;
    c.text_field_n = 2;
    ck_assert_int_eq(cb_node_parse(&query, a, CB_LIT("{\"kind\":{\"$in\":[\"a\",\"b\"]}}"), &err),
                     CB_OK);
    ck_assert_int_eq(cb_filter_predicate(&c.filter, a, query, &err), CB_OK);
    text = cb_cursor_format(a, &c);
    ck_assert_msg(cb_cursor_parse(&back, a, text, &err) == CB_OK, "%s", err.text);
    ck_assert_uint_eq(back->order_n, 2);
    ck_assert(back->orders[0].desc && !back->orders[1].desc);
    ck_assert(cb_str_eq(back->orders[1].field, CB_LIT("spec.type")));
    ck_assert(back->placed && back->first && back->is_previous);
    ck_assert(cb_str_eq(back->at.values[0], CB_LIT("value \"one\"")));
    ck_assert_ptr_null(back->at.values[1].p);
    ck_assert(cb_str_eq(back->at.id, CB_LIT("component:default/a")));
    ck_assert(cb_str_eq(back->text, CB_LIT("T\"x")));
    ck_assert_uint_eq(back->text_field_n, 2);
    ck_assert_int_eq(back->total, 17);
    ck_assert_int_eq(back->filter->op, CB_FILTER_IN);
    ck_assert(cb_str_eq(cb_cursor_format(a, back), text));
    cb_arena_free(a);
}
END_TEST

START_TEST(backstages_cursor_is_understood)
{
    struct cb_cursor *c;

    a = cb_arena_new();
    ck_assert_msg(
        cb_cursor_parse(
            &c, a,
            base64(
                "{\"orderFields\":[{\"field\":\"metadata.name\",\"order\":\"asc\"}],"
                "\"orderFieldValues\":[\"build-cache\",\"01234567-89ab-4def-8123-456789abcdef\"],"
                "\"isPrevious\":false,\"totalItems\":23,"
                "\"filter\":{\"anyOf\":[{\"allOf\":[{\"key\":\"kind\",\"values\":[\"component\"]}]}"
                ",{\"not\":{\"key\":\"x\"}}]},"
                "\"firstSortFieldValues\":[\"a-name\",\"11234567-89ab-4def-8123-456789abcdef\"],"
                "\"unknown\":{}}"),
            &err) == CB_OK,
        "%s", err.text);
    ck_assert(cb_str_eq(c->at.values[0], CB_LIT("build-cache")));
    ck_assert(cb_str_eq(c->at.id, CB_LIT("01234567-89ab-4def-8123-456789abcdef")));
    ck_assert_int_eq(c->filter->op, CB_FILTER_OR);
    ck_assert(c->first);
    cb_arena_free(a);
}
END_TEST

#define PLACED "\"orderFields\":[],\"orderFieldValues\":[\"a\"],\"isPrevious\":false"

static const struct {
    const char *json, *says;
} wrong[] = {
    {"", "Malformed cursor: "},
    {"nonsense", "Malformed cursor: "},
    {"[]", "Malformed cursor: not an object"},
    {"{\"orderFields\":1}", "Malformed cursor: orderFields must be an array of at most 8"},
    {"{\"orderFields\":[{}]}", "Malformed cursor: an orderField without a field"},
    {"{\"orderFields\":[{\"field\":\"a\",\"order\":\"up\"}]}",
     "Malformed cursor: an order must be asc or desc"},
    {"{}", "Malformed cursor: orderFields must be an array of at most 8"},
    {"{\"orderFields\":[]}", "Malformed cursor: orderFieldValues is missing"},
    {"{\"orderFields\":[],\"orderFieldValues\":[\"a\"]}",
     "Malformed cursor: isPrevious must be true or false"},
    {"{\"orderFields\":[],\"orderFieldValues\":[]}",
     "Malformed cursor: orderFieldValues must be an array"},
    {"{\"orderFields\":[],\"orderFieldValues\":[\"a\",\"b\"]}",
     "Malformed cursor: orderFieldValues must be an array"},
    {"{\"orderFields\":[],\"orderFieldValues\":[1]}",
     "Malformed cursor: orderFieldValues must be strings or null"},
    {"{\"orderFields\":[],\"orderFieldValues\":[\"a\"],\"isPrevious\":1}",
     "Malformed cursor: isPrevious must be true or false"},
    {"{" PLACED ",\"totalItems\":\"x\"}", "Malformed cursor: totalItems must be a number"},
    {"{" PLACED ",\"fullTextFilter\":1}",
     "Malformed cursor: fullTextFilter must have term and fields"},
    {"{" PLACED ",\"query\":[]}",
     "Malformed cursor: Invalid query: Validation error: expected an object"},
    {"{" PLACED ",\"query\":1}", "Invalid filter predicate: top-level primitive values"},
    {"{" PLACED ",\"filter\":{}}", "a filter needs key, not, allOf or anyOf"},
};

START_TEST(a_malformed_cursor_is_refused)
{
    struct cb_cursor *c;

    a = cb_arena_new();
    ck_assert_int_eq(cb_cursor_parse(&c, a, base64(wrong[_i].json), &err), CB_EINVAL);
    ck_assert_msg(strncmp(err.text, wrong[_i].says, strlen(wrong[_i].says)) == 0, "%s", err.text);
    cb_arena_free(a);
}
END_TEST

START_TEST(what_is_not_base64_is_refused)
{
    struct cb_cursor *c;

    a = cb_arena_new();
    ck_assert_int_eq(cb_cursor_parse(&c, a, CB_LIT("%%%"), &err), CB_EINVAL);
    ck_assert_str_eq(err.text, "Malformed cursor: not base64");
    cb_arena_free(a);
}
END_TEST

START_TEST(a_cursor_has_a_limit)
{
    char *text;
    struct cb_cursor *c;

    a = cb_arena_new();
    text = cb_arena_alloc(a, CB_CURSOR_MAX + 1);
    memset(text, ' ', CB_CURSOR_MAX + 1);
    {
        /* The least that is one and blanks, exactly as long as may be. */
        static const char least[] = "{" PLACED "}";
        size_t n = CB_CURSOR_MAX / 4 * 3;
        char *json = cb_arena_alloc(a, n + 1);
        cb_str full;

        memset(json, ' ', n);
        memcpy(json, least, sizeof(least) - 1);
        json[n] = '\0';
        full = base64(json);
        ck_assert_uint_eq(full.n, CB_CURSOR_MAX);
        ck_assert_int_eq(cb_cursor_parse(&c, a, full, &err), CB_OK);
    }
    ck_assert_int_eq(cb_cursor_parse(&c, a, cb_str_make(text, CB_CURSOR_MAX + 1), &err), CB_EINVAL);
    ck_assert_str_eq(err.text, "Malformed cursor: longer than 65536 bytes");
    cb_arena_free(a);
}
END_TEST

CB_SUITE(cursor)
{
    CB_TEST(suite, a_cursor_is_read_as_it_was_written);
    CB_TEST(suite, backstages_cursor_is_understood);
    CB_LOOP_TEST(suite, a_malformed_cursor_is_refused, CB_COUNT(wrong));
    CB_TEST(suite, what_is_not_base64_is_refused);
    CB_TEST(suite, a_cursor_has_a_limit);
}
