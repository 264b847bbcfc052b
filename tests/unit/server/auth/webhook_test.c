#include "server/auth/webhook.h"

#include "tests/support/unit.h"

#define NOW_US (INT64_C(1700000000) * 1000000)

static const cb_str secrets[] = {{"It's a Secret to Everybody", 26}, {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 38}};

/* GitHub's own example, and that of the Standard Webhooks specification at its own time. */
static const struct {
    enum cb_webhook_forge forge;
    const char *signature, *token, *time, *id, *body;
    int64_t now_us;
    enum cb_webhook_proof proof;
} rows[] = {
    {CB_WEBHOOK_GITHUB, "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", "", "", "", "Hello, World!", NOW_US,
     CB_WEBHOOK_GOOD},
    {CB_WEBHOOK_GITHUB, "sha256=757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17", "", "", "", "Hello, World!", NOW_US,
     CB_WEBHOOK_GOOD},
    {CB_WEBHOOK_BITBUCKET, "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", "", "", "", "Hello, World!", NOW_US,
     CB_WEBHOOK_GOOD},
    {CB_WEBHOOK_GITEA, "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", "", "", "", "Hello, World!", NOW_US,
     CB_WEBHOOK_GOOD},
    {CB_WEBHOOK_GITHUB, "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", "", "", "", "Hello, World!", NOW_US,
     CB_WEBHOOK_FORGED},
    {CB_WEBHOOK_GITHUB, "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18", "", "", "", "Hello, World!", NOW_US,
     CB_WEBHOOK_FORGED},
    {CB_WEBHOOK_GITHUB, "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e", "", "", "", "Hello, World!", NOW_US,
     CB_WEBHOOK_FORGED},
    {CB_WEBHOOK_GITHUB, "", "", "", "", "Hello, World!", NOW_US, CB_WEBHOOK_UNSIGNED},
    {CB_WEBHOOK_GITHUB, "", "It's a Secret to Everybody", "", "", "Hello, World!", NOW_US, CB_WEBHOOK_UNSIGNED},
    {CB_WEBHOOK_GITLAB, "", "It's a Secret to Everybody", "", "", "x", NOW_US, CB_WEBHOOK_GOOD},
    {CB_WEBHOOK_GITLAB, "", "It's a Secret to Everybod", "", "", "x", NOW_US, CB_WEBHOOK_FORGED},
    {CB_WEBHOOK_GITLAB, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "", "1614265330", "msg_p5jXN8AQM9LWM0D4loKWxJek",
     "{\"test\": 2432232314}", INT64_C(1614265330) * 1000000, CB_WEBHOOK_GOOD},
    {CB_WEBHOOK_GITLAB, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "", "1614265330", "msg_p5jXN8AQM9LWM0D4loKWxJek",
     "{\"test\": 2432232314}", INT64_C(1614265330) * 1000000 + CB_WEBHOOK_SKEW_US, CB_WEBHOOK_GOOD},
    {CB_WEBHOOK_GITLAB, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "", "1614265330", "msg_p5jXN8AQM9LWM0D4loKWxJek",
     "{\"test\": 2432232314}", INT64_C(1614265330) * 1000000 + CB_WEBHOOK_SKEW_US + 1, CB_WEBHOOK_STALE},
    {CB_WEBHOOK_GITLAB, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "", "1614265331", "msg_p5jXN8AQM9LWM0D4loKWxJek",
     "{\"test\": 2432232314}", INT64_C(1614265330) * 1000000, CB_WEBHOOK_FORGED},
    {CB_WEBHOOK_GITLAB, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "", "1614265330", "", "{\"test\": 2432232314}",
     INT64_C(1614265330) * 1000000, CB_WEBHOOK_FORGED},
};

START_TEST(what_a_forge_signs_is_known_and_nothing_else)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_webhook_facts facts = {cb_str_cstr(rows[_i].signature), cb_str_cstr(rows[_i].token), cb_str_cstr(rows[_i].time),
                                     cb_str_cstr(rows[_i].id)};
    size_t which = 99;

    ck_assert_int_eq(cb_webhook_check(&which, a, rows[_i].forge, secrets, CB_COUNT(secrets), &facts, cb_str_cstr(rows[_i].body),
                                      rows[_i].now_us),
                     rows[_i].proof);
    if (rows[_i].proof == CB_WEBHOOK_GOOD)
        ck_assert_uint_eq(which, rows[_i].forge == CB_WEBHOOK_GITLAB && rows[_i].signature[0] ? 1 : 0);
    cb_arena_free(a);
}
END_TEST

START_TEST(without_a_secret_nothing_is_good)
{
    struct cb_arena *a = cb_arena_new();
    struct cb_webhook_facts facts = {cb_str_cstr(rows[0].signature), CB_LIT("x"), CB_LIT(""), CB_LIT("")};
    size_t which;

    for (int forge = 0; forge < CB_WEBHOOK_FORGE_N; forge++)
        ck_assert_int_ne(cb_webhook_check(&which, a, (enum cb_webhook_forge)forge, NULL, 0, &facts, CB_LIT("Hello, World!"), NOW_US),
                         CB_WEBHOOK_GOOD);
    cb_arena_free(a);
}
END_TEST

CB_SUITE(webhook)
{
    CB_LOOP_TEST(suite, what_a_forge_signs_is_known_and_nothing_else, CB_COUNT(rows));
    CB_TEST(suite, without_a_secret_nothing_is_good);
}
