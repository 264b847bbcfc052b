#include "catalog/search/query.h"

#include "catalog/base/hash.h"
#include "tests/support/unit.h"
#include "tests/support/world.h"

static struct cb_world w;
static struct cb_snapshot *s;
static struct cb_arena *a;
static struct cb_err err;

static void put(const char *name, const char *rest)
{
    cb_world_put(
        &w,
        cb_arena_printf(a, "{\"kind\":\"Component\",\"metadata\":{\"name\":\"%s\"%s}", name, rest)
            .p,
        "");
}

/* Three generations, one entity changed, one gone. */
static void begin(void)
{
    cb_world_init(&w);
    a = cb_arena_new();
    put("b", ",\"title\":\"Beta\"},\"spec\":{\"type\":\"x\"}");
    put("D", ",\"title\":\"delta_1\"},\"spec\":{}");
    put("e", "},\"spec\":{\"type\":\"X\"}");
    cb_world_publish(&w);
    put("a", "},\"spec\":{\"type\":\"y\"}");
    put("b", ",\"title\":\"BETA 100%\"},\"spec\":{\"type\":\"x\"}");
    cb_world_publish(&w);
    put("c", "},\"spec\":{\"type\":null}");
    cb_world_del(&w, CB_LIT("component:default/e"));
    put("f", ",\"tags\":[\"z\",\"A\"]},\"spec\":{\"type\":\"X\"}");
    cb_world_publish(&w);
    s = cb_catalog_snapshot(w.catalog);
}

static void end(void)
{
    cb_snapshot_unref(s);
    cb_arena_free(a);
    cb_world_fini(&w);
}

/* Names in order, then "+" when there is more. */
static const char *names(const struct cb_page *page)
{
    struct cb_buf b = CB_BUF_INIT;
    const char *text;

    for (size_t i = 0; i < page->n; i++) {
        cb_str id = cb_doc_id(s, page->docs[i]);

        cb_buf_printf(&b, "%s%" CB_FMT, i ? " " : "",
                      CB_ARG(cb_str_sub(id, cb_str_find_char(id, '/', 0) + 1, id.n)));
    }
    cb_buf_put_cstr(&b, page->more ? " +" : "");
    text = cb_arena_str(a, cb_buf_str(&b)).p;
    cb_buf_fini(&b);
    return text;
}

static struct cb_page ask(struct cb_query q)
{
    struct cb_page page;

    q.count = true;
    ck_assert_msg(cb_query_run(&page, s, &q, a, &err) == CB_OK, "%s", err.text);
    return page;
}

static const char *ordered(const char *field, bool desc, bool drops)
{
    struct cb_order o = {cb_str_cstr(field), desc};
    struct cb_page page = ask(
        (struct cb_query){.order = &o, .order_n = 1, .order_drops_missing = drops, .limit = -1});

    return names(&page);
}

START_TEST(an_order_puts_the_missing_last_or_drops_them)
{
    begin();
    ck_assert_str_eq(ordered("spec.type", false, false), "b f a c d");
    ck_assert_str_eq(ordered("spec.type", true, false), "a b f c d");
    ck_assert_str_eq(ordered("SPEC.type", true, true), "a b f");
    ck_assert_str_eq(ordered("metadata.name", false, false), "a b c d f");
    ck_assert_str_eq(ordered("metadata.name", true, false), "f d c b a");
    ck_assert_str_eq(ordered("no.such.field", true, false), "a b c d f");
    ck_assert_str_eq(ordered("no.such.field", false, true), "");
    ck_assert_str_eq(ordered("metadata.tags", false, true), "f");
    end();
}
END_TEST

START_TEST(without_an_order_it_is_by_ref_or_by_uid)
{
    struct cb_page page;
    uint8_t last[16] = {0}, uid[16];

    begin();
    page = ask((struct cb_query){.limit = -1});
    ck_assert_str_eq(names(&page), "a b c d f");
    page = ask((struct cb_query){.limit = -1, .default_by_uid = true});
    ck_assert_uint_eq(page.n, 5);
    for (size_t i = 0; i < page.n; i++) {
        cb_uuid5(uid, cb_doc_id(s, page.docs[i]));
        ck_assert_int_lt(memcmp(last, uid, 16), 0);
        memcpy(last, uid, 16);
    }
    end();
}
END_TEST

/* All pages of SIZE, forward, each name once. */
static void pages_by_uid(int64_t size)
{
    struct cb_query q = {.limit = size, .default_by_uid = true, .count = true};
    struct cb_page page = ask(q);
    struct cb_cursor *c;
    size_t n = page.n;

    while (page.next.n) {
        ck_assert_int_eq(cb_cursor_parse(&c, a, page.next, &err), CB_OK);
        ck_assert_uint_eq(c->order_n, 0);
        ck_assert_uint_eq(c->at.id.n, CB_UUID_TEXT);
        q.cursor = c;
        page = ask(q);
        n += page.n;
        ck_assert_int_eq(page.prev.n > 0, 1);
    }
    ck_assert_uint_eq(n, 5);
}

START_TEST(pages_by_uid_hold_everybody_once)
{
    begin();
    for (int64_t size = 1; size <= 5; size++)
        pages_by_uid(size);
    end();
}
END_TEST

