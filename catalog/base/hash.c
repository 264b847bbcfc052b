#include "catalog/base/hash.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <sys/random.h>

/*
 * callboard's namespace, 6f1c9d2e-8a4b-4f37-9b05-d3e27c51a886: drawn once at random. An entity's uid
 * follows from it and from the ref, so it never changes again.
 */
static const uint8_t name_space[16] = {0x6f, 0x1c, 0x9d, 0x2e, 0x8a, 0x4b, 0x4f, 0x37,
                                       0x9b, 0x05, 0xd3, 0xe2, 0x7c, 0x51, 0xa8, 0x86};
static uint64_t table_key[2];

__attribute__((constructor(101))) static void draw_key(void)
{
    cb_random(table_key, sizeof(table_key));
}

void cb_random(void *out, size_t n)
{
    char *p = out;

    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);

        if (got < 0 && errno != EINTR)
            abort();
        if (got > 0) {
            p += got;
            n -= (size_t)got;
        }
    }
}

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

/* SipHash-1-3: one round a word, three at the end. */
uint64_t cb_hash(cb_str s)
{
    uint64_t v[4] = {
        table_key[0] ^ UINT64_C(0x736f6d6570736575), table_key[1] ^ UINT64_C(0x646f72616e646f6d),
        table_key[0] ^ UINT64_C(0x6c7967656e657261), table_key[1] ^ UINT64_C(0x7465646279746573)};
    uint64_t word;
    size_t i;

    for (i = 0; i + 8 <= s.n; i += 8) {
        memcpy(&word, s.p + i, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    word = 0;
    if (i < s.n)
        memcpy(&word, s.p + i, s.n - i);
    word |= (uint64_t)s.n << 56;
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
    v[2] ^= 0xff;
    sip_round(v);
    sip_round(v);
    sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static const unsigned char *bytes_of(cb_str s)
{
    return (const unsigned char *)(s.p ? s.p : "");
}

void cb_sha1(uint8_t out[CB_SHA1_BYTES], cb_str s)
{
    if (!SHA1(bytes_of(s), s.n, out))
        abort();
}

void cb_sha256(uint8_t out[CB_SHA256_BYTES], cb_str s)
{
    if (!SHA256(bytes_of(s), s.n, out))
        abort();
}

void cb_hmac_sha256(uint8_t out[CB_SHA256_BYTES], cb_str key, cb_str s)
{
    if (key.n > INT32_MAX ||
        !HMAC(EVP_sha256(), bytes_of(key), (int)key.n, bytes_of(s), s.n, out, NULL))
        abort();
}

void cb_hex(char *out, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * n] = '\0';
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool cb_unhex(uint8_t *out, size_t n, cb_str hex)
{
    if (hex.n != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int high = digit_of(hex.p[2 * i]), low = digit_of(hex.p[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

void cb_uuid5(uint8_t out[16], cb_str name)
{
    uint8_t sha[CB_SHA1_BYTES], small[512], *text = small;

    if (name.n > sizeof(small) - sizeof(name_space))
        text = malloc(sizeof(name_space) + name.n);
    if (!text)
        abort();
    memcpy(text, name_space, sizeof(name_space));
    if (name.n > 0)
        memcpy(text + sizeof(name_space), name.p, name.n);
    cb_sha1(sha, (cb_str){(const char *)text, sizeof(name_space) + name.n});
    if (text != small)
        free(text);
    memcpy(out, sha, 16);
    out[6] = (uint8_t)((out[6] & 0x0f) | 0x50);
    out[8] = (uint8_t)((out[8] & 0x3f) | 0x80);
}

/* The dashes stand before these bytes. */
static bool dash_before(size_t i)
{
    return i == 4 || i == 6 || i == 8 || i == 10;
}

void cb_uuid_format(char out[CB_UUID_TEXT + 1], const uint8_t uuid[16])
{
    for (size_t i = 0; i < 16; i++) {
        if (dash_before(i))
            *out++ = '-';
        cb_hex(out, uuid + i, 1);
        out += 2;
    }
}

bool cb_uuid_parse(uint8_t out[16], cb_str text)
{
    uint8_t uuid[16];
    size_t at = 0;

    if (text.n != CB_UUID_TEXT)
        return false;
    for (size_t i = 0; i < 16; i++) {
        if (dash_before(i) && text.p[at++] != '-')
            return false;
        if (!cb_unhex(uuid + i, 1, cb_str_sub(text, at, at + 2)))
            return false;
        at += 2;
    }
    memcpy(out, uuid, 16);
    return true;
}

bool cb_equal_const(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}
