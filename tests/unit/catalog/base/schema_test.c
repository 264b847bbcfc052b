#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/base/schema.h"
#include "tests/support/unit.h"

#define SUITE "/usr/share/json-schema-test-suite/tests/draft7"

static struct cb_node *parsed(struct cb_arena *a, const char *text)
{
    struct cb_err err = {0};
    struct cb_node *node = NULL;

    ck_assert_msg(cb_node_parse(&node, a, cb_str_cstr(text), &err) == CB_OK, "%s: %s", text, err.text);
    return node;
}

/* Each row is one mistake, and the words of npm's jsonschema for it. */
static const struct {
    const char *schema, *value, *path, *keyword, *message;
} rows[] = {
    {"{\"type\":\"string\"}", "1", "", "type", "is not of a type(s) string"},
    {"{\"type\":[\"string\",\"null\"]}", "1", "", "type", "is not of a type(s) string,null"},
    {"{\"required\":[\"name\"]}", "{}", "", "required", "requires property \"name\""},
    {"{\"properties\":{\"a\":{\"items\":{\"maxLength\":2}}}}", "{\"a\":[\"ok\",\"long\"]}", "/a/1", "maxLength", "does not meet maximum length of 2"},
    {"{\"minLength\":3}", "\"\xc3\xa4\xc3\xb6\"", "", "minLength", "does not meet minimum length of 3"},
    {"{\"enum\":[\"a\",\"b\",1]}", "\"c\"", "", "enum", "is not one of enum values: a,b,1"},
    {"{\"const\":{\"a\":1}}", "{}", "", "const", "does not exactly match expected constant: {\"a\":1}"},
    {"{\"minimum\":5}", "4", "", "minimum", "must be greater than or equal to 5"},
    {"{\"exclusiveMaximum\":5}", "5", "", "exclusiveMaximum", "must be strictly less than 5"},
    {"{\"multipleOf\":0.5}", "0.7", "", "multipleOf", "is not a multiple of (divisible by) 0.5"},
    {"{\"pattern\":\"^a+$\"}", "\"b\"", "", "pattern", "does not match pattern \"^a+$\""},
    {"{\"additionalProperties\":false}", "{\"x~/y\":1}", "", "additionalProperties", "is not allowed to have the additional property \"x~/y\""},
    {"{\"additionalProperties\":{\"type\":\"null\"}}", "{\"x~/y\":1}", "/x~0~1y", "type", "is not of a type(s) null"},
    {"{\"uniqueItems\":true}", "[1,1.0]", "", "uniqueItems", "contains duplicate item"},
    {"{\"contains\":{\"const\":1}}", "[2]", "", "contains", "must contain an item matching given schema"},
    {"{\"anyOf\":[{\"type\":\"null\"},{\"$id\":\"x\",\"const\":1}]}", "2", "", "anyOf", "is not any of [subschema 0],<x>"},
    {"{\"dependencies\":{\"a\":[\"b\"]}}", "{\"a\":1}", "", "dependencies", "property b not found, required by a"},
    {"{\"format\":\"uri\"}", "\"no uri\"", "", "format", "does not conform to the \"uri\" format"},
};

START_TEST(a_mistake_is_told_where_it_is_and_in_the_words_clients_know)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_schema_errors out;
    struct cb_err err = {0};

    ck_assert_int_eq(cb_schema_check(&out, a, parsed(a, rows[_i].schema), parsed(a, rows[_i].value), &err), CB_OK);
    ck_assert_int_eq(out.n, 1);
    ck_assert_str_eq(cb_arena_str(a, out.v[0].path).p, rows[_i].path);
    ck_assert_str_eq(out.v[0].keyword, rows[_i].keyword);
    ck_assert_str_eq(cb_arena_str(a, out.v[0].message).p, rows[_i].message);
    cb_arena_free(a);
}
END_TEST

