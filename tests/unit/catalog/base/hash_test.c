#include "catalog/base/hash.h"

#include "tests/support/unit.h"

START_TEST(the_table_hash_depends_on_every_byte_and_on_the_length)
{
    char text[40] = {0};

    for (size_t n = 0; n < sizeof(text); n++) {
        uint64_t hash = cb_hash(cb_str_make(text, n));

        ck_assert_uint_eq(cb_hash(cb_str_make(text, n)), hash);
        ck_assert_uint_ne(cb_hash(cb_str_make(text, n + 1)), hash);
        for (size_t i = 0; i < n; i++) {
            text[i] = 1;
            ck_assert_uint_ne(cb_hash(cb_str_make(text, n)), hash);
            text[i] = 0;
        }
    }
    ck_assert_uint_eq(cb_hash((cb_str){0}), cb_hash(CB_LIT("")));
}
END_TEST

START_TEST(digests_are_those_of_the_standards)
{
    uint8_t sum[CB_SHA256_BYTES];
    char hex[2 * CB_SHA256_BYTES + 1];

    cb_sha1(sum, CB_LIT("abc"));
    cb_hex(hex, sum, CB_SHA1_BYTES);
    ck_assert_str_eq(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
    cb_sha256(sum, CB_LIT("abc"));
    cb_hex(hex, sum, CB_SHA256_BYTES);
    ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    cb_sha256(sum, (cb_str){0});
    cb_hex(hex, sum, CB_SHA256_BYTES);
    ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    cb_hmac_sha256(sum, CB_LIT("Jefe"), CB_LIT("what do ya want for nothing?"));
    cb_hex(hex, sum, CB_SHA256_BYTES);
    ck_assert_str_eq(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    cb_hmac_sha256(sum, (cb_str){0}, (cb_str){0});
    cb_hex(hex, sum, CB_SHA256_BYTES);
    ck_assert_str_eq(hex, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}
END_TEST

START_TEST(hexadecimal_reads_back)
{
    uint8_t bytes[3];
    char text[7];

    ck_assert(cb_unhex(bytes, 3, CB_LIT("00fFA0")));
    cb_hex(text, bytes, 3);
    ck_assert_str_eq(text, "00ffa0");
    ck_assert(!cb_unhex(bytes, 3, CB_LIT("00ff")));
    ck_assert(!cb_unhex(bytes, 3, CB_LIT("00ffg0")));
    ck_assert(cb_unhex(bytes, 0, CB_LIT("")));
}
END_TEST

START_TEST(a_uid_follows_from_its_name_alone)
{
    uint8_t uuid[16], again[16];
    char text[CB_UUID_TEXT + 1], long_name[2000];

    cb_uuid5(uuid, CB_LIT("component:default/payment-service"));
    cb_uuid_format(text, uuid);
    /* Entities' uids stand in people's databases and bookmarks: this value never changes. */
    ck_assert_str_eq(text, "461f4132-01cb-5fea-ace2-c97cdc48844b");
    ck_assert_int_eq(text[14], '5');
    ck_assert(cb_uuid_parse(again, cb_str_cstr(text)));
    ck_assert_mem_eq(uuid, again, 16);
    memset(long_name, 'x', sizeof(long_name));
    cb_uuid5(uuid, cb_str_make(long_name, sizeof(long_name)));
    cb_uuid5(again, cb_str_make(long_name, sizeof(long_name) - 1));
    ck_assert_mem_ne(uuid, again, 16);
}
END_TEST

static const char *const not_uuids[] = {
    "",
    "6f1c9d2e-8a4b-4f37-9b05-d3e27c51a88",
    "6f1c9d2e-8a4b-4f37-9b05-d3e27c51a8866",
    "6f1c9d2e08a4b-4f37-9b05-d3e27c51a886",
    "6f1c9d2e-8a4b-4f37-9b05-d3e27c51a88g",
    "{f1c9d2e-8a4b-4f37-9b05-d3e27c51a886",
};

START_TEST(other_texts_are_no_uuids)
{
    uint8_t uuid[16] = {1};

    ck_assert(!cb_uuid_parse(uuid, cb_str_cstr(not_uuids[_i])));
    ck_assert_int_eq(uuid[0], 1);
}
END_TEST

START_TEST(random_bytes_and_constant_time_comparison)
{
    uint8_t a[64] = {0}, b[64] = {0};

    ck_assert(cb_equal_const(a, b, sizeof(a)));
    cb_random(a, sizeof(a));
    ck_assert(!cb_equal_const(a, b, sizeof(a)));
    ck_assert(cb_equal_const(a, b, 0));
}
END_TEST

CB_SUITE(hash)
{
    CB_TEST(suite, the_table_hash_depends_on_every_byte_and_on_the_length);
    CB_TEST(suite, digests_are_those_of_the_standards);
    CB_TEST(suite, hexadecimal_reads_back);
    CB_TEST(suite, a_uid_follows_from_its_name_alone);
    CB_LOOP_TEST(suite, other_texts_are_no_uuids, CB_COUNT(not_uuids));
    CB_TEST(suite, random_bytes_and_constant_time_comparison);
}
