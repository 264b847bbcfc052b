/* Texts by UTF-16 units. One that is plain ASCII, as most are, is indexed by its bytes. */
#include "plugins/templates/text.h"

#include <string.h>
#include <utf8proc.h>

#include "plugins/templates/limit.h"
#include "plugins/templates/special_case.h"

uint32_t tpl_decode(const char *p, const char *end, size_t *n)
{
    unsigned char c = (unsigned char)*p;
    size_t want = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    uint32_t point;

    if (want == 1 || (size_t)(end - p) < want) {
        *n = 1;
        return c;
    }
    point = want == 2 ? c & 0x1f : want == 3 ? c & 0x0f : c & 0x07;
    for (size_t i = 1; i < want; i++)
        point = point << 6 | ((unsigned char)p[i] & 0x3f);
    *n = want;
    return point;
}

size_t tpl_encode(char out[4], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

size_t tpl_units_of(const char *p, size_t n)
{
    size_t units = 0;

    for (size_t i = 0; i < n; i++)
        units += ((unsigned char)p[i] & 0xc0) != 0x80, units += (unsigned char)p[i] >= 0xf0;
    return units;
}

size_t tpl_units(struct tpl_text *s)
{
    if (s->units == TPL_UNCOUNTED)
        s->units = tpl_units_of(s->p, s->n);
    return s->units;
}

bool tpl_is_ascii(struct tpl_text *s)
{
    return tpl_units(s) == s->n;
}

/* The byte where unit AT lies; *HALF: AT is the second half of a pair, which begins there. */
static size_t offset(const struct tpl_text *s, size_t at, bool *half)
{
    size_t i = 0;

    *half = false;
    while (at > 0 && i < s->n) {
        unsigned char c = (unsigned char)s->p[i];

        if (c >= 0xf0) {
            if (at == 1) {
                *half = true;
                return i;
            }
            at -= 2;
            i += 4;
        } else {
            at--;
            i += c < 0x80 ? 1 : c < 0xe0 ? 2 : 3;
        }
    }
    return i < s->n ? i : s->n;
}

static void halves(const char *pair, char high[3], char low[3])
{
    size_t n;
    uint32_t c = tpl_decode(pair, pair + 4, &n) - 0x10000;
    char four[4];

    tpl_encode(four, 0xd800 + (c >> 10));
    memcpy(high, four, 3);
    tpl_encode(four, 0xdc00 + (c & 0x3ff));
    memcpy(low, four, 3);
}

struct tpl_text *tpl_sub(struct tpl_heap *h, struct tpl_text *s, size_t from, size_t to)
{
    bool from_half, to_half;
    struct tpl_text *out;
    size_t begin, end;
    struct tpl_buf b;
    char high[3], low[3];

    if (from >= to)
        return tpl_text_borrow(h, "", 0);
    if (tpl_is_ascii(s)) {
        out = tpl_text_borrow(h, s->p + from, to - from);
        out->units = to - from;
        return out;
    }
    begin = offset(s, from, &from_half);
    end = offset(s, to, &to_half);
    if (!from_half && !to_half)
        return tpl_text_borrow(h, s->p + begin, end - begin);
    tpl_buf_init(&b, h);
    if (from_half) {
        halves(s->p + begin, high, low);
        tpl_buf_add(&b, low, 3);
        begin += 4;
    }
    if (begin < end)
        tpl_buf_add(&b, s->p + begin, end - begin);
    if (to_half) {
        halves(s->p + end, high, low);
        tpl_buf_add(&b, high, 3);
    }
    return tpl_buf_done(&b);
}

unsigned tpl_unit(struct tpl_text *s, size_t at)
{
    uint32_t c;
    bool half;
    size_t n, i;

    if (tpl_is_ascii(s))
        return (unsigned char)s->p[at];
    i = offset(s, at, &half);
    c = tpl_decode(s->p + i, s->p + s->n, &n);
    if (c < 0x10000)
        return c;
    c -= 0x10000;
    return half ? 0xdc00 + (c & 0x3ff) : 0xd800 + (c >> 10);
}

/* ---- halves of pairs */

static bool is_half(const char *p, unsigned char low)
{
    return (unsigned char)p[0] == 0xed && ((unsigned char)p[1] & 0xf0) == low;
}

bool tpl_has_halves(const struct tpl_text *s)
{
    const char *p = s->p, *end = s->p + s->n;

    while (p && (p = memchr(p, 0xed, (size_t)(end - p)))) {
        if (end - p >= 3 && (unsigned char)p[1] >= 0xa0)
            return true;
        p++;
    }
    return false;
}

bool tpl_halves_meet(const struct tpl_text *a, const struct tpl_text *b)
{
    return a->n >= 3 && b->n >= 3 && is_half(a->p + a->n - 3, 0xa0) && is_half(b->p, 0xb0);
}

void tpl_join_halves(char out[4], const char *high, const char *low)
{
    size_t n;
    uint32_t h = tpl_decode(high, high + 3, &n), l = tpl_decode(low, low + 3, &n);

    tpl_encode(out, 0x10000 + ((h - 0xd800) << 10) + (l - 0xdc00));
}

struct tpl_text *tpl_split(struct tpl_heap *h, struct tpl_text *s)
{
    struct tpl_buf b;
    size_t from = 0;

    if (tpl_is_ascii(s))
        return s;
    tpl_buf_init(&b, h);
    for (size_t i = 0; i < s->n; i++)
        if ((unsigned char)s->p[i] >= 0xf0) {
            char high[3], low[3];

            tpl_buf_add(&b, s->p + from, i - from);
            halves(s->p + i, high, low);
            tpl_buf_add(&b, high, 3);
            tpl_buf_add(&b, low, 3);
            i += 3;
            from = i + 1;
        }
    if (from == 0)
        return s;
    tpl_buf_add(&b, s->p + from, s->n - from);
    return tpl_buf_done(&b);
}

struct tpl_text *tpl_whole(struct tpl_heap *h, struct tpl_text *s)
{
    struct tpl_buf b;
    size_t from = 0;

    if (!tpl_has_halves(s))
        return s;
    tpl_buf_init(&b, h);
    for (size_t i = 0; i + 6 <= s->n; i++)
        if (is_half(s->p + i, 0xa0) && is_half(s->p + i + 3, 0xb0)) {
            char pair[4];

            tpl_buf_add(&b, s->p + from, i - from);
            tpl_join_halves(pair, s->p + i, s->p + i + 3);
            tpl_buf_add(&b, pair, 4);
            i += 5;
            from = i + 1;
        }
    tpl_buf_add(&b, s->p + from, s->n - from);
    return tpl_buf_done(&b);
}

/* How many bytes at P are one character of UTF-8; 0: it is none. */
static size_t character(const unsigned char *p, size_t n)
{
    size_t want = *p < 0x80 ? 1 : *p >= 0xc2 && *p < 0xe0 ? 2 : *p >= 0xe0 && *p < 0xf0 ? 3 : *p >= 0xf0 && *p < 0xf5 ? 4 : 0;

    if (want == 0 || want > n)
        return 0;
    for (size_t i = 1; i < want; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] >= 0xa0) || (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] >= 0x90))
        return 0;
    return want;
}

