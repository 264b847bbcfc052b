#include "catalog/search/filter.h"

#include "tests/support/unit.h"
#include "tests/support/world.h"

static struct cb_arena *a;
static struct cb_err err;

/* PARAMS apart by '&', as the predicate they mean. */
static const char *parsed(const char *params)
{
    cb_str list[8], rest = cb_str_cstr(params), one;
    struct cb_buf b = CB_BUF_INIT;
    struct cb_filter *f = NULL;
    size_t n = 0;
    const char *text;

    while (cb_str_split(&one, &rest, '&'))
        list[n++] = one;
    if (cb_filter_parse(&f, a, list, n, &err) != CB_OK)
        return err.text;
    cb_filter_put(&b, f);
    text = cb_arena_str(a, cb_buf_str(&b)).p;
    cb_buf_fini(&b);
    return text;
}

static const struct {
    const char *params, *means;
} params[] = {
    {"kind=Component", "{\"kind\":\"component\"}"},
    {"KIND = Component , spec.type=a",
     "{\"$all\":[{\"kind\":\"component\"},{\"spec.type\":\"a\"}]}"},
    {"kind=user,kind=group", "{\"kind\":{\"$in\":[\"user\",\"group\"]}}"},
    {"kind=user,KIND=group", "{\"$all\":[{\"kind\":\"user\"},{\"kind\":\"group\"}]}"},
    {"kind,kind=group", "{\"kind\":\"group\"}"},
    {"kind=user&kind=group,a", "{\"$any\":[{\"kind\":\"user\"},{\"$all\":[{\"kind\":\"group\"},{"
                               "\"a\":{\"$exists\":true}}]}]}"},
    {"a=b=c", "{\"a\":\"b=c\"}"},
    {"a=", "{\"a\":\"\"}"},
    {",, ,", "{}"},
    {",&a", "{\"a\":{\"$exists\":true}}"},
    {"!a", "{\"!a\":{\"$exists\":true}}"},
    {"metadata.annotations.example.com/Slash-Key=V1",
     "{\"metadata.annotations.example.com/slash-key\":\"v1\"}"},
    {"=x", "Invalid filter, '=x' is not a valid statement (expected a string on the form a=b or a= "
           "or a)"},
    {"a, = x", "Invalid filter, '= x' is not a valid statement (expected a string on the form a=b "
               "or a= or a)"},
};

START_TEST(parameters_mean_predicates)
{
    a = cb_arena_new();
    ck_assert_str_eq(parsed(params[_i].params), params[_i].means);
    cb_arena_free(a);
}
END_TEST

static enum cb_code read_predicate(const char *json, struct cb_filter **out)
{
    struct cb_node *n;

    ck_assert_int_eq(cb_node_parse(&n, a, cb_str_cstr(json), &err), CB_OK);
    return cb_filter_predicate(out, a, n, &err);
}

static const char *predicate(const char *json)
{
    struct cb_buf b = CB_BUF_INIT;
    struct cb_filter *f;
    const char *text;

    if (read_predicate(json, &f) != CB_OK)
        return err.text;
    cb_filter_put(&b, f);
    text = cb_arena_str(a, cb_buf_str(&b)).p;
    cb_buf_fini(&b);
    return text;
}

#define INVALID "Invalid query: Validation error: "

