#include "catalog/parse/yaml.h"

#include "catalog/parse/yaml_text.h"
#include "tests/support/unit.h"

/* Documents as JSON, "!line:column rule" for a broken one, one a line. */
static cb_str read_all(struct cb_arena *a, cb_str text)
{
    struct cb_buf b = CB_BUF_INIT;
    struct cb_yaml yaml;
    cb_str out;

    cb_yaml_read(&yaml, a, text);
    for (size_t i = 0; i < yaml.doc_n; i++) {
        const struct cb_yaml_doc *d = &yaml.docs[i];

        if (d->broken)
            cb_buf_printf(&b, "!%u:%u %s", d->line, d->column, d->rule);
        else if (d->root)
            cb_node_dump(&b, d->root);
        else
            cb_buf_put_cstr(&b, "null");
        if (d->broken)
            ck_assert_msg(d->message.n > 0, "a broken document says why");
        cb_buf_put_char(&b, '\n');
    }
    out = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return out;
}

/* What an author writes, and what it means. */
static const struct {
    const char *yaml, *is;
} texts[] = {
    {"", ""},
    {"# a\n", ""},
    {"---\n---\n", "null\nnull\n"},
    {"a: 1", "{\"a\":1}\n"},
    {"yes: no\non: off\n", "{\"yes\":\"no\",\"on\":\"off\"}\n"},
    {"[0o17, 0xfF, 0b1, 1_000, 007, +1, -0, 1.50, .5, 5., 1e3, 1E-2]",
     "[15,255,\"0b1\",\"1_000\",7,1,0,1.5,0.5,5,1000,0.01]\n"},
    {"[9007199254740993, 12345678901234567890, 1e400, .inf, -.INF, .nan, 0x20000000000001]",
     "[9007199254740992,12345678901234567000,null,null,null,null,9007199254740992]\n"},
    {"[~, null, Null, NULL, nULL, '', true, True, TRUE, tRUE]",
     "[null,null,null,null,\"nULL\",\"\",true,true,true,\"tRUE\"]\n"},
    {"[2024-02-29, 12:30:45, <<, =]", "[\"2024-02-29\",\"12:30:45\",\"<<\",\"=\"]\n"},
    {"[!!str 12, !!int \"12\", !!int x, !!float 1.0, !!bool yes, !foo 1, ! 1, !!null '']",
     "[\"12\",12,\"x\",1,\"yes\",\"1\",\"1\",null]\n"},
    {"12: a\n1.0: b\ntrue: c\nnull: d\n0x10: e\n", "{\"12\":\"a\",\"1\":\"b\",\"true\":\"c\",\"\":\"d\",\"16\":\"e\"}\n"},
    {"{{ values.name }}", "{\"{ values.name }\":null}\n"},
    {"? [a, b]\n: 1\n", "{\"[ a, b ]\":1}\n"},
    {"a: &x [1, {b: 2}]\nc: *x\nd: [*x, *x]\n",
     "{\"a\":[1,{\"b\":2}],\"c\":[1,{\"b\":2}],\"d\":[[1,{\"b\":2}],[1,{\"b\":2}]]}\n"},
    {"a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}\n"},
    {"<<: {a: 1}\nb: 2\n", "{\"<<\":{\"a\":1},\"b\":2}\n"},
    {"a: |\n  b", "{\"a\":\"b\\n\"}\n"},
    {"a: |+\n  b\n\n ", "{\"a\":\"b\\n\\n\"}\n"},
    {"a: |\n  \tb\n", "{\"a\":\"\\tb\\n\"}\n"},
    {"a: 1\n\t\nb: 2\n\t# c\nc: 3\n", "{\"a\":1,\"b\":2,\"c\":3}\n"},
    {"a: \"\\ud83d\\ude00 \\\\ud83d \\ud83d\"\n", "{\"a\":\"\xf0\x9f\x98\x80 \\\\ud83d \xef\xbf\xbd\"}\n"},
    {"a: \"x\xe2\x80\xa8y\xc2\x85z\"\n", "{\"a\":\"x\xe2\x80\xa8y\xc2\x85z\"}\n"},
    {"a: b\x07\x7f\n", "{\"a\":\"b\\u0007\x7f\"}\n"},
    {"a: b\rc\n", "{\"a\":\"b\\rc\"}\n"},
    {"\xef\xbb\xbf" "a: b\xef\xbb\xbf\n", "{\"a\":\"b\xef\xbb\xbf\"}\n"},
    {"a: caf\xe9\n", "{\"a\":\"caf\xef\xbf\xbd\"}\n"},
    {"a: 1\r\nb: |\r\n  x\r\n  y\r\n", "{\"a\":1,\"b\":\"x\\ny\\n\"}\n"},
    {"{\"a\":1,b:[c]}", "{\"a\":1,\"b\":[\"c\"]}\n"},
    {"%YAML 1.2\n---\na: 1\n", "{\"a\":1}\n"},
    {"...\na: 1\n...\nb: 2\n...\n---\nc: 3\n", "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n"},
    {"--- a\n--- b\n", "\"a\"\n\"b\"\n"},
    /* broken ones */
    {"a: 1\na: 2\n", "!2:1 yaml-duplicate-key\n"},
    {"{a: 1, \"a\": 2}", "!1:8 yaml-duplicate-key\n"},
    {"1: a\n'1': b\n", "!2:1 yaml-duplicate-key\n"},
    {"a: *b\n", "!1:4 yaml-alias\n"},
    {"a: &a [*a]\n", "!1:8 yaml-alias\n"},
    {"a: \"\\0\"\n", "!1:4 yaml-nul\n"},
    {"a: !!binary aGk=\n", "!1:4 yaml-tag\n"},
    {"a: b: c\n", "!1:5 yaml-syntax\n"},
    {"a: @b\n", "!1:4 yaml-syntax\n"},
    {" a: 1\nb: 2\n", "!2:1 yaml-syntax\n"},
    {"a: [\nb\n]\n", "!2:1 yaml-syntax\n"},
    {"a: \"b\nc\"\n", "!2:1 yaml-syntax\n"},
    {"a:\n[b]\n", "!2:1 yaml-syntax\n"},
    {"a:\n\tb: 1\n", "!2:1 yaml-syntax\n"},
    {"[a, b]]", "!1:7 yaml-syntax\n"},
    /* and what comes behind them */
    {"a: [\n---\nb: 1\n---\nc: \"\n---\nd: 2\n", "!2:1 yaml-syntax\n{\"b\":1}\n!6:1 yaml-syntax\n{\"d\":2}\n"},
    {"a: |\n  ---\n  x\nb: {\n---\nc: 1\n", "!5:1 yaml-syntax\n{\"c\":1}\n"},
    {"a: 1\na: 2\nb: |\n  ---\n---\nc: 1\n", "!2:1 yaml-duplicate-key\n{\"c\":1}\n"},
    {"a: \"\\ud83d\\ude00\"\n---\nb: @\n---\nc: \"\\ud83d\\ude00\"\n",
     "{\"a\":\"\xf0\x9f\x98\x80\"}\n!3:4 yaml-syntax\n{\"c\":\"\xf0\x9f\x98\x80\"}\n"},
    {"a: @\n...\nb: 1\n", "!1:4 yaml-syntax\n{\"b\":1}\n"},
};

