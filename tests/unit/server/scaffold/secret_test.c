/* What is sealed is opened by who has the key, for what it belongs to, unchanged. */
#include "server/scaffold/secret.h"

#include "tests/support/unit.h"

#define OLD "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define NEW "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=" /* 32 bytes, base64 */

static struct cb_secret_ring *ring_of(const char *first, const char *second)
{
    cb_str keys[] = {cb_str_cstr(first), cb_str_cstr(second)};
    struct cb_config config = {.database = CB_LIT("postgresql://x"), .task_keys = {keys, first ? second ? 2 : 1 : 0}};
    struct cb_secret_ring *ring;

    ck_assert_int_eq(cb_secret_ring_new(&ring, &config, NULL), CB_OK);
    return ring;
}

START_TEST(sealed_bytes_are_opened_by_their_key_alone)
{
    struct cb_secret_ring *old = ring_of(OLD, NULL), *both = ring_of(NEW, OLD), *new = ring_of(NEW, NULL);
    struct cb_arena *a = cb_arena_new();
    struct cb_buf sealed = CB_BUF_INIT, again = CB_BUF_INIT;
    char id[CB_SECRET_ID_TEXT + 1], id_again[CB_SECRET_ID_TEXT + 1];
    struct cb_err err;
    cb_str plain;

    ck_assert_int_eq(cb_secret_seal(&sealed, id, old, CB_LIT("task-1"), CB_LIT("{\"a\":1}"), &err), CB_OK);
    ck_assert_int_eq(cb_secret_seal(&again, id_again, old, CB_LIT("task-1"), CB_LIT("{\"a\":1}"), &err), CB_OK);
    ck_assert_str_eq(id, id_again);
    ck_assert(!cb_str_eq(cb_buf_str(&sealed), cb_buf_str(&again)));
    ck_assert_uint_eq(sealed.n, CB_SECRET_HEAD + 7);
    ck_assert_uint_eq(cb_str_find(cb_secret_ring_ids(both), cb_str_cstr(id)), CB_SECRET_ID_TEXT + 1);
    ck_assert_int_eq(cb_secret_open(&plain, a, both, CB_LIT("task-1"), cb_buf_str(&sealed), &err), CB_OK);
    ck_assert_str_eq(plain.p, "{\"a\":1}");
    ck_assert_int_eq(cb_secret_open(&plain, a, new, CB_LIT("task-1"), cb_buf_str(&sealed), &err), CB_EINVAL);
    ck_assert_int_eq(cb_secret_open(&plain, a, old, CB_LIT("task-2"), cb_buf_str(&sealed), &err), CB_EINVAL);
    for (size_t i = 0; i < sealed.n; i++) { /* not one byte may be another */
        sealed.p[i] ^= 1;
        ck_assert_int_eq(cb_secret_open(&plain, a, old, CB_LIT("task-1"), cb_buf_str(&sealed), &err), CB_EINVAL);
        sealed.p[i] ^= 1;
    }
    for (size_t n = 0; n < sealed.n; n++)
        ck_assert_int_eq(cb_secret_open(&plain, a, old, CB_LIT("task-1"), cb_str_make(sealed.p, n), &err), CB_EINVAL);
    cb_buf_fini(&sealed);
    cb_buf_fini(&again);
    cb_secret_ring_free(old);
    cb_secret_ring_free(both);
    cb_secret_ring_free(new);
    cb_arena_free(a);
}
END_TEST

START_TEST(without_a_key_nothing_is_sealed)
{
    struct cb_secret_ring *none = ring_of(NULL, NULL);
    struct cb_buf sealed = CB_BUF_INIT;
    char id[CB_SECRET_ID_TEXT + 1];
    struct cb_err err;

    ck_assert_int_eq(cb_secret_seal(&sealed, id, none, CB_LIT("task-1"), CB_LIT("x"), &err), CB_EUNSUPPORTED);
    ck_assert_uint_eq(sealed.n, 0);
    ck_assert_uint_eq(cb_secret_ring_ids(none).n, 0);
    cb_secret_ring_free(none);
}
END_TEST

static const char *const wrong[] = {"", "short", "zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "AAECAwQFBgc="};

START_TEST(what_is_no_key_is_refused)
{
    cb_str key = cb_str_cstr(wrong[_i]);
    struct cb_config config = {.database = CB_LIT("postgresql://x"), .task_keys = {&key, 1}};
    struct cb_secret_ring *ring = NULL;
    struct cb_err err;

    ck_assert_int_eq(cb_secret_ring_new(&ring, &config, &err), CB_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, "scaffolder.secrets_key"));
    if (key.n)
        ck_assert_ptr_null(strstr(err.text, key.p));
}
END_TEST

CB_SUITE(secret)
{
    CB_TEST(suite, sealed_bytes_are_opened_by_their_key_alone);
    CB_TEST(suite, without_a_key_nothing_is_sealed);
    CB_LOOP_TEST(suite, what_is_no_key_is_refused, CB_COUNT(wrong));
}
