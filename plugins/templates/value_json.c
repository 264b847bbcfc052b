/* Values from JSON and back: RFC 8259 in, JSON.stringify out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/templates/limit.h"
#include "plugins/templates/number.h"
#include "plugins/templates/text.h"
#include "plugins/templates/value.h"

struct reader {
    struct tpl_heap *h;
    const char *p, *end;
    bool kept, broken;
};

static void space(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
        r->p++;
}

static bool eat(struct reader *r, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0)
        return false;
    r->p += n;
    return true;
}

static int hex4(struct reader *r)
{
    int c = 0;

    if (r->end - r->p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char d = *r->p++;

        if (d >= '0' && d <= '9')
            c = c << 4 | (d - '0');
        else if ((d | 32) >= 'a' && (d | 32) <= 'f')
            c = c << 4 | ((d | 32) - 'a' + 10);
        else
            return -1;
    }
    return c;
}

static struct tpl_text *read_text(struct reader *r)
{
    const char *from = ++r->p;
    struct tpl_buf b;

    while (r->p < r->end && *r->p != '"' && *r->p != '\\' && (unsigned char)*r->p >= 0x20)
        r->p++;
    if (r->p < r->end && *r->p == '"') {
        struct tpl_text *s = tpl_text(r->h, from, (size_t)(r->p - from)).s;

        r->p++;
        return s;
    }
    tpl_buf_init(&b, r->h);
    tpl_buf_add(&b, from, (size_t)(r->p - from));
    while (r->p < r->end && *r->p != '"') {
        char c = *r->p++, four[4];
        static const char from_letter[] = "bfnrt\"\\/", to_byte[] = "\b\f\n\r\t\"\\/";
        const char *at;
        int point;

        if (c != '\\') {
            if ((unsigned char)c < 0x20)
                r->broken = true;
            tpl_buf_char(&b, c);
            continue;
        }
        if (r->p == r->end)
            break;
        c = *r->p++;
        if (c == 'u') {
            struct tpl_text half;

            if ((point = hex4(r)) < 0) {
                r->broken = true;
                break;
            }
            half = (struct tpl_text){four, tpl_encode(four, (uint32_t)point), TPL_UNCOUNTED};
            tpl_buf_text(&b, &half);
        } else if (c && (at = strchr(from_letter, c))) {
            tpl_buf_char(&b, to_byte[at - from_letter]);
        } else {
            r->broken = true;
        }
    }
    if (r->p == r->end)
        r->broken = true;
    else
        r->p++;
    return tpl_buf_done(&b);
}

static struct tpl_value read_number(struct reader *r)
{
    const char *from = r->p;
    struct tpl_text s;

    while (r->p < r->end && *r->p && strchr("+-0123456789.eE", *r->p))
        r->p++;
    s = (struct tpl_text){from, (size_t)(r->p - from), TPL_UNCOUNTED};
    if (s.n == 0) {
        r->broken = true;
        return tpl_null();
    }
    return tpl_number(tpl_number_of_text(&s));
}

static struct tpl_value read_value(struct reader *r, size_t depth)
{
    struct tpl_value v = tpl_null();

    space(r);
    if (depth > TPL_DEPTH_MAX || r->p == r->end) {
        r->broken = true;
        return v;
    }
    switch (*r->p) {
    case '"': return tpl_text_of(read_text(r));
    case '[':
        r->p++;
        v = tpl_list_new(r->h, 0);
        v.l->kept = r->kept;
        space(r);
        if (eat(r, "]"))
            return v;
        do
            tpl_push(r->h, v.l, read_value(r, depth + 1));
        while (!r->broken && (space(r), eat(r, ",")));
        r->broken = r->broken || !eat(r, "]");
        return v;
    case '{':
        r->p++;
        v = tpl_dict_new(r->h);
        space(r);
        if (!eat(r, "}")) {
            do {
                struct tpl_text *key;

                space(r);
                if (r->p == r->end || *r->p != '"') {
                    r->broken = true;
                    break;
                }
                key = read_text(r);
                space(r);
                if (!eat(r, ":")) {
                    r->broken = true;
                    break;
                }
                tpl_put(r->h, v.o, key, read_value(r, depth + 1));
            } while (!r->broken && (space(r), eat(r, ",")));
            r->broken = r->broken || !eat(r, "}");
        }
        v.o->kept = r->kept;
        return v;
    default:
        if (eat(r, "null"))
            return v;
        if (eat(r, "true"))
            return tpl_boolean(true);
        if (eat(r, "false"))
            return tpl_boolean(false);
        return read_number(r);
    }
}

bool tpl_json_read(struct tpl_value *out, struct tpl_heap *h, const char *p, size_t n, bool kept)
{
    struct reader r = {.h = h, .p = p, .end = p + n, .kept = kept};
    jmp_buf here, *outer = h->out;

    h->out = &here;
    if (setjmp(here)) {
        h->out = outer;
        return false;
    }
    *out = read_value(&r, 1);
    space(&r);
    h->out = outer;
    h->work = 0;
    if (r.broken || r.p != r.end) {
        h->error = (struct tpl_error){.code = CALLBOARD_EINVAL, .text = "the values are no JSON"};
        return false;
    }
    return true;
}

/* ---- writing */

