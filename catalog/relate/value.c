#include "catalog/relate/value.h"

#include "catalog/entity/term.h"

_Static_assert(CB_VALUE_BYTES_MAX >= CB_TERM_VALUE_MAX, "a value fits into its word");
_Static_assert(sizeof(uintptr_t) == 8, "a word holds an address and a length");

/* Gives one byte after the other, unpacked, and in lower case when FOLD. */
struct reader {
    const unsigned char *p, *end;
    bool escaped, fold;
};

static inline unsigned char fold(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static unsigned hex(unsigned char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(fold(c) - 'a') + 10;
}

/* Behind a backslash: only what cb_buf_put_json writes, control characters as \u00XX. */
static unsigned char unescape(struct reader *r)
{
    unsigned char c = *r->p++;

    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'u':
        r->p += 4;
        return (unsigned char)(hex(r->p[-2]) << 4 | hex(r->p[-1]));
    default:
        return c;
    }
}

/* -1 at the end. */
static inline int next(struct reader *r)
{
    unsigned char c;

    if (r->p == r->end)
        return -1;
    c = *r->p++;
    if (r->escaped && c == '\\')
        c = unescape(r);
    return r->fold ? fold(c) : c;
}

static struct reader read_str(cb_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;

    return (struct reader){.p = p, .end = p + s.n};
}

static cb_str lower_copy(cb_value_text v)
{
    const char *p = cb_value_at(v) + cb_value_n(v);
    uint32_t n;

    memcpy(&n, p, sizeof(n));
    return (cb_str){p + sizeof(n), n};
}

static struct reader read_lower(cb_value_text v)
{
    struct reader r;

    if (cb_value_form(v) == CB_VALUE_BOTH)
        return read_str(lower_copy(v));
    r = read_str((cb_str){cb_value_at(v), cb_value_n(v)});
    r.escaped = cb_value_form(v) == CB_VALUE_ESCAPED;
    r.fold = cb_value_form(v) != CB_VALUE_PLAIN;
    return r;
}

static struct reader read_exact(cb_value_text v)
{
    struct reader r = read_str((cb_str){cb_value_at(v), cb_value_n(v)});

    r.escaped = cb_value_form(v) == CB_VALUE_ESCAPED;
    return r;
}

static void skip_same(struct reader *x, struct reader *y);

static int cmp_readers(struct reader x, struct reader y)
{
    skip_same(&x, &y);
    for (;;) {
        int a = next(&x), b = next(&y);

        if (a != b)
            return a < b ? -1 : 1;
        if (a < 0)
            return 0;
    }
}

static int cmp_plain(cb_str x, cb_str y)
{
    int c = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

    return c ? c : x.n < y.n ? -1 : x.n > y.n;
}

enum cb_value_form cb_value_form_of(cb_str s)
{
    bool ascii = true, upper = false;
    enum cb_value_form form;
    struct cb_arena *a;
    cb_str lower;

    for (size_t i = 0; i < s.n; i++) {
        upper |= s.p[i] >= 'A' && s.p[i] <= 'Z';
        ascii &= (unsigned char)s.p[i] < 0x80;
    }
    if (ascii)
        return upper ? CB_VALUE_FOLD : CB_VALUE_PLAIN;
    a = cb_arena_new();
    lower = cb_arena_lower(a, s);
    form = lower.p == s.p ? CB_VALUE_PLAIN : CB_VALUE_FOLD;
    if (lower.n != s.n)
        form = CB_VALUE_BOTH;
    for (size_t i = 0; form == CB_VALUE_FOLD && i < s.n; i++)
        if ((char)fold((unsigned char)s.p[i]) != lower.p[i])
            form = CB_VALUE_BOTH;
    cb_arena_free(a);
    return form;
}

cb_str cb_value_text_of(cb_value_text v, struct cb_arena *a)
{
    cb_str s = {cb_value_at(v), cb_value_n(v)};
    struct reader r;
    char *to;
    int c;

    if (cb_value_form(v) != CB_VALUE_ESCAPED)
        return s;
    r = read_exact(v);
    s.p = to = cb_arena_alloc(a, s.n + 1);
    while ((c = next(&r)) >= 0)
        *to++ = (char)c;
    *to = '\0';
    s.n = (size_t)(to - s.p);
    return s;
}

cb_str cb_value_lower(cb_value_text v, struct cb_buf *scratch)
{
    struct reader r;
    char *to;
    int c;

    if (cb_value_form(v) == CB_VALUE_PLAIN)
        return (cb_str){cb_value_at(v), cb_value_n(v)};
    if (cb_value_form(v) == CB_VALUE_BOTH)
        return lower_copy(v);
    r = read_lower(v);
    cb_buf_clear(scratch);
    to = cb_buf_reserve(scratch, cb_value_n(v));
    if (cb_value_form(v) == CB_VALUE_FOLD) {
        for (size_t i = 0, n = cb_value_n(v); i < n; i++)
            to[i] = (char)fold(r.p[i]);
        scratch->n = cb_value_n(v);
        return cb_buf_str(scratch);
    }
    while ((c = next(&r)) >= 0)
        to[scratch->n++] = (char)c;
    return cb_buf_str(scratch);
}

