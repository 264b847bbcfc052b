#include "catalog/base/str.h"

static const char used_up[1]; /* where the rest points behind the last part */

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

int cb_str_cmp(cb_str a, cb_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;

    if (order != 0)
        return order;
    return (a.n > b.n) - (a.n < b.n);
}

bool cb_str_eq_nocase(cb_str a, cb_str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (fold(a.p[i]) != fold(b.p[i]))
            return false;
    return true;
}

bool cb_str_starts(cb_str s, cb_str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool cb_str_ends(cb_str s, cb_str suffix)
{
    return s.n >= suffix.n &&
           (suffix.n == 0 || memcmp(s.p + (s.n - suffix.n), suffix.p, suffix.n) == 0);
}

size_t cb_str_find_char(cb_str s, char c, size_t from)
{
    const char *at;

    if (from >= s.n)
        return SIZE_MAX;
    at = memchr(s.p + from, c, s.n - from);
    return at ? (size_t)(at - s.p) : SIZE_MAX;
}

size_t cb_str_find(cb_str s, cb_str needle)
{
    const char *at;

    if (needle.n == 0)
        return 0;
    if (needle.n > s.n)
        return SIZE_MAX;
    at = memmem(s.p, s.n, needle.p, needle.n);
    return at ? (size_t)(at - s.p) : SIZE_MAX;
}

cb_str cb_str_sub(cb_str s, size_t from, size_t to)
{
    if (to > s.n)
        to = s.n;
    if (from > to)
        from = to;
    return (cb_str){s.p ? s.p + from : NULL, to - from};
}

cb_str cb_str_trim(cb_str s)
{
    while (s.n > 0 && is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool cb_str_split(cb_str *out, cb_str *rest, char sep)
{
    size_t at;

    if (rest->p == used_up)
        return false;
    at = cb_str_find_char(*rest, sep, 0);
    if (at == SIZE_MAX) {
        *out = *rest;
        *rest = (cb_str){used_up, 0};
        return true;
    }
    *out = (cb_str){rest->p, at};
    *rest = (cb_str){rest->p + at + 1, rest->n - at - 1};
    return true;
}

bool cb_str_to_int(int64_t *out, cb_str s, int64_t min, int64_t max)
{
    bool negative = s.n > 0 && s.p[0] == '-';
    size_t i = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+');
    int64_t value = 0;

    if (i == s.n)
        return false;
    for (; i < s.n; i++) {
        int digit = s.p[i] - '0';

        if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    if (value < min || value > max)
        return false;
    *out = value;
    return true;
}

size_t cb_str_utf8_at(cb_str s, size_t at)
{
    const unsigned char *p = (const unsigned char *)s.p + at;
    size_t left;

    if (at >= s.n)
        return 0;
    left = s.n - at;
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2)
        return 0;
    if (p[0] < 0xe0)
        return left >= 2 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
    if (p[0] < 0xf0) {
        if (left < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80)
            return 0;
        if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f))
            return 0; /* longer than needed; a surrogate */
        return 3;
    }
    if (p[0] > 0xf4 || left < 4 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 ||
        (p[3] & 0xc0) != 0x80)
        return 0;
    if ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0; /* longer than needed; over U+10FFFF */
    return 4;
}

bool cb_str_is_utf8(cb_str s)
{
    size_t i = 0;

    while (i < s.n) {
        uint64_t word;
        size_t step;

        if (s.n - i >= sizeof(word)) {
            memcpy(&word, s.p + i, sizeof(word));
            if ((word & UINT64_C(0x8080808080808080)) == 0) {
                i += sizeof(word);
                continue;
            }
        }
        step = cb_str_utf8_at(s, i);
        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

cb_str cb_str_cut(cb_str s, size_t max)
{
    size_t n = max;

    if (s.n <= max)
        return s;
    while (n > 0 && max - n < 3 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    return (cb_str){s.p, n};
}
