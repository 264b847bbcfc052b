/* What is a panel: by the walk that the server does, and by the published schema; both must say the same. */
#include "server/plugin/shape.h"

#include <stdio.h>
#include <stdlib.h>

#include "catalog/base/schema.h"
#include "tests/support/unit.h"

static const char *const right[] = {
    "{\"type\":\"text\",\"markdown\":\"x\"}",
    "{\"type\":\"text\",\"markdown\":\"\",\"summary\":null,\"more\":{}}",
    "{\"type\":\"status\",\"items\":[]}",
    "{\"type\":\"status\",\"items\":[{\"label\":\"a\",\"state\":\"ok\",\"since\":null,\"url\":\"https://x\"}],\"source\":{\"name\":\"x\",\"simulated\":true}}",
    "{\"type\":\"table\",\"columns\":[{\"key\":\"a\",\"title\":\"A\",\"kind\":\"bytes\"}],\"rows\":[{\"a\":1},{\"a\":{\"text\":\"x\",\"state\":\"error\"}},{\"a\":null}]}",
    "{\"type\":\"series\",\"from\":1,\"series\":[{\"name\":\"x\",\"points\":[[1,2.5],[2,null]],\"labels\":{}}]}",
    "{\"type\":\"timeline\",\"events\":[{\"at\":\"2026-01-01T00:00:00Z\",\"title\":\"x\"}]}",
    "{\"type\":\"tree\",\"nodes\":[{\"id\":\"1\",\"title\":\"x\"},{\"id\":\"2\",\"parent\":\"1\",\"title\":\"y\",\"url\":\"/catalog\"}]}",
    "{\"type\":\"diff\",\"files\":[{\"title\":\"x\",\"before\":\"a\",\"after\":null}]}",
    "{\"type\":\"links\",\"items\":[{\"title\":\"x\",\"url\":\"mailto:a@b\"}]}",
    "{\"type\":\"keyvalues\",\"items\":[{\"key\":\"x\",\"value\":true}]}",
    "{\"type\":\"group\",\"panels\":[{\"type\":\"text\",\"title\":\"t\",\"markdown\":\"x\"}]}",
    "{\"type\":\"text\",\"markdown\":\"x\",\"actions\":[{\"action\":\"sync\",\"input\":{}}],\"partial\":[{\"source\":\"a\",\"message\":\"b\"}]}",
};

/* A wrong one, and the sentence. */
static const struct {
    const char *json, *sentence;
} wrong[] = {
    {"[]", "must be an object"},
    {"{}", "type must be one of status, table, series, timeline, tree, diff, links, text, keyvalues, group"},
    {"{\"type\":\"html\"}", "type must be one of status, table, series, timeline, tree, diff, links, text, keyvalues, group"},
    {"{\"type\":\"text\"}", "markdown is missing"},
    {"{\"type\":\"text\",\"markdown\":7}", "markdown must be a text"},
    {"{\"type\":\"status\",\"items\":{}}", "items must be a list"},
    {"{\"type\":\"status\",\"items\":[{\"label\":\"a\",\"state\":\"green\"}]}",
     "items/0/state must be a state: ok, progress, warning, error, unknown or info"},
    {"{\"type\":\"status\",\"items\":[{\"label\":\"a\",\"state\":\"ok\",\"url\":\"javascript:alert(1)\"}]}",
     "items/0/url must be a link: http:, https:, mailto:, or a path"},
    {"{\"type\":\"links\",\"items\":[{\"title\":\"a\",\"url\":\"//evil.example\"}]}", "items/0/url must be a link: http:, https:, mailto:, or a path"},
    {"{\"type\":\"table\",\"columns\":[],\"rows\":[{\"a\":[1]}]}", "rows/0/0 must be a value, or an object with text"},
    {"{\"type\":\"table\",\"columns\":[{\"key\":\"a\",\"title\":\"A\",\"kind\":\"colour\"}],\"rows\":[]}",
     "columns/0/kind must be a kind: text, status, time, duration, number, bytes, code, link or entity"},
    {"{\"type\":\"series\",\"series\":[{\"points\":[[1,2,3]]}]}", "series/0/points/0 must be [seconds, number or null]"},
    {"{\"type\":\"series\",\"series\":[{\"points\":[[\"a\",1]]}]}", "series/0/points/0 must be [seconds, number or null]"},
    {"{\"type\":\"keyvalues\",\"items\":[{\"key\":\"x\",\"value\":{}}]}", "items/0/value must be a single value"},
    {"{\"type\":\"group\",\"panels\":[{\"type\":\"group\",\"panels\":[]}]}", "panels/0/type must not be a group within a group"},
    {"{\"type\":\"text\",\"markdown\":\"x\",\"actions\":[{}]}", "actions/0/action is missing"},
};

static struct cb_arena *a;
static struct cb_node *schema;

static void open_schema(void)
{
    const char *top = getenv("top_srcdir");
    char path[4096], *bytes = malloc(1 << 20);
    FILE *f;
    size_t n;

    snprintf(path, sizeof(path), "%s/plugins/abi/panel.schema.json", top ? top : ".");
    f = fopen(path, "re");
    ck_assert_msg(f != NULL, "%s", path);
    n = fread(bytes, 1, 1 << 20, f);
    fclose(f);
    a = cb_arena_new();
    ck_assert_int_eq(cb_node_parse(&schema, a, cb_arena_str(a, cb_str_make(bytes, n)), NULL), CB_OK);
    free(bytes);
}

static bool keeps_to_schema(const struct cb_node *panel)
{
    struct cb_schema_errors *errors = CB_NEW(a, struct cb_schema_errors);
    struct cb_err err = {0};

    ck_assert_msg(cb_schema_check(errors, a, schema, panel, &err) == CB_OK, "%s", err.text);
    return errors->n == 0;
}

START_TEST(what_a_plugin_may_answer_is_a_panel)
{
    struct cb_err err = {0};
    struct cb_node *panel;

    open_schema();
    ck_assert_int_eq(cb_node_parse(&panel, a, cb_str_cstr(right[_i]), &err), CB_OK);
    ck_assert_msg(cb_shape_check(panel, &err) == CB_OK, "%s: %s", right[_i], err.text);
    ck_assert_msg(keeps_to_schema(panel), "%s: the schema says no", right[_i]);
    cb_arena_free(a);
}
END_TEST

START_TEST(what_is_none_is_told_with_its_place)
{
    struct cb_err err = {0};
    struct cb_node *panel;

    open_schema();
    ck_assert_int_eq(cb_node_parse(&panel, a, cb_str_cstr(wrong[_i].json), &err), CB_OK);
    ck_assert_int_eq(cb_shape_check(panel, &err), CB_EINVAL);
    ck_assert_str_eq(err.text, wrong[_i].sentence);
    ck_assert_msg(!keeps_to_schema(panel), "%s: the schema says yes", wrong[_i].json);
    cb_arena_free(a);
}
END_TEST

CB_SUITE(shape)
{
    CB_LOOP_TEST(suite, what_a_plugin_may_answer_is_a_panel, CB_COUNT(right));
    CB_LOOP_TEST(suite, what_is_none_is_told_with_its_place, CB_COUNT(wrong));
}
