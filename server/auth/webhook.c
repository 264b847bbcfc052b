#include "server/auth/webhook.h"

#include <openssl/evp.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"

#define SIGNATURE_N_MAX 8 /* of a list, as Standard Webhooks has while a secret changes */

static const struct {
    const char *name, *header, *prefix;
} forges[CB_WEBHOOK_FORGE_N] = {
    [CB_WEBHOOK_GITHUB] = {"github", "X-Hub-Signature-256", "sha256="},
    [CB_WEBHOOK_GITLAB] = {"gitlab", "webhook-signature or X-Gitlab-Token", "v1,"},
    [CB_WEBHOOK_GITEA] = {"gitea", "X-Gitea-Signature", ""},
    [CB_WEBHOOK_BITBUCKET] = {"bitbucket", "X-Hub-Signature", "sha256="},
    [CB_WEBHOOK_GENERIC] = {"generic", "X-Callboard-Signature", "sha256="},
};

const char *cb_webhook_forge_name(enum cb_webhook_forge forge)
{
    return forges[forge].name;
}

const char *cb_webhook_header(enum cb_webhook_forge forge)
{
    return forges[forge].header;
}

/* False when TEXT is not the base64 of at least one byte and at most N; *GOT tells how many. */
static bool unbase64(uint8_t *out, size_t n, size_t *got, cb_str text)
{
    unsigned char room[1024];
    size_t pad = 0;
    int bytes;

    if (text.n == 0 || text.n % 4 || text.n / 4 * 3 > sizeof(room))
        return false;
    while (pad < 2 && text.p[text.n - 1 - pad] == '=')
        pad++;
    bytes = EVP_DecodeBlock(room, (const unsigned char *)text.p, (int)text.n);
    if (bytes < 0 || (size_t)bytes - pad > n)
        return false;
    *got = (size_t)bytes - pad;
    memcpy(out, room, *got);
    return *got > 0;
}

/* One signature as it is sent -> its 32 bytes. */
static bool read_signature(uint8_t out[CB_SHA256_BYTES], enum cb_webhook_forge forge, cb_str text)
{
    cb_str prefix = cb_str_cstr(forges[forge].prefix);
    size_t n;

    if (!cb_str_starts(text, prefix))
        return false;
    text = cb_str_sub(text, prefix.n, text.n);
    if (forge == CB_WEBHOOK_GITLAB)
        return unbase64(out, CB_SHA256_BYTES, &n, text) && n == CB_SHA256_BYTES;
    return text.n == 2 * CB_SHA256_BYTES && cb_unhex(out, CB_SHA256_BYTES, text);
}

/* What is signed: the body, with its time and id before it where the scheme has them. */
static cb_str signed_text(struct cb_arena *a, enum cb_webhook_forge forge, const struct cb_webhook_facts *facts, cb_str body)
{
    cb_str first = forge == CB_WEBHOOK_GITLAB ? facts->id : facts->time;
    cb_str second = forge == CB_WEBHOOK_GITLAB ? facts->time : facts->id;
    size_t n = first.n + second.n + 2 + body.n;
    char *text, *p;

    if (forge != CB_WEBHOOK_GITLAB && forge != CB_WEBHOOK_GENERIC)
        return body;
    p = text = cb_arena_alloc(a, n);
    p = (char *)memcpy(p, first.p ? first.p : "", first.n) + first.n;
    *p++ = '.';
    p = (char *)memcpy(p, second.p ? second.p : "", second.n) + second.n;
    *p++ = '.';
    memcpy(p, body.p ? body.p : "", body.n);
    return cb_str_make(text, n);
}

/* Of a signed text it must be plain where the id ends: no '.' in it. */
static bool is_plain(cb_str id)
{
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return id.n > 0;
}

static bool is_now(cb_str time, int64_t now_us)
{
    int64_t at_s;

    if (!cb_str_to_int(&at_s, time, 0, INT64_MAX / CB_S_US))
        return false;
    return at_s * CB_S_US >= now_us - CB_WEBHOOK_SKEW_US && at_s * CB_S_US <= now_us + CB_WEBHOOK_SKEW_US;
}

/* Every secret and every signature is tried, whichever fits first. */
static bool fits(size_t *which, enum cb_webhook_forge forge, const cb_str *secrets, size_t secret_n, cb_str list, cb_str text)
{
    uint8_t sent[SIGNATURE_N_MAX][CB_SHA256_BYTES], own[CB_SHA256_BYTES], key[256];
    size_t n = 0, key_n;
    bool good = false;
    cb_str one;

    while (n < SIGNATURE_N_MAX && cb_str_split(&one, &list, ' '))
        if (read_signature(sent[n], forge, cb_str_trim(one)))
            n++;
    for (size_t i = 0; i < secret_n; i++) {
        cb_str encoded = cb_str_starts(secrets[i], CB_LIT("whsec_")) ? cb_str_sub(secrets[i], 6, secrets[i].n) : CB_LIT("");
        bool fit = false;

        cb_hmac_sha256(own, secrets[i], text);
        for (size_t j = 0; j < n; j++)
            fit |= cb_equal_const(own, sent[j], sizeof(own));
        if (forge == CB_WEBHOOK_GITLAB && unbase64(key, sizeof(key), &key_n, encoded)) {
            cb_hmac_sha256(own, cb_str_make((const char *)key, key_n), text);
            for (size_t j = 0; j < n; j++)
                fit |= cb_equal_const(own, sent[j], sizeof(own));
        }
        if (fit && !good)
            *which = i;
        good |= fit;
    }
    explicit_bzero(key, sizeof(key));
    return good;
}

/* Hashes are compared, so that not even the length of a secret shows in the time it takes. */
static bool token_fits(size_t *which, const cb_str *secrets, size_t secret_n, cb_str token)
{
    uint8_t sent[CB_SHA256_BYTES], own[CB_SHA256_BYTES];
    bool good = false;

    cb_sha256(sent, token);
    for (size_t i = 0; i < secret_n; i++) {
        bool fit;

        cb_sha256(own, secrets[i]);
        fit = cb_equal_const(own, sent, sizeof(own));
        if (fit && !good)
            *which = i;
        good |= fit;
    }
    return good;
}

enum cb_webhook_proof cb_webhook_check(size_t *which, struct cb_arena *a, enum cb_webhook_forge forge, const cb_str *secrets,
                                       size_t secret_n, const struct cb_webhook_facts *facts, cb_str body, int64_t now_us)
{
    bool timed = forge == CB_WEBHOOK_GENERIC || forge == CB_WEBHOOK_GITLAB;

    if (facts->signature.n == 0) {
        if (forge != CB_WEBHOOK_GITLAB || facts->token.n == 0)
            return CB_WEBHOOK_UNSIGNED;
        return token_fits(which, secrets, secret_n, facts->token) ? CB_WEBHOOK_GOOD : CB_WEBHOOK_FORGED;
    }
    if (timed && !is_plain(facts->id))
        return CB_WEBHOOK_FORGED;
    if (!fits(which, forge, secrets, secret_n, facts->signature, signed_text(a, forge, facts, body)))
        return CB_WEBHOOK_FORGED;
    if (timed && !is_now(facts->time, now_us))
        return CB_WEBHOOK_STALE;
    return CB_WEBHOOK_GOOD;
}

bool cb_webhook_signs_id(enum cb_webhook_forge forge, const struct cb_webhook_facts *facts)
{
    return facts->signature.n && (forge == CB_WEBHOOK_GENERIC || forge == CB_WEBHOOK_GITLAB);
}