static const struct {
    const char *json, *means;
} predicates[] = {
    {"{}", "{\"$all\":[]}"},
    {"{\"Kind\":\"Component\",\"spec.n\":1.50,\"spec.b\":true}",
     "{\"$all\":[{\"kind\":\"component\"},{\"spec.n\":\"1.5\"},{\"spec.b\":\"true\"}]}"},
    {"{\"$all\":[]}", "{\"$all\":[]}"},
    {"{\"$any\":[]}", "{\"$any\":[]}"},
    {"{\"$any\":[{\"a\":\"b\"},{}]}", "{\"$any\":[{\"a\":\"b\"},{\"$all\":[]}]}"},
    {"{\"$not\":{\"a\":{\"$exists\":true}}}", "{\"$not\":{\"a\":{\"$exists\":true}}}"},
    {"{\"a\":{\"$exists\":false}}", "{\"$not\":{\"a\":{\"$exists\":true}}}"},
    {"{\"a\":{\"$in\":[]}}", "{\"a\":{\"$in\":[]}}"},
    {"{\"a\":{\"$in\":[\"X\",2,false]}}", "{\"a\":{\"$in\":[\"x\",\"2\",\"false\"]}}"},
    {"{\"a\":{\"$hasPrefix\":\"P_%\"}}", "{\"a\":{\"$hasPrefix\":\"p_%\"}}"},
    {"{\"a\":{\"$contains\":\"Q\"}}", "{\"a\":\"q\"}"},
    {"{\"a\":{\"$hasPrefix\":\"p\",\"$in\":[\"i\"],\"$exists\":true}}",
     "{\"a\":{\"$exists\":true}}"},
    {"{\"relations\":{\"$contains\":{\"type\":\"ownedBy\"}}}",
     "{\"relations.ownedby\":{\"$exists\":true}}"},
    {"{\"relations\":{\"$contains\":{\"TYPE\":\"ownedBy\",\"TargetRef\":\"Group:default/x\"}}}",
     "{\"relations.ownedby\":\"group:default/x\"}"},
    {"{\"relations\":{\"$contains\":{\"type\":\"t\",\"targetRef\":{\"$in\":[\"a:b/c\",\"d:e/"
     "f\"]}}}}",
     "{\"relations.t\":{\"$in\":[\"a:b/c\",\"d:e/f\"]}}"},
    {"{\"relations\":{\"$contains\":{\"targetRef\":\"x:y/z\"}}}",
     "The $contains operator for \"relations\" requires a \"type\" string property"},
    {"{\"relations\":{\"$contains\":{\"type\":\"t\",\"more\":1}}}",
     "Unsupported key \"more\" in $contains for \"relations\". Only \"type\" and \"targetRef\" are "
     "supported"},
    {"{\"relations\":{\"$contains\":{\"type\":\"t\",\"targetRef\":7}}}",
     "Unsupported value in $contains for \"relations\": expected a string or { \"$in\": [strings] "
     "}, "
     "but got 7"},
    {"{\"relations\":{\"$contains\":{\"type\":\"t\",\"targetRef\":{\"$in\":[]}}}}",
     "Empty \"$in\" array for $contains on \"relations\" is not allowed"},
    {"{\"a\":{\"$contains\":{\"b\":1}}}",
     "Object form of $contains is not supported for field \"a\""},
    {"{\"a\":[1]}",
     INVALID "the value of \"a\" must be a string, a number, a boolean or an operator"},
    {"{\"a\":null}",
     INVALID "the value of \"a\" must be a string, a number, a boolean or an operator"},
    {"{\"a\":{}}", INVALID "the value of \"a\" names no operator"},
    {"{\"a\":{\"$near\":1}}", INVALID "unknown operator \"$near\" at \"a\""},
    {"{\"$near\":1}", INVALID "Invalid at \"$near\""},
    {"{\"$all\":[],\"a\":1}", INVALID "Unrecognized key(s) in object: 'a'"},
    {"{\"$not\":{\"$any\":[{},{\"a\":1,\"$not\":{},\"b\":2}]}}",
     INVALID "Unrecognized key(s) in object: 'a', 'b' at \"$not.$any[1]\""},
    {"{\"$all\":{}}", INVALID "Invalid at \"$all\""},
    {"{\"$not\":{\"$any\":1}}", INVALID "Invalid at \"$not.$any\""},
    {"{\"$any\":[1]}", "Invalid filter predicate: top-level primitive values are not supported. "
                       "Wrap the value in a field expression, e.g. { \"kind\": 1 }"},
    {"{\"a\":{\"$exists\":1}}", INVALID "$exists of \"a\" must be true or false"},
    {"{\"a\":{\"$in\":{}}}", INVALID "$in of \"a\" must be an array"},
    {"{\"a\":{\"$in\":[null]}}", INVALID "$in of \"a\" takes strings, numbers and booleans"},
    {"[]", INVALID "expected an object"},
    {"\"kind\"", "Invalid filter predicate: top-level primitive values are not supported. "
                 "Wrap the value in a field expression, e.g. { \"kind\": \"kind\" }"},
};

START_TEST(predicates_mean_themselves)
{
    a = cb_arena_new();
    ck_assert_str_eq(predicate(predicates[_i].json), predicates[_i].means);
    cb_arena_free(a);
}
END_TEST