uint64_t cb_value_prefix(cb_value_text v, size_t skip)
{
    struct reader r = read_lower(v);
    uint64_t word = 0;

    if (r.escaped)
        for (size_t i = 0; i < skip && next(&r) >= 0; i++)
            ;
    else
        r.p += (size_t)(r.end - r.p) < skip ? (size_t)(r.end - r.p) : skip;
    for (int i = 0; i < 8; i++) {
        int c = next(&r);

        word = word << 8 | (uint64_t)(c < 0 ? 0 : c);
    }
    return word;
}

/* Where an escape that reaches behind AT begins in FROM, or AT. */
static const unsigned char *escape_start(const unsigned char *from, const unsigned char *at)
{
    for (const unsigned char *p = at; p > from && at - p < 5;) {
        const unsigned char *run = --p;

        if (*p != '\\')
            continue;
        while (run > from && run[-1] == '\\')
            run--;
        if ((p - run) % 2 == 0 && (at - p < 2 || p[1] == 'u'))
            return p;
    }
    return at;
}

/* Past what is the same in both as it is written, when both are written alike. */
static void skip_same(struct reader *x, struct reader *y)
{
    size_t n = (size_t)(x->end - x->p), m = (size_t)(y->end - y->p), i = 0;
    uint64_t a, b;

    if (x->escaped != y->escaped)
        return;
    n = m < n ? m : n;
    for (; i + 8 <= n; i += 8) {
        memcpy(&a, x->p + i, 8);
        memcpy(&b, y->p + i, 8);
        if (a != b)
            break;
    }
    if (x->escaped)
        i = (size_t)(escape_start(x->p, x->p + i) - x->p);
    x->p += i;
    y->p += i;
}

int cb_value_cmp(cb_value_text x, cb_value_text y)
{
    if (cb_value_form(x) == CB_VALUE_PLAIN && cb_value_form(y) == CB_VALUE_PLAIN)
        return cmp_plain((cb_str){cb_value_at(x), cb_value_n(x)},
                         (cb_str){cb_value_at(y), cb_value_n(y)});
    return cmp_readers(read_lower(x), read_lower(y));
}

int cb_value_cmp_exact(cb_value_text x, cb_value_text y)
{
    int c = cb_value_cmp(x, y);

    return c ? c : cmp_readers(read_exact(x), read_exact(y));
}

bool cb_value_same(cb_value_text x, cb_value_text y)
{
    enum cb_value_form a = cb_value_form(x), b = cb_value_form(y);

    if (a == CB_VALUE_PLAIN && b == CB_VALUE_PLAIN)
        return false;
    if (a <= CB_VALUE_FOLD && b <= CB_VALUE_FOLD && cb_value_n(x) != cb_value_n(y))
        return false;
    return cb_value_cmp(x, y) == 0;
}

int cb_value_cmp_str(cb_value_text x, cb_str lower)
{
    if (cb_value_form(x) == CB_VALUE_PLAIN && lower.n > 0)
        return cmp_plain((cb_str){cb_value_at(x), cb_value_n(x)}, lower);
    return cmp_readers(read_lower(x), read_str(lower));
}

bool cb_value_is(cb_value_text x, cb_str text)
{
    if (cb_value_form(x) != CB_VALUE_ESCAPED)
        return cb_value_n(x) == text.n &&
               (text.n == 0 || memcmp(cb_value_at(x), text.p, text.n) == 0);
    return cmp_readers(read_exact(x), read_str(text)) == 0;
}

bool cb_value_starts(cb_value_text x, cb_str lower)
{
    struct reader r = read_lower(x);

    for (size_t i = 0; i < lower.n; i++)
        if (next(&r) != (unsigned char)lower.p[i])
            return false;
    return true;
}

void cb_needle_init(struct cb_needle *n, cb_str lower)
{
    size_t most = lower.n < 255 ? lower.n : 255;

    n->text = lower;
    memset(n->step, (int)most, sizeof(n->step));
    /* Upper case may stand where the needle has lower: both move it alike. */
    for (size_t i = lower.n - most; i + 1 < lower.n; i++) {
        unsigned char c = (unsigned char)lower.p[i];

        n->step[c] = (uint8_t)(lower.n - 1 - i);
        if (c >= 'a' && c <= 'z')
            n->step[c - ('a' - 'A')] = n->step[c];
    }
}

static bool stands_at(const unsigned char *p, cb_str lower)
{
    size_t i = lower.n;

    while (i > 0 && fold(p[i - 1]) == (unsigned char)lower.p[i - 1])
        i--;
    return i == 0;
}

/* Horspool: S is in lower case, or differs from it in ASCII letters only. */
static bool find_folded(const struct cb_needle *n, cb_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;

    for (size_t at = 0; at + n->text.n <= s.n; at += n->step[p[at + n->text.n - 1]])
        if (stands_at(p + at, n->text))
            return true;
    return false;
}

bool cb_value_contains(cb_value_text x, const struct cb_needle *n, struct cb_buf *scratch)
{
    if (n->text.n == 0)
        return true;
    if (cb_value_form(x) == CB_VALUE_PLAIN || cb_value_form(x) == CB_VALUE_FOLD)
        return find_folded(n, (cb_str){cb_value_at(x), cb_value_n(x)});
    return find_folded(n, cb_value_lower(x, scratch));
}
