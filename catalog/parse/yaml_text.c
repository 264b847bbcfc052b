#include "catalog/parse/yaml_text.h"

#include "catalog/base/buf.h"

#define SWAP_FIRST 0xf0000u /* private-use plane 15, sixteen blocks of 4096 */
#define SWAP_BLOCK 0x1000u
#define SWAP_BLOCKS 16

enum { PLAIN, BREAK, ODD, HIGH };

/* What a byte is to the first, quick look: most files have nothing but plain ones. */
static const uint8_t looks[256] = {
    [0x00 ... 0x08] = ODD, ['\r'] = BREAK, [0x0b ... 0x0c] = ODD,
    [0x0e ... 0x1f] = ODD, [0x7f] = ODD,    [0x80 ... 0xff] = HIGH,
};

/* Index in the swap block of a character that libyaml must not see; -1 for all others. */
static int odd_index(uint32_t c)
{
    if (c < 0x20)
        return c == '\t' || c == '\n' ? -1 : (int)c;
    if (c >= 0x7f && c < 0xa0)
        return (int)c;
    switch (c) {
    case 0x2028:
        return 0x100;
    case 0x2029:
        return 0x101;
    case 0xfeff:
        return 0x102;
    case 0xfffe:
        return 0x103;
    case 0xffff:
        return 0x104;
    default:
        return -1;
    }
}

static uint32_t odd_back(uint32_t index)
{
    static const uint16_t wide[] = {0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff};

    return index < 0x100 ? index : wide[index - 0x100];
}