START_TEST(a_place_given_by_uid_is_found)
{
    struct cb_cursor c = {.order_n = 1, .placed = true, .first = true};
    struct cb_page page;
    uint8_t uid[16];
    char text[CB_UUID_TEXT + 1];

    begin();
    c.orders[0] = (struct cb_order){CB_LIT("spec.type"), false};
    cb_uuid5(uid, CB_LIT("component:default/b"));
    cb_uuid_format(text, uid);
    c.at = (struct cb_order_at){.values = {CB_LIT("x")}, .id = cb_str_cstr(text)};
    page = ask((struct cb_query){.cursor = &c, .limit = 2, .order_drops_missing = true});
    ck_assert_str_eq(names(&page), "f a");
    ck_assert_uint_eq(page.total, 3);
    /* Somebody who is gone: nobody of his value is left out. */
    c.at.id = CB_LIT("00000000-0000-4000-8000-000000000000");
    page = ask((struct cb_query){.cursor = &c, .limit = 2, .order_drops_missing = true});
    ck_assert_str_eq(names(&page), "b f +");
    end();
}
END_TEST

START_TEST(offset_and_limit_cut_a_page_out)
{
    struct cb_page page;

    begin();
    page = ask((struct cb_query){.limit = 2, .offset = 1});
    ck_assert_str_eq(names(&page), "b c +");
    ck_assert(page.before);
    page = ask((struct cb_query){.limit = 2, .offset = 3});
    ck_assert_str_eq(names(&page), "d f");
    page = ask((struct cb_query){.limit = 2, .offset = 9});
    ck_assert_str_eq(names(&page), "");
    ck_assert_uint_eq(page.total, 5);
    page = ask((struct cb_query){.limit = 0});
    ck_assert_str_eq(names(&page), "");
    ck_assert_uint_eq(page.total, 5);
    ck_assert_uint_eq(page.next.n + page.prev.n, 0);
    end();
}
END_TEST

START_TEST(a_text_is_literal_and_has_sensible_fields)
{
    cb_str title = CB_LIT("metadata.title");
    struct cb_page page;

    begin();
    page = ask((struct cb_query){
        .limit = -1, .text = CB_LIT("  beta "), .text_fields = &title, .text_field_n = 1});
    ck_assert_str_eq(names(&page), "b");
    page = ask((struct cb_query){
        .limit = -1, .text = CB_LIT("a_1"), .text_fields = &title, .text_field_n = 1});
    ck_assert_str_eq(names(&page), "d");
    page = ask((struct cb_query){
        .limit = -1, .text = CB_LIT("t_"), .text_fields = &title, .text_field_n = 1});
    ck_assert_str_eq(names(&page), "");
    page = ask((struct cb_query){
        .limit = -1, .text = CB_LIT("100%"), .text_fields = &title, .text_field_n = 1});
    ck_assert_str_eq(names(&page), "b");
    page = ask((struct cb_query){.limit = -1, .text = CB_LIT("elt")});
    ck_assert_str_eq(names(&page), "d");
    page = ask((struct cb_query){.limit = -1, .text = CB_LIT("   ")});
    ck_assert_uint_eq(page.n, 5);
    end();
}
END_TEST

START_TEST(order_fields_have_a_limit)
{
    struct cb_order o[CB_ORDER_FIELD_MAX + 1];
    struct cb_query q = {.order = o, .order_n = CB_ORDER_FIELD_MAX, .limit = 1};
    struct cb_page page;

    begin();
    for (size_t i = 0; i < CB_COUNT(o); i++)
        o[i] = (struct cb_order){CB_LIT("kind"), false};
    ck_assert_int_eq(cb_query_run(&page, s, &q, a, &err), CB_OK);
    q.order_n++;
    ck_assert_int_eq(cb_query_run(&page, s, &q, a, &err), CB_ELIMIT);
    end();
}
END_TEST

START_TEST(facets_tell_each_casing_and_have_a_limit)
{
    cb_str asked[CB_FACET_MAX + 1];
    struct cb_facet out[CB_FACET_MAX + 1];

    begin();
    for (size_t i = 0; i < CB_COUNT(asked); i++)
        asked[i] = CB_LIT("Spec.Type");
    ck_assert_int_eq(cb_facet_run(out, s, NULL, asked, CB_FACET_MAX, a, &err), CB_OK);
    ck_assert(cb_str_eq(out[0].name, CB_LIT("Spec.Type")));
    ck_assert_uint_eq(out[0].n, 3);
    ck_assert(cb_str_eq(out[0].values[0].value, CB_LIT("X")));
    ck_assert(cb_str_eq(out[0].values[2].value, CB_LIT("y")));
    ck_assert_int_eq(cb_facet_run(out, s, NULL, asked, CB_FACET_MAX + 1, a, &err), CB_ELIMIT);
    end();
}
END_TEST

CB_SUITE(query)
{
    CB_TEST(suite, an_order_puts_the_missing_last_or_drops_them);
    CB_TEST(suite, without_an_order_it_is_by_ref_or_by_uid);
    CB_TEST(suite, pages_by_uid_hold_everybody_once);
    CB_TEST(suite, a_place_given_by_uid_is_found);
    CB_TEST(suite, offset_and_limit_cut_a_page_out);
    CB_TEST(suite, a_text_is_literal_and_has_sensible_fields);
    CB_TEST(suite, order_fields_have_a_limit);
    CB_TEST(suite, facets_tell_each_casing_and_have_a_limit);
}