struct tpl_text *tpl_utf8(struct tpl_heap *h, struct tpl_text *s)
{
    size_t n, done = 0;
    struct tpl_buf b;

    tpl_buf_init(&b, h);
    for (size_t i = 0; i < s->n; i += n ? n : 1) {
        n = character((const unsigned char *)s->p + i, s->n - i);
        if (n)
            continue;
        tpl_buf_add(&b, s->p + done, i - done);
        tpl_buf_add(&b, "\xef\xbf\xbd", 3);
        if (s->n - i >= 3 && is_half(s->p + i, 0xa0 | (s->p[i + 1] & 0x10))) /* one, not one for each of its bytes */
            n = 3;
        done = i + (n ? n : 1);
    }
    if (done == 0)
        return s;
    tpl_buf_add(&b, s->p + done, s->n - done);
    return tpl_buf_done(&b);
}

/* ---- searching */

/* memmem, and its like from the end. */
static const char *last(const char *p, size_t n, const char *needle, size_t needle_n)
{
    if (needle_n > n)
        return NULL;
    for (size_t i = n - needle_n + 1; i-- > 0;)
        if (memcmp(p + i, needle, needle_n) == 0)
            return p + i;
    return NULL;
}

size_t tpl_text_find(struct tpl_heap *h, struct tpl_text *s, struct tpl_text *needle, size_t from)
{
    struct tpl_text *in = s;
    const char *found;
    size_t begin;
    bool half;

    tpl_work(h, s->n / 64);
    if (from > tpl_units(s))
        return needle->n ? SIZE_MAX : tpl_units(s);
    if (needle->n == 0)
        return from;
    if (!tpl_is_ascii(s) && (tpl_has_halves(needle) || from))
        in = tpl_split(h, s);
    if (in != s)
        needle = tpl_split(h, needle);
    begin = tpl_is_ascii(in) ? from : offset(in, from, &half);
    found = memmem(in->p + begin, in->n - begin, needle->p, needle->n);
    if (!found)
        return SIZE_MAX;
    return tpl_units_of(in->p, (size_t)(found - in->p));
}