static char *nested(int depth)
{
    struct cb_buf b = CB_BUF_INIT;
    char *text;

    for (int i = 0; i < depth; i++)
        cb_buf_put_cstr(&b, "{\"$not\":");
    cb_buf_put_cstr(&b, "{\"a\":1}");
    for (int i = 0; i < depth; i++)
        cb_buf_put_char(&b, '}');
    text = cb_arena_dup(a, b.p, b.n);
    cb_buf_fini(&b);
    return text;
}

START_TEST(nesting_has_a_limit)
{
    struct cb_filter *f;

    a = cb_arena_new();
    ck_assert_int_eq(read_predicate(nested(CB_FILTER_DEPTH_MAX), &f), CB_OK);
    ck_assert_int_eq(read_predicate(nested(CB_FILTER_DEPTH_MAX + 1), &f), CB_ELIMIT);
    cb_arena_free(a);
}
END_TEST

START_TEST(terms_have_a_limit)
{
    struct cb_buf b = CB_BUF_INIT, json = CB_BUF_INIT;
    struct cb_filter *f;
    cb_str text;

    a = cb_arena_new();
    cb_buf_put_cstr(&json, "{\"a\":{\"$in\":[1");
    for (int i = 0; i < CB_FILTER_TERM_MAX; i++)
        cb_buf_printf(&b, ",a=%d", i);
    for (int i = 1; i < CB_FILTER_TERM_MAX; i++)
        cb_buf_printf(&json, ",%d", i);
    text = cb_arena_str(a, cb_buf_str(&b));
    ck_assert_int_eq(cb_filter_parse(&f, a, &text, 1, &err), CB_OK);
    ck_assert_int_eq(read_predicate(cb_arena_printf(a, "%s]}}", json.p).p, &f), CB_OK);
    cb_buf_put_cstr(&b, ",b");
    text = cb_arena_str(a, cb_buf_str(&b));
    ck_assert_int_eq(cb_filter_parse(&f, a, &text, 1, &err), CB_ELIMIT);
    ck_assert_int_eq(read_predicate(cb_arena_printf(a, "%s,0]}}", json.p).p, &f), CB_ELIMIT);
    cb_buf_fini(&b);
    cb_buf_fini(&json);
    cb_arena_free(a);
}
END_TEST

START_TEST(an_ended_relation_matches_nobody)
{
    struct cb_world w;
    struct cb_snapshot *s;
    struct cb_filter *f;
    cb_str seen = CB_LIT("relations.ownerOf"),
           with = CB_LIT("relations.ownerof=Component:default/A");

    a = cb_arena_new();
    cb_world_init(&w);
    cb_world_put(&w, "{\"kind\":\"Group\",\"metadata\":{\"name\":\"g\"}}", "");
    cb_world_publish(&w);
    cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"a\"}}",
                 "ownedBy group:default/g");
    cb_world_publish(&w);
    s = cb_catalog_snapshot(w.catalog);
    ck_assert_int_eq(cb_filter_parse(&f, a, &seen, 1, &err), CB_OK);
    ck_assert_uint_eq(cb_filter_count(f, s), 1);
    ck_assert_int_eq(cb_filter_parse(&f, a, &with, 1, &err), CB_OK);
    ck_assert_uint_eq(cb_filter_count(f, s), 1);
    cb_snapshot_unref(s);
    cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"a\"}}", "");
    cb_world_publish(&w);
    s = cb_catalog_snapshot(w.catalog);
    ck_assert_uint_eq(cb_filter_count(f, s), 0);
    ck_assert_int_eq(cb_filter_parse(&f, a, &seen, 1, &err), CB_OK);
    ck_assert_uint_eq(cb_filter_count(f, s), 0);
    cb_snapshot_unref(s);
    cb_world_fini(&w);
    cb_arena_free(a);
}
END_TEST

START_TEST(a_version_is_asked_with_its_status)
{
    static const struct {
        const char *filter;
        bool with, without;
    } asks[] = {
        {"status", true, false},
        {"status.items.level=ERROR", true, false},
        {"status.items.level=warning", false, false},
        {"metadata.etag", true, true},
    };
    struct cb_filter_row with = {.status = CB_LIT("{\"items\":[{\"level\":\"error\"}]}")}, without = {0};

    a = cb_arena_new();
    for (size_t i = 0; i < CB_COUNT(asks); i++) {
        cb_str text = cb_str_cstr(asks[i].filter);
        struct cb_filter *f;

        ck_assert_int_eq(cb_filter_parse(&f, a, &text, 1, &err), CB_OK);
        ck_assert_int_eq(cb_filter_match_row(f, &with, a), asks[i].with);
        ck_assert_int_eq(cb_filter_match_row(f, &without, a), asks[i].without);
    }
    cb_arena_free(a);
}
END_TEST

