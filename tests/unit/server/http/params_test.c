#include "server/http/params.h"

#include <stdlib.h>

#include "catalog/base/buf.h"
#include "tests/support/unit.h"

static const struct cb_param_rule rules[] = {
    {"filter", CB_PARAM_LIST, false, 0, 0, NULL},
    {"limit", CB_PARAM_INT, false, 1, 10, NULL},
    {"offset", CB_PARAM_INT, false, 0, 0, NULL},
    {"cursor", CB_PARAM_TEXT, false, 0, 0, NULL},
    {"total", CB_PARAM_WORD, false, 0, 0, "include, exclude"},
    {0},
};

static struct cb_arena *a; /* of all tests here */

static void drop(void)
{
    cb_arena_free(a);
}

static enum cb_code check(const char *query, struct cb_params *ps, struct cb_err *err)
{
    enum cb_code rc = cb_params_parse(ps, a, cb_str_cstr(query), err);

    return rc == CB_OK ? cb_params_check(ps, rules, NULL, err) : rc;
}

START_TEST(parameters_are_unescaped_and_kept_in_order)
{
    struct cb_params ps;
    struct cb_err err = {0};
    const cb_str *filters;

    ck_assert_msg(check("filter=a%3Db+c&limit=10&&filter[]=%7a%&cursor=x%2", &ps, &err) == CB_OK, "%s", err.text);
    ck_assert_uint_eq(cb_params_all(&filters, a, &ps, "filter"), 2);
    ck_assert(cb_str_eq(filters[0], CB_LIT("a=b c")));
    ck_assert(cb_str_eq(filters[1], CB_LIT("z%")));
    ck_assert_int_eq(cb_params_int(&ps, "limit", 7), 10);
    ck_assert_int_eq(cb_params_int(&ps, "offset", 7), 7);
    ck_assert(cb_str_eq(cb_params_get(&ps, "cursor"), CB_LIT("x%2")));
    ck_assert_ptr_null(cb_params_get(&ps, "total").p);
    ck_assert_uint_eq(cb_params_all(&filters, a, &ps, "total"), 0);
}
END_TEST

static const struct {
    const char *query, *answer;
} wrong[] = {
    {"nope=1", "Unknown query parameter 'nope'"},
    {"Filter=1", "Unknown query parameter 'Filter'"},
    {"filter=", "Empty value found for query parameter 'filter'"},
    {"filter", "Empty value found for query parameter 'filter'"},
    {"limit=x", "request/query/limit must be integer"},
    {"limit=1.5", "request/query/limit must be integer"},
    {"limit=0x", "request/query/limit must be integer"},
    {"limit=0x1p3", "request/query/limit must be integer"},
    {"limit=inf", "request/query/limit must be integer"},
    {"limit=1e400", "request/query/limit must be integer"},
    {"limit=9007199254740993", "request/query/limit must be <= 10"},
    {"limit=0xb", "request/query/limit must be <= 10"},
    {"limit[]=1", "request/query/limit must be integer"},
    {"limit[a]=1", "request/query/limit must be integer"},
    {"filter[x]=a", "request/query/filter/0 must be string"},
    {"filter=a&filter[21]=a", "request/query/filter/1 must be string"},
    {"filter[a][b]=c", "request/query/filter/0 must be string"},
    {"limit=0", "request/query/limit must be >= 1"},
    {"limit=11", "request/query/limit must be <= 10"},
    {"offset=-1", "request/query/offset must be >= 0"},
    {"limit=1&limit=1", "request/query/limit must be integer"},
    {"cursor=a&cursor=a", "request/query/cursor must be string"},
    {"total=both", "request/query/total must be equal to one of the allowed values: include, exclude"},
};

START_TEST(integers_are_read_as_javascript_does)
{
    static const struct {
        const char *query;
        int64_t is;
    } rows[] = {{"limit=1e1", 10}, {"limit=0x0A", 10}, {"limit=%207", 7},
                {"limit=+3", 3},   {"limit=03", 3},    {"limit=2.0", 2}};

    for (size_t i = 0; i < CB_COUNT(rows); i++) {
        struct cb_params ps;
        struct cb_err err = {0};

        ck_assert_msg(check(rows[i].query, &ps, &err) == CB_OK, "%s: %s", rows[i].query, err.text);
        ck_assert_int_eq(cb_params_int(&ps, "limit", -1), rows[i].is);
    }
}
END_TEST

START_TEST(lists_are_written_in_three_ways_and_one_of_several_may_be_empty)
{
    struct cb_params ps;
    struct cb_err err = {0};
    const cb_str *filters;

    ck_assert_msg(check("filter[20]=a&filter=&filter%5B%5D=c&__proto__=1&=x", &ps, &err) == CB_OK, "%s", err.text);
    ck_assert_uint_eq(cb_params_all(&filters, a, &ps, "filter"), 3);
    ck_assert(cb_str_eq(filters[2], CB_LIT("c")));
}
END_TEST