START_TEST(a_text_means_what_yaml_1_2_says)
{
    struct cb_arena *a = cb_arena_new();
    cb_str got = read_all(a, cb_str_cstr(texts[_i].yaml));

    ck_assert_str_eq(got.p, texts[_i].is);
    cb_arena_free(a);
}
END_TEST

START_TEST(nodes_know_their_places)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_yaml yaml;
    struct cb_node *b;

    cb_yaml_read(&yaml, a, CB_LIT("# c\n---\n\xc3\xa4: x\na:\n  b: [1,\n    2]\n---\nc: d\n"));
    ck_assert_uint_eq(yaml.doc_n, 2);
    ck_assert_uint_eq(yaml.docs[0].line, 3);
    ck_assert_uint_eq(yaml.docs[1].line, 8);
    b = cb_node_path(yaml.docs[0].root, "a.b");
    ck_assert_uint_eq(b->line, 5);
    ck_assert_uint_eq(b->column, 6);
    ck_assert_uint_eq(b->key_line, 5);
    ck_assert_uint_eq(b->key_column, 3);
    ck_assert_uint_eq(b->first->next->line, 6);
    ck_assert_uint_eq(yaml.docs[0].root->first->column, 4); /* characters, not bytes */
    cb_arena_free(a);
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_told_with_their_line)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_yaml yaml;

    cb_yaml_read(&yaml, a, CB_LIT("a: 1\nb: \xe2\x82\n"));
    ck_assert_uint_eq(yaml.bad_line, 2);
    cb_yaml_read(&yaml, a, CB_LIT("a: \xe2\x82\xac\n"));
    ck_assert_uint_eq(yaml.bad_line, 0);
    cb_arena_free(a);
}
END_TEST

