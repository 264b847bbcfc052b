#include "server/http/router.h"

#include <stdlib.h>
#include <zlib.h>

#include "server/http/gzip.h"
#include "tests/support/ask.h"
#include "tests/support/unit.h"

static struct cb_ask ask; /* of all tests here */

static void drop(void)
{
    cb_ask_fini(&ask);
}

/* What is asked, and the answer's status and a part of its body. */
static const struct {
    enum cb_method method;
    const char *target, *body;
    int status;
    const char *part;
} asked[] = {
    {CB_GET, "/api/catalog/entities/by-name/Component/default/CHECKOUT/", NULL, 200, "\"name\":\"checkout\""},
    {CB_GET, "/API/CATALOG/Entities/By-Name/component/default/checkout", NULL, 200, "\"name\":\"checkout\""},
    {CB_HEAD, "/api/catalog/entities", NULL, 200, "["},
    {CB_GET, "/api/catalog/entities?limit=1", NULL, 200, "["},
    {CB_GET, "/api/catalog/entities/by-query?filter=kind=group", NULL, 200, "\"totalItems\":1"},
    {CB_POST, "/api/catalog/entities/by-query", "{\"query\":{\"kind\":\"group\"}}", 200, "\"totalItems\":1"},
    {CB_GET, "/api/catalog/entity-facets?facet=kind", NULL, 200, "{\"value\":\"Component\",\"count\":2}"},
    {CB_GET, "/api/graph/component/default/checkout", NULL, 200, "\"missing\":true"},
    {CB_GET, "/api/graph/component/default/checkout/impact", NULL, 200, "\"direction\":\"in\",\"relations\":[\"providesApi\","},
    {CB_GET, "/api/graph/component/default/checkout/impact?format=csv", NULL, 200, "ref,kind,title,"},
    {CB_GET, "/api/graph/path?from=checkout&to=checkout", NULL, 200, "\"paths\":[{\"length\":0,"},
    {CB_GET, "/api/graph/path?from=checkout", NULL, 400, "to"},
    {CB_GET, "/api/session", NULL, 200, "\"guest\":true"},
    {CB_GET, "/healthz", NULL, 200, "ok"},
    {CB_GET, "/readyz", NULL, 200, "\"entities\":3"},
    {CB_GET, "/api/catalog/openapi.json", NULL, 200, "\"openapi\":\"3.1.0\""},
    {CB_GET, "/somewhere", NULL, 200, "callboard is running"},
    {CB_GET, "/assets/x.js", NULL, 404, "no such file of the portal"},
    {CB_GET, "/api/sources", NULL, 503, "there is no database to ask"},
    {CB_GET, "/api/problems", NULL, 503, "there is no database to ask"},
    {CB_POST, "/api/catalog/refresh", "{\"entityRef\":\"component:default/checkout\"}", 503, "there is no database to ask"},
    {CB_GET, "/api", NULL, 404, ""},
    {CB_GET, "/api/catalog/entities/by-name/a/b", NULL, 404, ""},
    {CB_GET, "/api/catalog/entities/by-name//default/checkout", NULL, 404, ""},
    {CB_GET, "/api/catalog//entities", NULL, 404, ""},
    {CB_GET, "/api/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o", NULL, 404, ""},
    {CB_DELETE, "/api/catalog/entities", NULL, 404, ""},
    {CB_METHOD_OTHER, "/api/catalog/entities", NULL, 404, ""},
    {CB_GET, "*", NULL, 404, ""},
};

START_TEST(a_request_finds_its_route)
{
    struct cb_asking q = {.method = asked[_i].method, .target = cb_str_cstr(asked[_i].target), .body = cb_str_cstr(asked[_i].body)};
    struct cb_buf body = CB_BUF_INIT;
    int status = cb_ask(&body, NULL, &ask, &q);

    cb_buf_put_cstr(&body, "");
    ck_assert_msg(status == asked[_i].status, "%s: %d %s", asked[_i].target, status, body.p);
    if (asked[_i].part[0])
        ck_assert_msg(body.n && strstr(body.p, asked[_i].part), "%s: %s", asked[_i].target, body.p);
    else
        ck_assert_uint_eq(body.n, 0);
    cb_buf_fini(&body);
}
END_TEST

