#include "catalog/base/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit(char c)
{
    const char *p;

    if (c == '-')
        c = '+';
    if (c == '_')
        c = '/';
    p = c ? strchr(digits, c) : NULL;
    return p ? (int)(p - digits) : -1;
}

bool cb_base64_decode(cb_str *out, struct cb_arena *a, cb_str text)
{
    char *to = cb_arena_alloc(a, text.n + 1);
    uint32_t word = 0;
    int bits = 0;
    size_t n = 0;

    while (text.n > 0 && text.p[text.n - 1] == '=')
        text.n--;
    for (size_t i = 0; i < text.n; i++) {
        int d = digit(text.p[i]);

        if (d < 0)
            return false;
        word = word << 6 | (uint32_t)d;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            to[n++] = (char)(word >> bits);
        }
    }
    *out = (cb_str){to, n};
    return true;
}

cb_str cb_base64_encode(struct cb_arena *a, cb_str s)
{
    char *p = cb_arena_alloc(a, (s.n + 2) / 3 * 4 + 1), *to = p;

    for (size_t i = 0; i < s.n; i += 3) {
        size_t left = s.n - i;
        uint32_t word = (uint32_t)(unsigned char)s.p[i] << 16;

        if (left > 1)
            word |= (uint32_t)(unsigned char)s.p[i + 1] << 8;
        if (left > 2)
            word |= (unsigned char)s.p[i + 2];
        *to++ = digits[word >> 18];
        *to++ = digits[word >> 12 & 63];
        *to++ = left > 1 ? digits[word >> 6 & 63] : '=';
        *to++ = left > 2 ? digits[word & 63] : '=';
    }
    *to = '\0';
    return (cb_str){p, (size_t)(to - p)};
}
