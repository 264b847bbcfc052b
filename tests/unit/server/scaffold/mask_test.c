/* No secret is told, in whatever form it comes. */
#include "server/scaffold/mask.h"

#include "tests/support/unit.h"

static const char secrets[] = "{\"a\":\"s3cret/\\\"x\",\"b\":\"x\",\"c\":\"s3cret\",\"d\":{\"e\":[\"line one\\nline two\\nab\"]},\"f\":true,\"g\":\"a-token-of-16-by\"}";

static const struct {
    const char *text, *masked;
} cases[] = {
    {"", ""},
    {"nothing of it", "nothing of it"},
    {"x is too short to be one", "x is too short to be one"},
    {"it is s3cret, twice: s3crets3cret", "it is ***, twice: ******"},
    {"the longest first: s3cret/\"x", "the longest first: ***"},
    {"in JSON: \"s3cret/\\\"x\"", "in JSON: \"***\""},
    {"in a URL: ?t=s3cret%2F%22x&u", "in a URL: ?t=***&u"},
    {"in base64: czNjcmV0LyJ4.", "in base64: ***."},
    {"a line: line two, all: line one\nline two\nab", "a line: ***, all: ***"},
    {"a line too short to be told apart: ab", "a line too short to be told apart: ab"},
    {"cut: s3cre", "cut: s3cre"},
};

static struct cb_mask mask_of(struct cb_arena *a)
{
    struct cb_mask m = {0};
    struct cb_node *node;

    ck_assert_int_eq(cb_node_parse(&node, a, cb_str_cstr(secrets), NULL), CB_OK);
    ck_assert(cb_mask_add(&m, a, node));
    return m;
}

START_TEST(texts_are_masked)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_mask m = mask_of(a);
    cb_str text = cb_str_cstr(cases[_i].text), masked = cb_mask_text(a, &m, text);

    ck_assert_str_eq(cb_arena_str(a, masked).p, cases[_i].masked);
    ck_assert_int_eq(cb_mask_hits(&m, text), strcmp(cases[_i].text, cases[_i].masked) != 0);
    cb_arena_free(a);
}
END_TEST

START_TEST(values_are_masked_or_cut)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_mask m = mask_of(a);
    struct cb_buf out = CB_BUF_INIT;
    struct cb_node *node;

    ck_assert_int_eq(cb_node_parse(&node, a, CB_LIT("{\"s3cret\":1,\"list\":[\"a\",\"is s3cret\",2],\"ok\":{\"x\":null},\"a-token-of-16-by\":2}"), NULL), CB_OK);
    ck_assert(cb_mask_node_hits(&m, node));
    cb_node_dump(&out, cb_mask_node(a, &m, node));
    ck_assert_str_eq(out.p, "{\"s3cret\":1,\"list\":[\"a\",\"is ***\",2],\"ok\":{\"x\":null},\"***\":2}");
    cb_buf_clear(&out);
    cb_node_dump(&out, cb_mask_prune(a, &m, node));
    ck_assert_str_eq(out.p, "{\"s3cret\":1,\"list\":[\"a\",2],\"ok\":{\"x\":null}}");
    cb_buf_fini(&out);
    cb_arena_free(a);
}
END_TEST

START_TEST(what_was_cut_off_does_not_end_in_half_a_secret)
{
    static const char *const texts[][2] = {{"it is s3cre", "it is "}, {"it is s3cret", "it is "}, {"it is s3cret.", "it is s3cret."}, {"a-token-of-16-b", ""}, {"nothing", "nothing"}, {"", ""}};
    struct cb_arena *a = cb_arena_new();
    struct cb_mask m = mask_of(a);

    for (size_t i = 0; i < CB_COUNT(texts); i++)
        ck_assert_str_eq(cb_arena_str(a, cb_mask_cut(&m, cb_str_cstr(texts[i][0]))).p, texts[i][1]);
    cb_arena_free(a);
}
END_TEST

START_TEST(more_secrets_than_there_is_room_for_are_said)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_node *list = cb_node_new(a, CB_ARRAY);
    struct cb_mask m = {0};

    for (int i = 0; i < CB_MASK_N_MAX; i++)
        cb_node_push(list, cb_node_string(a, cb_arena_printf(a, "%03d", i)));
    ck_assert(!cb_mask_add(&m, a, list));
    cb_arena_free(a);
}
END_TEST

CB_SUITE(mask)
{
    CB_LOOP_TEST(suite, texts_are_masked, CB_COUNT(cases));
    CB_TEST(suite, values_are_masked_or_cut);
    CB_TEST(suite, what_was_cut_off_does_not_end_in_half_a_secret);
    CB_TEST(suite, more_secrets_than_there_is_room_for_are_said);
}
