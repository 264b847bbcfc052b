#include "catalog/search/project.h"

#include "tests/support/unit.h"
#include "tests/support/world.h"

static const char *const entity =
    "{\"metadata\":{\"name\":\"n\",\"annotations\":{\"example.com/"
    "slash-key\":\"V\",\"a\":{\"b\":1},\"a.b\":2,\"q\\\"uote\":3,\"7\":\"seven\"},"
    "\"tags\":[\"x\",\"y}\\\"\",\"z\"]},\"kind\":\"Component\",\"spec\":{\"list\":[{\"k\":\"v\"},["
    "1,2]],\"none\":null,\"dot.\":4,\"\":{\"e\":5}},"
    "\"relations\":[{\"type\":\"t\"}]}";

static const struct {
    const char *fields, *cut;
} rows[] = {
    {"kind", "{\"kind\":\"Component\"}"},
    {"kind,metadata.name", "{\"kind\":\"Component\",\"metadata\":{\"name\":\"n\"}}"},
    {"metadata.name,kind", "{\"metadata\":{\"name\":\"n\"},\"kind\":\"Component\"}"},
    {"metadata.annotations.example.com/slash-key",
     "{\"metadata\":{\"annotations\":{\"example.com/slash-key\":\"V\"}}}"},
    {"metadata.annotations.a.b", "{\"metadata\":{\"annotations\":{\"a\":{\"b\":1}}}}"},
    {"metadata.annotations.q\"uote", "{\"metadata\":{\"annotations\":{\"q\\\"uote\":3}}}"},
    {"metadata.annotations.7", "{\"metadata\":{\"annotations\":{\"7\":\"seven\"}}}"},
    {"metadata.tags.0", "{\"metadata\":{\"tags\":[\"x\"]}}"},
    {"metadata.tags.2,metadata.tags.0", "{\"metadata\":{\"tags\":[\"x\",null,\"z\"]}}"},
    {"metadata.tags.1", "{\"metadata\":{\"tags\":[null,\"y}\\\"\"]}}"},
    {"metadata.tags.3", "{}"},
    {"metadata.tags.x", "{}"},
    {"metadata.tags.00", "{}"},
    {"spec.list.0.k", "{\"spec\":{\"list\":[{\"k\":\"v\"}]}}"},
    {"spec.list.1.1,spec.list.0", "{\"spec\":{\"list\":[{\"k\":\"v\"},[null,2]]}}"},
    {"spec.list.k", "{}"},
    {"spec.none", "{\"spec\":{\"none\":null}}"},
    {"spec.none.x", "{}"},
    {"spec.dot.", "{\"spec\":{\"dot.\":4}}"},
    {"spec..e", "{\"spec\":{\"\":{\"e\":5}}}"},
    {"Kind", "{}"},
    {"kind.x", "{}"},
    {"nothing,metadata.nothing,spec",
     "{\"spec\":{\"list\":[{\"k\":\"v\"},[1,2]],\"none\":null,\"dot.\":4,\"\":{\"e\":5}}}"},
    {"spec.none,spec",
     "{\"spec\":{\"list\":[{\"k\":\"v\"},[1,2]],\"none\":null,\"dot.\":4,\"\":{\"e\":5}}}"},
    {"metadata.tags,metadata.tags.1", "{\"metadata\":{\"tags\":[\"x\",\"y}\\\"\",\"z\"]}}"},
    {"kind,kind", "{\"kind\":\"Component\"}"},
    {" kind , ", "{\"kind\":\"Component\"}"},
    {".", "{}"},
};

static struct cb_arena *a;
static struct cb_err err;

START_TEST(fields_are_cut_out)
{
    struct cb_buf out = CB_BUF_INIT;
    struct cb_fields *f;
    cb_str param = cb_str_cstr(rows[_i].fields);

    a = cb_arena_new();
    ck_assert_int_eq(cb_fields_parse(&f, a, &param, 1, true, &err), CB_OK);
    cb_fields_cut(&out, f, cb_str_cstr(entity));
    ck_assert_str_eq(out.p, rows[_i].cut);
    cb_buf_fini(&out);
    cb_arena_free(a);
}
END_TEST