static const struct {
    const char *schema, *value, *sentence;
    enum cb_code rc;
} senseless[] = {
    {"{\"pattern\":\"(\"}", "\"x\"", "is no regular expression", CB_EINVAL},
    {"{\"$ref\":\"#/definitions/none\"}", "1", "leads nowhere", CB_EINVAL},
    {"{\"$ref\":\"https://example.com/schema\"}", "1", "leads nowhere", CB_EINVAL},
    {"{\"properties\":{\"a\":7}}", "{\"a\":1}", "neither an object", CB_EINVAL},
    {"{\"$ref\":\"#\"}", "1", "nested too deep", CB_ELIMIT},
    {"{\"pattern\":\"^(a+)+$\"}", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"", "takes too long", CB_ELIMIT},
};

START_TEST(a_schema_that_makes_no_sense_is_said_to)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_schema_errors out;
    struct cb_err err = {0};

    ck_assert_int_eq(cb_schema_check(&out, a, parsed(a, senseless[_i].schema), parsed(a, senseless[_i].value), &err), senseless[_i].rc);
    ck_assert_msg(strstr(err.text, senseless[_i].sentence) != NULL, "%s", err.text);
    cb_arena_free(a);
}
END_TEST

START_TEST(no_more_errors_are_told_than_fit)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_node *value = cb_node_new(a, CB_ARRAY);
    struct cb_schema_errors out;

    for (int i = 0; i < CB_SCHEMA_ERROR_MAX + 1; i++)
        cb_node_push(value, cb_node_int(a, i));
    ck_assert_int_eq(cb_schema_check(&out, a, parsed(a, "{\"items\":{\"type\":\"null\"}}"), value, NULL), CB_OK);
    ck_assert_int_eq(out.n, CB_SCHEMA_ERROR_MAX);
    cb_arena_free(a);
}
END_TEST

START_TEST(defaults_go_where_nothing_is)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_node *value = parsed(a, "{\"b\":2,\"list\":[{},{\"x\":0}],\"in\":{}}");
    struct cb_buf text = CB_BUF_INIT;

    cb_schema_fill(a,
                   parsed(a, "{\"properties\":{\"a\":{\"default\":[1]},\"b\":{\"default\":1},\"in\":{\"properties\":{\"c\":{\"default\":null}}},"
                             "\"list\":{\"items\":{\"properties\":{\"x\":{\"default\":9}}}}}}"),
                   value);
    cb_node_dump(&text, value);
    ck_assert_str_eq(cb_arena_str(a, cb_buf_str(&text)).p, "{\"b\":2,\"list\":[{\"x\":9},{\"x\":0}],\"in\":{\"c\":null},\"a\":[1]}");
    cb_buf_fini(&text);
    cb_arena_free(a);
}
END_TEST

static void add(cb_str text, void *ctx)
{
    cb_buf_put_str(ctx, text);
    cb_buf_put_char(ctx, ';');
}

START_TEST(texts_are_found_by_what_their_schema_says)
{
    struct cb_arena *a = cb_arena_new();
    const struct cb_node *schema = parsed(a, "{\"properties\":{\"token\":{\"writeOnly\":true},\"url\":{\"format\":\"uri\"},"
                                             "\"list\":{\"items\":{\"properties\":{\"token\":{\"writeOnly\":true}}}}},"
                                             "\"additionalProperties\":{\"writeOnly\":true}}");
    const struct cb_node *value = parsed(a, "{\"token\":\"t1\",\"url\":\"http://x\",\"list\":[{\"token\":\"t2\",\"a\":\"b\"}],\"other\":\"t3\"}");
    struct cb_buf text = CB_BUF_INIT;

    cb_schema_each_text(schema, value, "writeOnly", NULL, add, &text);
    ck_assert_str_eq(cb_arena_str(a, cb_buf_str(&text)).p, "t1;t2;t3;");
    cb_buf_clear(&text);
    cb_schema_each_text(schema, value, "-", "uri", add, &text);
    ck_assert_str_eq(cb_arena_str(a, cb_buf_str(&text)).p, "http://x;");
    cb_buf_fini(&text);
    cb_arena_free(a);
}
END_TEST