START_TEST(a_row_of_the_table_is_whole)
{
    const struct cb_route *r = cb_router_row((size_t)_i);

    ck_assert(r->handler && r->operation && r->summary && r->pattern[0] == '/');
    ck_assert_uint_eq(cb_router_index(r), (size_t)_i);
    ck_assert_msg(r->method == CB_GET || r->right > CB_RIGHT_READ || r->right == CB_RIGHT_SIGNED ||
                      r->flags & (CB_ROUTE_CATALOG | CB_ROUTE_WORKER),
                  "%s changes something: reading is not right enough", r->operation);
    for (size_t i = 0; i < cb_router_n(); i++)
        ck_assert_msg(i == (size_t)_i || strcmp(cb_router_row(i)->operation, r->operation) != 0, "%s is there twice", r->operation);
}
END_TEST

START_TEST(an_etag_is_answered_304_without_a_body)
{
    struct cb_asking q = {.method = CB_GET, .target = CB_LIT("/api/catalog/entities")};
    struct cb_buf body = CB_BUF_INIT;
    struct cb_reply rp;

    q.headers.if_none_match = CB_LIT("W/\"11111111-1\"");
    ck_assert_int_eq(cb_ask(&body, &rp, &ask, &q), 304);
    ck_assert(rp.etag && body.n == 0);
    q.headers.if_none_match = CB_LIT("W/\"11111111-2\"");
    ck_assert_int_eq(cb_ask(&body, &rp, &ask, &q), 200);
    cb_buf_fini(&body);
}
END_TEST

static cb_str unzip(struct cb_arena *a, cb_str packed, size_t most)
{
    z_stream z = {0};
    char *out = cb_arena_alloc(a, most);

    ck_assert_int_eq(inflateInit2(&z, 31), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)packed.p;
    z.avail_in = (unsigned)packed.n;
    z.next_out = (unsigned char *)out;
    z.avail_out = (unsigned)most;
    ck_assert_int_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
    inflateEnd(&z);
    return cb_str_make(out, most - z.avail_out);
}

START_TEST(a_body_comes_out_of_gzip_as_it_went_in)
{
    static const size_t sizes[] = {0, 1, 1000, 65536, 1000000};
    size_t n = sizes[_i];
    struct cb_arena *a = cb_arena_new();
    struct cb_gzip *z = cb_gzip_new();
    char *text = cb_arena_alloc(a, n + 1);

    for (size_t i = 0; i < n; i++)
        text[i] = (char)(i * 2654435761u >> 24);
    for (int round = 0; round < 2; round++) { /* whole, then in pieces with the same memory */
        struct cb_buf packed = CB_BUF_INIT;
        size_t step = round ? 777 : n + 1;

        cb_gzip_reset(z);
        for (size_t at = 0; at < n; at += step)
            cb_gzip_put(z, &packed, cb_str_make(text + at, at + step < n ? step : n - at), false);
        cb_gzip_put(z, &packed, CB_LIT(""), true);
        ck_assert(cb_str_eq(unzip(a, cb_buf_str(&packed), n + 100), cb_str_make(text, n)));
        cb_buf_fini(&packed);
    }
    cb_gzip_free(z);
    cb_arena_free(a);
}
END_TEST

CB_SUITE(router)
{
    cb_ask_init(&ask);
    atexit(drop);
    CB_LOOP_TEST(suite, a_request_finds_its_route, CB_COUNT(asked));
    CB_LOOP_TEST(suite, a_row_of_the_table_is_whole, cb_router_n());
    CB_TEST(suite, an_etag_is_answered_304_without_a_body);
    CB_LOOP_TEST(suite, a_body_comes_out_of_gzip_as_it_went_in, 5);
}
