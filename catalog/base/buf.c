#include "catalog/base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#define FIRST_BYTES 256 /* of a buffer's first block */

void cb_buf_fini(struct cb_buf *b)
{
    free(b->p);
    *b = CB_BUF_INIT;
}

void cb_buf_clear(struct cb_buf *b)
{
    b->n = 0;
    if (b->p)
        b->p[0] = '\0';
}

static void grow(struct cb_buf *b, size_t need)
{
    size_t cap = b->cap ? b->cap : FIRST_BYTES;

    while (cap < need) {
        if (cap > SIZE_MAX / 2)
            abort();
        cap *= 2;
    }
    b->p = realloc(b->p, cap);
    if (!b->p)
        abort();
    b->cap = cap;
}

char *cb_buf_reserve(struct cb_buf *b, size_t n)
{
    if (n >= SIZE_MAX - b->n)
        abort();
    if (b->n + n + 1 > b->cap)
        grow(b, b->n + n + 1);
    b->p[b->n + n] = '\0';
    return b->p + b->n;
}

void cb_buf_put(struct cb_buf *b, const void *p, size_t n)
{
    char *to = cb_buf_reserve(b, n);

    if (n > 0)
        memcpy(to, p, n);
    b->n += n;
}

void cb_buf_put_str(struct cb_buf *b, cb_str s)
{
    cb_buf_put(b, s.p, s.n);
}

void cb_buf_put_cstr(struct cb_buf *b, const char *s)
{
    cb_buf_put(b, s, strlen(s));
}

void cb_buf_put_char(struct cb_buf *b, char c)
{
    *cb_buf_reserve(b, 1) = c;
    b->n++;
}

void cb_buf_put_int(struct cb_buf *b, int64_t i)
{
    uint64_t left = i < 0 ? -(uint64_t)i : (uint64_t)i;
    char text[20];
    size_t at = sizeof(text);

    do {
        text[--at] = (char)('0' + left % 10);
    } while ((left /= 10));
    if (i < 0)
        text[--at] = '-';
    cb_buf_put(b, text + at, sizeof(text) - at);
}

void cb_buf_printf(struct cb_buf *b, const char *fmt, ...)
{
    size_t room = b->cap > b->n ? b->cap - b->n : 0;
    va_list ap, again;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(room ? b->p + b->n : NULL, room, fmt, ap);
    if (n < 0)
        abort();
    if ((size_t)n >= room)
        vsnprintf(cb_buf_reserve(b, (size_t)n), (size_t)n + 1, fmt, again);
    b->n += (size_t)n;
    va_end(again);
    va_end(ap);
}

/* Whether one of eight bytes has to be looked at: below 0x20, a quote, a backslash, not ASCII. */
static bool has_special(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);
    uint64_t quote = w ^ (ones * '"'), slash = w ^ (ones * '\\');

    return ((w | (w - ones * 0x20) | (quote - ones) | (slash - ones)) & high) != 0;
}

/* How many bytes of S from I on go out as they are. */
static size_t plain_run(cb_str s, size_t i)
{
    size_t from = i;

    while (i < s.n) {
        unsigned char c;
        uint64_t word;
        size_t step;

        if (s.n - i >= sizeof(word)) {
            memcpy(&word, s.p + i, sizeof(word));
            if (!has_special(word)) {
                i += sizeof(word);
                continue;
            }
        }
        c = (unsigned char)s.p[i];
        if (c < 0x20 || c == '"' || c == '\\')
            break;
        step = c < 0x80 ? 1 : cb_str_utf8_at(s, i);
        if (step == 0)
            break;
        i += step;
    }
    return i - from;
}

static void put_escape(struct cb_buf *b, unsigned char c)
{
    static const char letters[] = "btn?fr"; /* 8 to 13; there is none for 11 */
    static const char digits[] = "0123456789abcdef";

    if (c >= 0x80) {
        cb_buf_put(b, "\xef\xbf\xbd", 3);
    } else if (c == '"' || c == '\\') {
        cb_buf_put(b, (char[]){'\\', (char)c}, 2);
    } else if (c >= 8 && c <= 13 && c != 11) {
        cb_buf_put(b, (char[]){'\\', letters[c - 8]}, 2);
    } else {
        cb_buf_put(b, (char[]){'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]}, 6);
    }
}

void cb_buf_put_json(struct cb_buf *b, cb_str s)
{
    size_t i = 0;

    cb_buf_reserve(b, s.n + 2);
    b->p[b->n++] = '"';
    while (i < s.n) {
        size_t run = plain_run(s, i);

        if (run > 0)
            cb_buf_put(b, s.p + i, run);
        i += run;
        if (i < s.n)
            put_escape(b, (unsigned char)s.p[i++]);
    }
    cb_buf_put_char(b, '"');
}

void cb_buf_put_varint(struct cb_buf *b, uint64_t v)
{
    char *to = cb_buf_reserve(b, 10);
    size_t n = 0;

    while (v >= 0x80) {
        to[n++] = (char)(unsigned char)(v | 0x80);
        v >>= 7;
    }
    to[n++] = (char)(unsigned char)v;
    to[n] = '\0';
    b->n += n;
}

bool cb_varint_get(uint64_t *out, cb_str *rest)
{
    uint64_t v = 0;

    for (size_t i = 0; i < rest->n && i < 10; i++) {
        unsigned char c = (unsigned char)rest->p[i];

        if (i == 9 && c > 1)
            return false;
        v |= (uint64_t)(c & 0x7f) << (7 * i);
        if (c < 0x80) {
            *out = v;
            *rest = (cb_str){rest->p + i + 1, rest->n - i - 1};
            return true;
        }
    }
    return false;
}

cb_str cb_buf_str(const struct cb_buf *b)
{
    return (cb_str){b->p ? b->p : "", b->n};
}

char *cb_buf_take(struct cb_buf *b, size_t *n)
{
    char *p = cb_buf_reserve(b, 0) - b->n;

    if (n)
        *n = b->n;
    *b = CB_BUF_INIT;
    return p;
}
