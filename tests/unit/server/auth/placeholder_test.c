#include "server/auth/placeholder.h"

#include "catalog/base/base64.h"
#include "tests/support/unit.h"

static cb_str made(struct cb_arena *a, enum cb_placeholder kind)
{
    return cb_placeholder_make(a, kind, CB_LIT("user:default/guest"), CB_LIT("[\"user:default/guest\"]"), INT64_C(1700000000) * 1000000);
}

/* The part between the first two dots, decoded. */
static cb_str claims_of(struct cb_arena *a, cb_str token)
{
    size_t from = cb_str_find_char(token, '.', 0) + 1;
    cb_str out = CB_LIT("");

    ck_assert(cb_base64_decode(&out, a, cb_str_sub(token, from, cb_str_find_char(token, '.', from))));
    return out;
}

START_TEST(one_is_known_by_its_kind_and_tells_a_front_end_who_and_until_when)
{
    struct cb_arena *a = cb_arena_new();

    for (int kind = CB_PLACEHOLDER_GUEST; kind <= CB_PLACEHOLDER_PROXY; kind++) {
        cb_str token = made(a, (enum cb_placeholder)kind);

        ck_assert_int_eq(cb_placeholder_of(token), kind);
        ck_assert_int_eq(token.p[token.n - 1], '.');
        ck_assert(cb_str_eq(claims_of(a, token), CB_LIT("{\"sub\":\"user:default/guest\",\"ent\":[\"user:default/guest\"],"
                                                        "\"iat\":1700000000,\"exp\":1700003600}")));
    }
    cb_arena_free(a);
}
END_TEST

START_TEST(a_jwt_with_a_signature_or_of_another_kind_is_none)
{
    static const char *const others[] = {
        "", "x", ".", "..", "cb_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "eyJhbGciOiJub25lIiwidHlwIjoiY2FsbGJvYXJkLWd1ZXN0In0",         /* no more than its head */
        "eyJhbGciOiJub25lIiwidHlwIjoiY2FsbGJvYXJkLWd1ZXN0In0.e30.abc", /* a signature */
        "eyJhbGciOiJub25lIn0.e30.",                                    /* {"alg":"none"} */
        "eyJhbGciOiJFUzI1NiJ9.e30.",                                   /* {"alg":"ES256"} */
    };

    for (size_t i = 0; i < CB_COUNT(others); i++)
        ck_assert_int_eq(cb_placeholder_of(cb_str_cstr(others[i])), CB_PLACEHOLDER_NOT);
}
END_TEST

CB_SUITE(placeholder)
{
    CB_TEST(suite, one_is_known_by_its_kind_and_tells_a_front_end_who_and_until_when);
    CB_TEST(suite, a_jwt_with_a_signature_or_of_another_kind_is_none);
}
