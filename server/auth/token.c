#include "server/auth/token.h"

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/entity/ref.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* 32 bytes as 43 characters of base64url, without padding. */
static void encode(char out[44], const uint8_t bytes[32])
{
    size_t n = 0;

    for (size_t i = 0; i < 32; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16 | (i + 1 < 32 ? (uint32_t)bytes[i + 1] << 8 : 0) | (i + 2 < 32 ? bytes[i + 2] : 0);

        for (int k = 0; k < 4 && n < 43; k++)
            out[n++] = digits[group >> (18 - 6 * k) & 63];
    }
    out[n] = '\0';
}

bool cb_token_looks(cb_str text)
{
    if (text.n != CB_TOKEN_TEXT || !cb_str_starts(text, CB_LIT("cb_")))
        return false;
    for (size_t i = 3; i < text.n; i++)
        if (!text.p[i] || !strchr(digits, text.p[i]))
            return false;
    return true;
}

void cb_token_hash(uint8_t sha256[32], cb_str text)
{
    cb_sha256(sha256, text);
}

enum cb_code cb_token_create(struct cb_token_row *row, char text[CB_TOKEN_TEXT + 1], struct cb_arena *a, struct cb_conn *c, cb_str name,
                             cb_str user, enum cb_role role, int64_t expires_us, struct cb_err *err)
{
    const struct cb_ref defaults = {CB_LIT("user"), CB_LIT("default"), CB_LIT("")};
    uint8_t bytes[32], sha256[32];
    struct cb_ref ref;
    enum cb_code rc;

    name = cb_str_trim(name);
    if (name.n == 0 || name.n > CB_TOKEN_NAME_MAX || !cb_str_is_utf8(name))
        return cb_fail(err, CB_EINVAL, "a token needs a name of 1 to %d bytes that says what it is for", CB_TOKEN_NAME_MAX);
    if ((rc = cb_ref_parse(&ref, user, &defaults, err)) != CB_OK)
        return rc;
    if (!cb_str_eq_nocase(ref.kind, CB_LIT("user")))
        return cb_fail(err, CB_EINVAL, "a token acts as a User (user:default/jane), not as %" CB_FMT, CB_ARG(user));
    if (expires_us && expires_us <= cb_clock_now_us())
        return cb_fail(err, CB_EINVAL, "the token would have expired already");
    cb_random(bytes, sizeof(bytes));
    memcpy(text, "cb_", 3);
    encode(text + 3, bytes);
    explicit_bzero(bytes, sizeof(bytes));
    cb_token_hash(sha256, cb_str_make(text, CB_TOKEN_TEXT));
    *row = (struct cb_token_row){
        .name = cb_arena_str(a, name),
        .user = cb_ref_id(a, &ref),
        .role = cb_str_cstr(cb_role_name(role)),
        .prefix = cb_arena_str(a, cb_str_make(text, CB_TOKEN_PREFIX)),
        .created_us = cb_clock_now_us(),
        .expires_us = expires_us,
    };
    return cb_token_put(c, row, sha256, err);
}