static void put_char(struct cb_buf *b, uint32_t c)
{
    unsigned char *p = (unsigned char *)cb_buf_reserve(b, 4);

    if (c < 0x80) {
        p[0] = (unsigned char)c;
        b->n += 1;
    } else if (c < 0x800) {
        p[0] = (unsigned char)(0xc0 | c >> 6);
        p[1] = (unsigned char)(0x80 | (c & 0x3f));
        b->n += 2;
    } else if (c < 0x10000) {
        p[0] = (unsigned char)(0xe0 | c >> 12);
        p[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
        p[2] = (unsigned char)(0x80 | (c & 0x3f));
        b->n += 3;
    } else {
        p[0] = (unsigned char)(0xf0 | c >> 18);
        p[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
        p[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
        p[3] = (unsigned char)(0x80 | (c & 0x3f));
        b->n += 4;
    }
}

/*
 * One character at P; false when the bytes are no UTF-8: then *USED is the longest start of a character, as decoders
 * that replace it by one U+FFFD count.
 */
static bool get_char(const unsigned char *p, size_t left, uint32_t *c, size_t *used)
{
    unsigned char lo = 0x80, hi = 0xbf;
    size_t n;

    *used = 1;
    if (p[0] < 0x80) {
        *c = p[0];
        return true;
    }
    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        n = 2;
        *c = p[0] & 0x1f;
    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        n = 3;
        *c = p[0] & 0x0f;
        lo = p[0] == 0xe0 ? 0xa0 : 0x80;
        hi = p[0] == 0xed ? 0x9f : 0xbf;
    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        n = 4;
        *c = p[0] & 0x07;
        lo = p[0] == 0xf0 ? 0x90 : 0x80;
        hi = p[0] == 0xf4 ? 0x8f : 0xbf;
    } else {
        return false;
    }
    for (size_t i = 1; i < n; i++, lo = 0x80, hi = 0xbf) {
        if (i >= left || p[i] < lo || p[i] > hi)
            return false;
        *c = *c << 6 | (p[i] & 0x3f);
        *used = i + 1;
    }
    return true;
}

struct survey {
    bool odd, bad;
    uint16_t taken; /* bit per swap block that the text uses itself */
};

static bool is_lone_cr(const unsigned char *p, size_t left)
{
    return p[0] == '\r' && !(left > 1 && p[1] == '\n');
}

static void survey(struct survey *s, cb_str bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.p;

    for (size_t i = 0, used; i < bytes.n; i += used) {
        uint8_t kind = looks[p[i]];
        uint32_t c;

        used = 1;
        if (kind == PLAIN) {
            while (i + 1 < bytes.n && looks[p[i + 1]] == PLAIN)
                i++;
            continue;
        }
        if (kind == BREAK) {
            s->odd = s->odd || is_lone_cr(p + i, bytes.n - i);
        } else if (kind == ODD) {
            s->odd = true;
        } else if (!get_char(p + i, bytes.n - i, &c, &used)) {
            s->bad = true;
        } else if (c >= SWAP_FIRST && c < SWAP_FIRST + SWAP_BLOCKS * SWAP_BLOCK) {
            s->taken |= (uint16_t)(1u << ((c - SWAP_FIRST) / SWAP_BLOCK));
        } else if (odd_index(c) >= 0) {
            s->odd = true;
        }
    }
}

static uint32_t free_block(uint16_t taken)
{
    for (uint32_t i = 0; i < SWAP_BLOCKS; i++)
        if (!(taken >> i & 1))
            return SWAP_FIRST + i * SWAP_BLOCK;
    return 0;
}

void cb_yaml_text_make(struct cb_yaml_text *out, struct cb_arena *a, cb_str bytes)
{
    const unsigned char *p;
    struct survey s = {0};
    struct cb_buf b = CB_BUF_INIT;
    uint32_t line = 1;

    if (cb_str_starts(bytes, CB_LIT("\xef\xbb\xbf")))
        bytes = cb_str_sub(bytes, 3, bytes.n); /* a mark of byte order is no column */
    p = (const unsigned char *)bytes.p;
    *out = (struct cb_yaml_text){.bytes = bytes};
    survey(&s, bytes);
    if (!s.odd && !s.bad)
        return;
    out->swap = free_block(s.taken);
    for (size_t i = 0, used; i < bytes.n; i += used) {
        uint32_t c;
        int odd;

        if (!get_char(p + i, bytes.n - i, &c, &used)) {
            c = 0xfffd;
            if (!out->bad_line)
                out->bad_line = line;
        }
        odd = c == '\r' && !is_lone_cr(p + i, bytes.n - i) ? -1 : odd_index(c);
        put_char(&b, odd < 0 ? c : out->swap ? out->swap + (uint32_t)odd : 0xfffd);
        line += c == '\n';
    }
    out->bytes = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
}

cb_str cb_yaml_text_back(const struct cb_yaml_text *t, struct cb_arena *a, cb_str read, bool *nul)
{
    const unsigned char *p = (const unsigned char *)read.p;
    struct cb_buf b = CB_BUF_INIT;
    cb_str out;

    if (!t->swap || !memchr(read.p, 0xf3, read.n)) {
        *nul = *nul || memchr(read.p, '\0', read.n);
        return cb_arena_str(a, read);
    }
    for (size_t i = 0, used; i < read.n; i += used) {
        uint32_t c;

        if (!get_char(p + i, read.n - i, &c, &used))
            c = 0xfffd; /* libyaml gives none such */
        if (c >= t->swap && c <= t->swap + 0x104)
            c = odd_back(c - t->swap);
        *nul = *nul || c == 0;
        put_char(&b, c);
    }
    out = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return out;
}

static void splice(struct cb_yaml_text *t, struct cb_arena *a, size_t at, size_t drop, cb_str put)
{
    char *p = cb_arena_alloc(a, t->bytes.n - drop + put.n + 1);

    memcpy(p, t->bytes.p, at);
    memcpy(p + at, put.p, put.n);
    memcpy(p + at + put.n, t->bytes.p + at + drop, t->bytes.n - at - drop);
    t->bytes = cb_str_make(p, t->bytes.n - drop + put.n);
}

void cb_yaml_text_hide_tab(struct cb_yaml_text *t, struct cb_arena *a, size_t at)
{
    struct cb_buf b = CB_BUF_INIT;
    struct survey s = {0};

    if (!t->swap) {
        survey(&s, t->bytes);
        t->swap = free_block(s.taken);
    }
    put_char(&b, t->swap ? t->swap + '\t' : ' ');
    splice(t, a, at, 1, cb_buf_str(&b));
    cb_buf_fini(&b);
}

void cb_yaml_text_insert(struct cb_yaml_text *t, struct cb_arena *a, size_t at, char c)
{
    splice(t, a, at, 0, cb_str_make(&c, 1));
}

/* The four digits of "\uXXXX" at P; -1 when there are none. */
static long escape_at(cb_str s, size_t at)
{
    long v = 0;

    if (at + 6 > s.n || s.p[at] != '\\' || s.p[at + 1] != 'u')
        return -1;
    for (size_t i = at + 2; i < at + 6; i++) {
        char c = s.p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;

        if (digit < 0)
            return -1;
        v = v * 16 + digit;
    }
    return v;
}

cb_str cb_yaml_text_join_surrogates(struct cb_arena *a, cb_str bytes)
{
    struct cb_buf b = CB_BUF_INIT;
    cb_str out;

    for (size_t i = 0; i < bytes.n; i++) {
        long one, two;

        if (bytes.p[i] != '\\') {
            cb_buf_put_char(&b, bytes.p[i]);
            continue;
        }
        one = escape_at(bytes, i);
        two = one >= 0xd800 && one < 0xdc00 ? escape_at(bytes, i + 6) : -1;
        if (two >= 0xdc00 && two < 0xe000) {
            cb_buf_printf(&b, "\\U%08lX", 0x10000 + ((one - 0xd800) << 10) + (two - 0xdc00));
            i += 11;
        } else if (one >= 0xd800 && one < 0xe000) {
            cb_buf_put_cstr(&b, "\\uFFFD"); /* half a pair is no character */
            i += 5;
        } else {
            cb_buf_put_char(&b, bytes.p[i]);
            if (i + 1 < bytes.n)
                cb_buf_put_char(&b, bytes.p[++i]); /* an escaped backslash starts no escape */
        }
    }
    out = cb_arena_str(a, cb_buf_str(&b));
    cb_buf_fini(&b);
    return out;
}