static cb_str nested(struct cb_arena *a, size_t depth)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str out;

    for (size_t i = 0; i < depth; i++)
        cb_buf_put_char(&b, '[');
    for (size_t i = 0; i < depth; i++)
        cb_buf_put_char(&b, ']');
    out = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return out;
}

START_TEST(nesting_has_a_limit)
{
    struct cb_arena *a = cb_arena_new();

    ck_assert_int_eq(read_all(a, nested(a, CB_NODE_DEPTH_MAX)).p[0], '[');
    ck_assert_str_eq(read_all(a, nested(a, CB_NODE_DEPTH_MAX + 1)).p, "!1:65 yaml-limit\n");
    ck_assert_int_eq(read_all(a, nested(a, 100000)).p[0], '!');
    cb_arena_free(a);
}
END_TEST

START_TEST(an_alias_counts_with_its_own_depth)
{
    struct cb_arena *a = cb_arena_new();
    cb_str inner = nested(a, 40);
    cb_str fits = nested(a, CB_NODE_DEPTH_MAX - 41), over = nested(a, CB_NODE_DEPTH_MAX - 40);
    int half_fits = (int)fits.n / 2, half_over = (int)over.n / 2;

    ck_assert_int_eq(read_all(a, cb_arena_printf(a, "a: &a %s\nb: %.*s*a%.*s\n", inner.p, half_fits, fits.p, half_fits,
                                                 fits.p + half_fits)).p[0], '{');
    ck_assert_int_eq(read_all(a, cb_arena_printf(a, "a: &a %s\nb: %.*s*a%.*s\n", inner.p, half_over, over.p, half_over,
                                                 over.p + half_over)).p[0], '!');
    cb_arena_free(a);
}
END_TEST

START_TEST(aliases_are_bounded_by_what_they_stand_for)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_buf b = CB_BUF_INIT;
    size_t used;

    cb_buf_put_cstr(&b, "a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (char c = 'b'; c < 'i'; c++) {
        cb_buf_printf(&b, "%c: &%c [", c, c);
        for (int i = 0; i < 10; i++)
            cb_buf_printf(&b, "%s*%c", i ? ", " : "", c - 1);
        cb_buf_put_cstr(&b, "]\n");
    }
    used = cb_arena_used(a);
    ck_assert_ptr_nonnull(strstr(read_all(a, cb_buf_str(&b)).p, "yaml-limit"));
    ck_assert_uint_lt(cb_arena_used(a) - used, 1 << 20);
    cb_buf_fini(&b);
    cb_arena_free(a);
}
END_TEST

START_TEST(a_document_has_a_limit_of_nodes)
{
    for (size_t more = 0; more < 2; more++) {
        struct cb_arena *a = cb_arena_new();
        struct cb_buf b = CB_BUF_INIT;
        struct cb_yaml yaml;

        cb_buf_put_char(&b, '[');
        for (size_t i = 0; i < CB_YAML_NODE_MAX - 1 + more; i++)
            cb_buf_put_cstr(&b, "1,");
        cb_buf_put_char(&b, ']');
        cb_yaml_read(&yaml, a, cb_buf_str(&b));
        ck_assert_uint_eq(yaml.doc_n, 1);
        ck_assert(yaml.docs[0].broken == (more == 1));
        cb_buf_fini(&b);
        cb_arena_free(a);
    }
}
END_TEST