/* ---- the published suite */

/* What refers to draft 7's own schema, which lies elsewhere. */
static const char *const left_out[] = {
    "remote ref, containing refs itself",
    "valid definition",
    "invalid definition",
    NULL,
};

static bool is_left_out(cb_str name)
{
    for (size_t i = 0; left_out[i]; i++)
        if (cb_str_eq(name, cb_str_cstr(left_out[i])))
            return true;
    return false;
}

static char *file_text(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = NULL;
    size_t room = 0;
    ssize_t n = f ? getdelim(&text, &room, '\0', f) : -1;

    if (f)
        fclose(f);
    return n < 0 ? NULL : text;
}

static void run_file(const char *name, size_t *run_n, size_t *wrong_n)
{
    struct cb_arena *a = cb_arena_new();
    char path[512], *text;
    struct cb_node *groups = NULL;

    snprintf(path, sizeof(path), SUITE "/%s", name);
    text = file_text(path);
    ck_assert_msg(text != NULL, "%s", path);
    for (char *nul = text; (nul = strstr(nul, "\\u0000"));) /* our JSON has no NUL in a text: any other odd character does */
        nul[5] = '1';
    ck_assert_msg(cb_node_parse(&groups, a, cb_str_cstr(text), NULL) == CB_OK, "%s", path);
    for (const struct cb_node *group = groups->first; group; group = group->next) {
        if (is_left_out(cb_node_text(group, "description")))
            continue;
        for (const struct cb_node *test = cb_node_get(group, "tests")->first; test; test = test->next) {
            struct cb_schema_errors out;
            struct cb_err err = {0};
            enum cb_code rc = cb_schema_check(&out, a, cb_node_get(group, "schema"), cb_node_get(test, "data"), &err);

            ++*run_n;
            if (rc == CB_OK && (out.n == 0) == cb_node_get(test, "valid")->b)
                continue;
            ++*wrong_n;
            fprintf(stderr, "%s: %" CB_FMT ": %" CB_FMT ": %s\n", name, CB_ARG(cb_node_text(group, "description")),
                    CB_ARG(cb_node_text(test, "description")), rc == CB_OK ? "judged otherwise" : err.text);
        }
    }
    free(text);
    cb_arena_free(a);
}

START_TEST(every_verdict_of_the_published_suite_is_ours)
{
    DIR *dir = opendir(SUITE);
    size_t run_n = 0, wrong_n = 0;
    const struct dirent *entry;

    if (!dir) {
        fprintf(stderr, "SKIP: " SUITE " is not there: the Debian package json-schema-test-suite has it\n");
        return;
    }
    while ((entry = readdir(dir)))
        if (strstr(entry->d_name, ".json") && strcmp(entry->d_name, "refRemote.json") != 0)
            run_file(entry->d_name, &run_n, &wrong_n);
    closedir(dir);
    ck_assert_int_eq(wrong_n, 0);
    ck_assert_int_gt(run_n, 400);
}
END_TEST

CB_SUITE(schema)
{
    TCase *tc = tcase_create("schema");

    tcase_add_loop_test(tc, a_mistake_is_told_where_it_is_and_in_the_words_clients_know, 0, CB_COUNT(rows));
    tcase_add_loop_test(tc, a_schema_that_makes_no_sense_is_said_to, 0, CB_COUNT(senseless));
    tcase_add_test(tc, no_more_errors_are_told_than_fit);
    tcase_add_test(tc, defaults_go_where_nothing_is);
    tcase_add_test(tc, texts_are_found_by_what_their_schema_says);
    tcase_add_test(tc, every_verdict_of_the_published_suite_is_ours);
    suite_add_tcase(suite, tc);
}