START_TEST(wrong_parameters_are_said)
{
    struct cb_params ps;
    struct cb_err err = {0};

    ck_assert_int_eq(check(wrong[_i].query, &ps, &err), CB_EINVAL);
    ck_assert_str_eq(err.text, wrong[_i].answer);
}
END_TEST

START_TEST(so_many_parameters_and_no_more)
{
    struct cb_buf query = CB_BUF_INIT;
    struct cb_params ps;
    struct cb_err err = {0};

    for (int i = 0; i < CB_PARAM_N_MAX; i++)
        cb_buf_put_cstr(&query, i ? "&filter=x" : "filter=x");
    ck_assert_int_eq(check(query.p, &ps, &err), CB_OK);
    cb_buf_put_cstr(&query, "&filter=x");
    ck_assert_int_eq(check(query.p, &ps, &err), CB_ELIMIT);
    cb_buf_fini(&query);
}
END_TEST

static const struct {
    const char *header, *value;
} cookies[] = {
    {"s=1", "1"}, {"a=b; s=1; c=d", "1"}, {"s=\"1\"", "1"}, {" s = 1 ", "1"},  {"xs=1", ""}, {"s", ""},
    {"", ""},     {"a=s=1", ""},          {"s=a=b", "a=b"}, {"s=1; s=2", "1"},
};

START_TEST(a_cookie_is_found_by_its_whole_name)
{
    ck_assert(cb_str_eq(cb_cookie_get(cb_str_cstr(cookies[_i].header), CB_LIT("s")), cb_str_cstr(cookies[_i].value)));
}
END_TEST

static const struct {
    const char *header;
    bool gzip;
} codings[] = {
    {"gzip", true},        {"GZIP", true},    {"br, gzip", true},     {"gzip;q=0.1", true},   {"*", true},
    {"br, *;q=0.5", true}, {"", false},       {"br", false},          {"gzip;q=0", false},    {"gzip; q=0.000", false},
    {"*;q=0", false},      {"x-gzip", false}, {"*, gzip;q=0", false}, {"gzip;level=1", true}, {"identity", false},
};

START_TEST(a_coding_is_taken_unless_refused)
{
    ck_assert_int_eq(cb_accepts_coding(cb_str_cstr(codings[_i].header), CB_LIT("gzip")), codings[_i].gzip);
}
END_TEST

static const struct {
    const char *header;
    bool same;
} etags[] = {
    {"W/\"a-1\"", true}, {"\"a-1\"", true}, {"\"x\", W/\"a-1\"", true}, {"*", true}, {"W/\"a-2\"", false},
    {"a-1", false},      {"", false},
};

START_TEST(an_etag_is_compared_weakly)
{
    ck_assert_int_eq(cb_etag_matches(cb_str_cstr(etags[_i].header), CB_LIT("W/\"a-1\"")), etags[_i].same);
}
END_TEST

static const struct {
    const char *authority, *host, *port; /* host NULL: it is none */
} authorities[] = {
    {"a.b", "a.b", ""}, {"a.b:1", "a.b", "1"}, {"[::1]", "::1", ""}, {"[::1]:7", "::1", "7"}, {"", NULL, NULL},
    {":1", NULL, NULL}, {"[::1", NULL, NULL},  {"[]", NULL, NULL},   {"a:b:c", NULL, NULL},   {"[::1]x", NULL, NULL},
};

START_TEST(a_host_stands_before_its_port)
{
    cb_str host, port;
    bool fine = cb_host_split(&host, &port, cb_str_cstr(authorities[_i].authority));

    ck_assert_int_eq(fine, authorities[_i].host != NULL);
    if (fine) {
        ck_assert(cb_str_eq(host, cb_str_cstr(authorities[_i].host)));
        ck_assert(cb_str_eq(port, cb_str_cstr(authorities[_i].port)));
    }
}
END_TEST

CB_SUITE(params)
{
    a = cb_arena_new();
    atexit(drop);
    CB_TEST(suite, parameters_are_unescaped_and_kept_in_order);
    CB_TEST(suite, integers_are_read_as_javascript_does);
    CB_TEST(suite, lists_are_written_in_three_ways_and_one_of_several_may_be_empty);
    CB_LOOP_TEST(suite, wrong_parameters_are_said, CB_COUNT(wrong));
    CB_TEST(suite, so_many_parameters_and_no_more);
    CB_LOOP_TEST(suite, a_cookie_is_found_by_its_whole_name, CB_COUNT(cookies));
    CB_LOOP_TEST(suite, a_coding_is_taken_unless_refused, CB_COUNT(codings));
    CB_LOOP_TEST(suite, an_etag_is_compared_weakly, CB_COUNT(etags));
    CB_LOOP_TEST(suite, a_host_stands_before_its_port, CB_COUNT(authorities));
}