START_TEST(bodies_list_fields_without_commas)
{
    cb_str params[] = {CB_LIT("kind"), CB_LIT("a,b"), CB_LIT("kind")};
    struct cb_buf out = CB_BUF_INIT;
    struct cb_fields *f;

    a = cb_arena_new();
    ck_assert_int_eq(cb_fields_parse(&f, a, params, 3, false, &err), CB_OK);
    cb_fields_cut(&out, f, CB_LIT("{\"a\":1,\"a,b\":2,\"kind\":3}"));
    ck_assert_str_eq(out.p, "{\"kind\":3,\"a,b\":2}");
    ck_assert_int_eq(cb_fields_parse(&f, a, params, 0, false, &err), CB_OK);
    ck_assert_ptr_null(f);
    cb_buf_fini(&out);
    cb_arena_free(a);
}
END_TEST

START_TEST(array_brackets_are_refused)
{
    cb_str param = CB_LIT("kind,metadata.tags[0]");
    struct cb_fields *f;

    a = cb_arena_new();
    ck_assert_int_eq(cb_fields_parse(&f, a, &param, 1, true, &err), CB_EINVAL);
    ck_assert_str_eq(err.text,
                     "Invalid field \"metadata.tags[0]\", array type fields are not supported");
    cb_arena_free(a);
}
END_TEST

START_TEST(fields_have_a_limit)
{
    struct cb_buf b = CB_BUF_INIT;
    struct cb_fields *f;
    cb_str param;

    a = cb_arena_new();
    for (int i = 0; i < CB_FIELD_MAX; i++)
        cb_buf_printf(&b, "f%d,", i);
    param = cb_buf_str(&b);
    ck_assert_int_eq(cb_fields_parse(&f, a, &param, 1, true, &err), CB_OK);
    cb_buf_put_cstr(&b, "one.more");
    param = cb_buf_str(&b);
    ck_assert_int_eq(cb_fields_parse(&f, a, &param, 1, true, &err), CB_ELIMIT);
    cb_buf_clear(&b);
    for (int i = 0; i < CB_FIELD_BYTES_MAX; i++)
        cb_buf_put_char(&b, 'x');
    param = cb_buf_str(&b);
    ck_assert_int_eq(cb_fields_parse(&f, a, &param, 1, true, &err), CB_OK);
    cb_buf_put_char(&b, 'x');
    param = cb_buf_str(&b);
    ck_assert_int_eq(cb_fields_parse(&f, a, &param, 1, true, &err), CB_ELIMIT);
    cb_buf_fini(&b);
    cb_arena_free(a);
}
END_TEST

START_TEST(what_is_not_stored_can_be_asked_for)
{
    static const char *const asked[] = {"relations", "status.items", "metadata.etag", "metadata"};
    struct cb_world w;
    struct cb_snapshot *s;
    struct cb_buf out = CB_BUF_INIT;
    cb_doc d;

    a = cb_arena_new();
    cb_world_init(&w);
    cb_world_put_status(&w, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"a\"}}",
                        "ownedBy group:default/g", "{\"items\":[1]}");
    cb_world_publish(&w);
    s = cb_catalog_snapshot(w.catalog);
    ck_assert(cb_snapshot_find(&d, s, CB_LIT("component:default/a")));
    for (size_t i = 0; i < CB_COUNT(asked); i++) {
        cb_str param = cb_str_cstr(asked[i]);
        struct cb_fields *f;

        cb_buf_clear(&out);
        ck_assert_int_eq(cb_fields_parse(&f, a, &param, 1, true, &err), CB_OK);
        cb_fields_put(&out, f, s, d);
        ck_assert_ptr_null(strstr(out.p, "0000000000000000"));
        ck_assert_uint_gt(out.n, 15);
        if (i == 0)
            ck_assert_str_eq(
                out.p,
                "{\"relations\":[{\"type\":\"ownedBy\",\"targetRef\":\"group:default/g\"}]}");
        if (i == 1)
            ck_assert_str_eq(out.p, "{\"status\":{\"items\":[1]}}");
    }
    cb_snapshot_unref(s);
    cb_buf_fini(&out);
    cb_world_fini(&w);
    cb_arena_free(a);
}
END_TEST

CB_SUITE(project)
{
    CB_LOOP_TEST(suite, fields_are_cut_out, CB_COUNT(rows));
    CB_TEST(suite, bodies_list_fields_without_commas);
    CB_TEST(suite, array_brackets_are_refused);
    CB_TEST(suite, fields_have_a_limit);
    CB_TEST(suite, what_is_not_stored_can_be_asked_for);
}