size_t tpl_text_find_last(struct tpl_heap *h, struct tpl_text *s, struct tpl_text *needle, size_t from)
{
    struct tpl_text *in = tpl_split(h, s), *what = tpl_split(h, needle);
    size_t most = tpl_units(in), end;
    const char *found;
    bool half;

    tpl_work(h, s->n / 16);
    if (tpl_units(what) > most)
        return SIZE_MAX;
    if (from > most - tpl_units(what))
        from = most - tpl_units(what);
    end = offset(in, from, &half) + what->n;
    found = last(in->p, end, what->p, what->n);
    return found ? tpl_units_of(in->p, (size_t)(found - in->p)) : SIZE_MAX;
}

/* By units: what lies in pairs (from U+10000) comes before U+E000 to U+FFFF. */
int tpl_text_compare(const struct tpl_text *a, const struct tpl_text *b)
{
    size_t n = a->n < b->n ? a->n : b->n, i = 0;

    while (i < n && a->p[i] == b->p[i])
        i++;
    if (i == n)
        return a->n < b->n ? -1 : a->n > b->n;
    {
        unsigned char x = (unsigned char)a->p[i], y = (unsigned char)b->p[i];

        if (x >= 0xf0 && y >= 0xee && y < 0xf0)
            return -1;
        if (y >= 0xf0 && x >= 0xee && x < 0xf0)
            return 1;
        return x < y ? -1 : 1;
    }
}

/* ---- white space and case */

bool tpl_is_space(uint32_t c)
{
    return c == ' ' || (c >= 9 && c <= 13) || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000 || c == 0xfeff;
}

struct tpl_text *tpl_trim(struct tpl_heap *h, const struct tpl_text *s, bool start, bool end)
{
    const char *p = s->p, *e = s->p + s->n;
    size_t n;

    while (start && p < e && tpl_is_space(tpl_decode(p, e, &n)))
        p += n;
    while (end && p < e) {
        const char *back = e - 1;

        while (back > p && ((unsigned char)*back & 0xc0) == 0x80)
            back--;
        if (!tpl_is_space(tpl_decode(back, e, &n)))
            break;
        e = back;
    }
    return tpl_text_borrow(h, p, (size_t)(e - p));
}

static bool is_cased(const char *p, const char *end)
{
    size_t n;
    uint32_t c = tpl_decode(p, end, &n);
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL || category == UTF8PROC_CATEGORY_LT;
}