static size_t matching(struct cb_world *w, const char *filter)
{
    struct cb_snapshot *s = cb_catalog_snapshot(w->catalog);
    cb_str text = cb_str_cstr(filter);
    struct cb_filter *f;
    size_t n;

    ck_assert_int_eq(cb_filter_parse(&f, a, &text, 1, &err), CB_OK);
    n = cb_filter_count(f, s);
    cb_snapshot_unref(s);
    return n;
}

START_TEST(problems_are_those_of_the_generation_and_of_the_sources_that_still_have_them)
{
    struct cb_world w;
    cb_str x, y;

    a = cb_arena_new();
    cb_world_init(&w);
    x = cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"x\"}}", "ownedBy group:default/nobody");
    y = cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"y\"}}", "");
    cb_world_fault(&w, 1, x, "field-format", "error");
    cb_world_fault(&w, 1, x, "name-conflict", "error");
    cb_world_fault(&w, 2, y, "field-format", "warning");
    cb_world_publish(&w);
    ck_assert_uint_eq(matching(&w, "problems"), 2);
    ck_assert_uint_eq(matching(&w, "problems.rule=FIELD-format"), 2);
    ck_assert_uint_eq(matching(&w, "problems.severity=error"), 1);
    ck_assert_uint_eq(matching(&w, "problems.rule=dangling-reference,problems.severity=warning"), 1);
    ck_assert_uint_eq(matching(&w, "problems.rule=nothing"), 0);
    ck_assert_uint_eq(matching(&w, "problems.nothing"), 0);
    ck_assert_uint_eq(matching(&w, "health=problems"), 2);
    ck_assert_uint_eq(matching(&w, "health=error"), 1);
    ck_assert_uint_eq(matching(&w, "health=warning"), 2); /* x is owned by nobody */
    ck_assert_uint_eq(matching(&w, "health=well"), 0);
    cb_world_mended(&w, 1);
    cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"left\",\"annotations\":{\"backstage.io/orphan\":\"true\"}}}", "");
    cb_world_put(&w, "{\"kind\":\"Group\",\"metadata\":{\"name\":\"nobody\"}}", "");
    cb_world_publish(&w);
    ck_assert_uint_eq(matching(&w, "problems"), 1);
    ck_assert_uint_eq(matching(&w, "health=WELL"), 2);
    ck_assert_uint_eq(matching(&w, "health=orphan"), 1);
    ck_assert_uint_eq(matching(&w, "health=orphan,health=well"), 3); /* either */
    ck_assert_uint_eq(matching(&w, "health"), 4);
    ck_assert_uint_eq(matching(&w, "problems.rule=field-format,metadata.name=y"), 1);
    cb_world_del(&w, y);
    cb_world_publish(&w);
    ck_assert_uint_eq(matching(&w, "problems"), 0);
    ck_assert_uint_eq(matching(&w, "health=problems"), 0);
    ck_assert_uint_eq(matching(&w, "health=warning"), 0);
    cb_world_fault(&w, 1, x, "name-conflict", "error");
    cb_world_publish(&w);
    ck_assert_uint_eq(matching(&w, "health=warning"), 0); /* behind the last severity that there is */
    ck_assert_uint_eq(matching(&w, "health=error"), 1);
    cb_world_mended(&w, 1);
    cb_world_publish(&w);
    cb_world_put(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"y\"}}", "");
    cb_world_publish(&w);
    ck_assert_uint_eq(matching(&w, "problems.rule"), 1); /* of the same name, whoever said it */
    cb_world_fini(&w);
    cb_arena_free(a);
}
END_TEST

CB_SUITE(filter)
{
    CB_TEST(suite, problems_are_those_of_the_generation_and_of_the_sources_that_still_have_them);
    CB_TEST(suite, a_version_is_asked_with_its_status);
    CB_LOOP_TEST(suite, parameters_mean_predicates, CB_COUNT(params));
    CB_LOOP_TEST(suite, predicates_mean_themselves, CB_COUNT(predicates));
    CB_TEST(suite, nesting_has_a_limit);
    CB_TEST(suite, terms_have_a_limit);
    CB_TEST(suite, an_ended_relation_matches_nobody);
}