struct writer {
    struct tpl_buf b;
    const struct tpl_text *indent;
};

static void put_text(struct tpl_buf *b, const struct tpl_text *s)
{
    static const char hex[] = "0123456789abcdef";
    size_t from = 0;

    tpl_buf_char(b, '"');
    for (size_t i = 0; i < s->n; i++) {
        unsigned char c = (unsigned char)s->p[i];
        bool half = c == 0xed && i + 2 < s->n && (unsigned char)s->p[i + 1] >= 0xa0;
        static const char named[] = "\b\f\n\r\t\"\\", letter[] = "bfnrt\"\\";
        const char *at;
        uint32_t point = c;
        char six[6] = "\\u0000";
        size_t n = 1;

        if (c >= 0x20 && c != '"' && c != '\\' && !half)
            continue;
        tpl_buf_add(b, s->p + from, i - from);
        if (c && (at = memchr(named, c, sizeof(named) - 1))) {
            tpl_buf_char(b, '\\');
            tpl_buf_char(b, letter[at - named]);
        } else {
            if (half)
                point = tpl_decode(s->p + i, s->p + s->n, &n);
            for (int k = 0; k < 4; k++)
                six[2 + k] = hex[point >> (12 - 4 * k) & 15];
            tpl_buf_add(b, six, 6);
        }
        i += n - 1;
        from = i + 1;
    }
    tpl_buf_add(b, s->p + from, s->n - from);
    tpl_buf_char(b, '"');
}

static void line(struct writer *w, size_t depth)
{
    if (!w->indent)
        return;
    tpl_buf_char(&w->b, '\n');
    for (size_t i = 0; i < depth; i++)
        tpl_buf_add(&w->b, w->indent->p, w->indent->n);
}

/* Has JSON no such value? */
static bool is_nothing(struct tpl_heap *h, struct tpl_value v)
{
    if (v.type == TPL_CALLABLE)
        tpl_to_text(h, v);
    return v.type == TPL_UNDEFINED;
}

static void put(struct writer *w, struct tpl_value v, size_t depth)
{
    struct tpl_heap *h = w->b.h;
    char digits[TPL_NUMBER_MAX];
    bool first = true;

    if (depth > TPL_DEPTH_MAX)
        tpl_fail(h, CALLBOARD_ELIMIT, "its values are nested deeper than %d", TPL_DEPTH_MAX);
    tpl_work(h, 1);
    switch (v.type) {
    case TPL_UNDEFINED:
    case TPL_NULL: tpl_buf_add(&w->b, "null", 4); return;
    case TPL_BOOLEAN: tpl_buf_add(&w->b, v.b ? "true" : "false", v.b ? 4 : 5); return;
    case TPL_NUMBER:
        if (isnan(v.d) || isinf(v.d))
            tpl_buf_add(&w->b, "null", 4);
        else
            tpl_buf_add(&w->b, digits, tpl_number_text(digits, v.d));
        return;
    case TPL_TEXT: put_text(&w->b, v.s); return;
    case TPL_LIST:
        tpl_buf_char(&w->b, '[');
        for (size_t i = 0; i < v.l->n; i++) {
            if (i)
                tpl_buf_char(&w->b, ',');
            line(w, depth);
            put(w, is_nothing(h, v.l->v[i]) ? tpl_null() : v.l->v[i], depth + 1);
        }
        if (v.l->n)
            line(w, depth - 1);
        tpl_buf_char(&w->b, ']');
        return;
    case TPL_DICT:
        tpl_buf_char(&w->b, '{');
        for (size_t i = 0; i < v.o->n; i++) {
            if (is_nothing(h, v.o->e[i].v))
                continue;
            if (!first)
                tpl_buf_char(&w->b, ',');
            first = false;
            line(w, depth);
            put_text(&w->b, v.o->e[i].key);
            tpl_buf_add(&w->b, ": ", w->indent ? 2 : 1);
            put(w, v.o->e[i].v, depth + 1);
        }
        if (!first)
            line(w, depth - 1);
        tpl_buf_char(&w->b, '}');
        return;
    case TPL_REGEX: tpl_buf_add(&w->b, "{}", 2); return;
    case TPL_CYCLER:
    case TPL_CALLABLE: break;
    }
    tpl_fail(h, CALLBOARD_EINVAL, "a function is not a value: call it with ()");
}

struct tpl_text *tpl_json(struct tpl_heap *h, struct tpl_value v, const struct tpl_text *indent)
{
    struct writer w = {.indent = indent && indent->n ? indent : NULL};

    if (is_nothing(h, v))
        return NULL;
    tpl_buf_init(&w.b, h);
    put(&w, v, 1);
    return tpl_buf_done(&w.b);
}