static bool is_ignorable(uint32_t c)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME || category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_LM ||
           category == UTF8PROC_CATEGORY_SK || c == '\'' || c == '.' || c == ':' || c == 0xb7 || c == 0x2019;
}

/* A sigma at a word's end: a cased letter before it and none behind, past what does not count. */
static bool is_final(const struct tpl_text *s, size_t at)
{
    const char *begin = s->p, *end = s->p + s->n, *p = s->p + at;
    bool before = false;
    size_t n;

    while (p > begin) {
        do
            p--;
        while (p > begin && ((unsigned char)*p & 0xc0) == 0x80);
        if (!is_ignorable(tpl_decode(p, end, &n))) {
            before = is_cased(p, end);
            break;
        }
    }
    if (!before)
        return false;
    for (p = s->p + at + 2; p < end; p += n) {
        uint32_t c = tpl_decode(p, end, &n);

        if (!is_ignorable(c))
            return !is_cased(p, end);
    }
    return true;
}

struct tpl_text *tpl_upper(struct tpl_heap *h, struct tpl_text *s)
{
    struct tpl_buf b;
    char out[4];
    size_t n;

    tpl_work(h, s->n / 64);
    if (tpl_is_ascii(s)) {
        char *p = tpl_take_bytes(h, s->n);

        for (size_t i = 0; i < s->n; i++)
            p[i] = s->p[i] >= 'a' && s->p[i] <= 'z' ? (char)(s->p[i] - 32) : s->p[i];
        return tpl_text_borrow(h, p, s->n);
    }
    tpl_buf_init(&b, h);
    for (size_t i = 0; i < s->n; i += n) {
        uint32_t c = tpl_decode(s->p + i, s->p + s->n, &n);
        const char *special = c < 0x80 ? NULL : tpl_special_upper(c);

        if (special)
            tpl_buf_add(&b, special, strlen(special));
        else
            tpl_buf_add(&b, out, tpl_encode(out, (uint32_t)utf8proc_toupper((utf8proc_int32_t)c)));
    }
    return tpl_buf_done(&b);
}

struct tpl_text *tpl_lower(struct tpl_heap *h, struct tpl_text *s)
{
    struct tpl_buf b;
    char out[4];
    size_t n;

    tpl_work(h, s->n / 64);
    if (tpl_is_ascii(s)) {
        char *p = tpl_take_bytes(h, s->n);

        for (size_t i = 0; i < s->n; i++)
            p[i] = s->p[i] >= 'A' && s->p[i] <= 'Z' ? (char)(s->p[i] + 32) : s->p[i];
        return tpl_text_borrow(h, p, s->n);
    }
    tpl_buf_init(&b, h);
    for (size_t i = 0; i < s->n; i += n) {
        uint32_t c = tpl_decode(s->p + i, s->p + s->n, &n);

        if (c == 0x130)
            tpl_buf_add(&b, "i\xcc\x87", 3);
        else if (c == 0x3a3 && is_final(s, i))
            tpl_buf_add(&b, "\xcf\x82", 2);
        else
            tpl_buf_add(&b, out, tpl_encode(out, (uint32_t)utf8proc_tolower((utf8proc_int32_t)c)));
    }
    return tpl_buf_done(&b);
}

struct tpl_text *tpl_repeat(struct tpl_heap *h, const char *p, size_t n, size_t times)
{
    char *out;

    if (n && times > TPL_MEMORY_MAX / n)
        tpl_fail(h, CALLBOARD_ELIMIT, "a text is over %d MiB", TPL_MEMORY_MAX >> 20);
    tpl_work(h, n * times / 1024);
    out = tpl_take_bytes(h, n * times);
    for (size_t i = 0; i < times; i++)
        memcpy(out + i * n, p, n);
    return tpl_text_borrow(h, out, n * times);
}