START_TEST(a_file_has_a_limit_of_documents)
{
    for (size_t more = 0; more < 2; more++) {
        struct cb_arena *a = cb_arena_new();
        struct cb_buf b = CB_BUF_INIT;
        struct cb_yaml yaml;

        for (size_t i = 0; i < CB_YAML_DOC_MAX + more; i++)
            cb_buf_put_cstr(&b, "--- a\n");
        cb_yaml_read(&yaml, a, cb_buf_str(&b));
        ck_assert_uint_eq(yaml.doc_n, CB_YAML_DOC_MAX + more);
        ck_assert(yaml.docs[yaml.doc_n - 1].broken == (more == 1));
        cb_buf_fini(&b);
        cb_arena_free(a);
    }
}
END_TEST

START_TEST(many_keys_are_compared_too)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_buf b = CB_BUF_INIT;

    for (int i = 0; i < 5000; i++)
        cb_buf_printf(&b, "k%d: %d\n", i, i);
    ck_assert_int_eq(read_all(a, cb_buf_str(&b)).p[0], '{');
    cb_buf_put_cstr(&b, "k7: again\n");
    ck_assert_str_eq(read_all(a, cb_buf_str(&b)).p, "!5001:1 yaml-duplicate-key\n");
    cb_buf_fini(&b);
    cb_arena_free(a);
}
END_TEST

START_TEST(many_broken_documents_are_read_in_their_time)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_buf b = CB_BUF_INIT;
    struct cb_yaml yaml;

    for (int i = 0; i < 3000; i++)
        cb_buf_put_cstr(&b, "--- @\n");
    cb_yaml_read(&yaml, a, cb_buf_str(&b));
    ck_assert_uint_eq(yaml.doc_n, 3000);
    cb_buf_clear(&b);
    for (int i = 0; i < 20000; i++)
        cb_buf_put_cstr(&b, "\t\n"); /* each would be one repair */
    cb_yaml_read(&yaml, a, cb_buf_str(&b));
    ck_assert_uint_le(yaml.doc_n, 1);
    cb_buf_fini(&b);
    cb_arena_free(a);
}
END_TEST

START_TEST(every_private_use_block_may_be_taken)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_yaml_text text;
    struct cb_buf b = CB_BUF_INIT;
    bool nul = false;

    for (int i = 0; i < 15; i++)
        cb_buf_printf(&b, "\xf3%c\x80\x80", 0xb0 + i);
    cb_buf_put_char(&b, 7);
    cb_yaml_text_make(&text, a, cb_buf_str(&b));
    ck_assert_uint_eq(text.swap, 0xff000);
    ck_assert(cb_str_eq(cb_yaml_text_back(&text, a, text.bytes, &nul), cb_buf_str(&b)));
    cb_buf_put_cstr(&b, "\xf3\xbf\x80\x80");
    cb_yaml_text_make(&text, a, cb_buf_str(&b));
    ck_assert_uint_eq(text.swap, 0);
    cb_buf_fini(&b);
    cb_arena_free(a);
}
END_TEST

CB_SUITE(yaml)
{
    CB_LOOP_TEST(suite, a_text_means_what_yaml_1_2_says, CB_COUNT(texts));
    CB_TEST(suite, nodes_know_their_places);
    CB_TEST(suite, bytes_that_are_no_utf8_are_told_with_their_line);
    CB_TEST(suite, nesting_has_a_limit);
    CB_TEST(suite, an_alias_counts_with_its_own_depth);
    CB_TEST(suite, aliases_are_bounded_by_what_they_stand_for);
    CB_TEST(suite, a_document_has_a_limit_of_nodes);
    CB_TEST(suite, a_file_has_a_limit_of_documents);
    CB_TEST(suite, many_keys_are_compared_too);
    CB_TEST(suite, many_broken_documents_are_read_in_their_time);
    CB_TEST(suite, every_private_use_block_may_be_taken);
}
