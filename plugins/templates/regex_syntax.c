/*
 * JavaScript's syntax of regular expressions (ECMA-262 without flag u, with its annex B) in PCRE2's. What both write the same way is
 * kept; what only PCRE2 knows (verbs, possessive quantifiers, \Q, \K, POSIX classes) is refused or taken as the letters that it is.
 */
#include <string.h>

#include "plugins/templates/limit.h"
#include "plugins/templates/regex.h"
#include "plugins/templates/text.h"

#define LINE_ENDS "\\n\\r\\x{2028}\\x{2029}"
#define SPACES "\\x09-\\x0d\\x20\\xa0\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}"
#define NO_SPACES                                                                                                                \
    "\\x00-\\x08\\x0e-\\x1f\\x21-\\x9f\\xa1-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}" \
    "\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"

struct translation {
    struct tpl_buf out;
    const char *p, *end;
    size_t groups; /* in the whole pattern */
    bool named, lines, broken;
};

static void put(struct translation *t, const char *words)
{
    tpl_buf_add(&t->out, words, strlen(words));
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* N hexadecimal digits at P, or -1. */
static int hex_n(const struct translation *t, const char *p, int n)
{
    int c = 0;

    if (t->end - p < n)
        return -1;
    for (int i = 0; i < n; i++) {
        if (hex(p[i]) < 0)
            return -1;
        c = c << 4 | hex(p[i]);
    }
    return c;
}

static void put_unit(struct translation *t, uint32_t c)
{
    static const char digits[] = "0123456789abcdef";
    char four[4], small[] = "\\x00";

    if (c >= 0x80) {
        tpl_buf_add(&t->out, four, tpl_encode(four, c));
        return;
    }
    small[2] = digits[c >> 4];
    small[3] = digits[c & 15];
    put(t, small);
}

/* "\d", "\5", "\u00e9", ...; P is at what follows the backslash. True: it stands for a set. */
static bool escape(struct translation *t, bool in_class)
{
    char c = *t->p++;
    int code;

    switch (c) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
        tpl_buf_char(&t->out, '\\');
        tpl_buf_char(&t->out, c);
        return true;
    case 's': put(t, in_class ? SPACES : "[" SPACES "]"); return true;
    case 'S': put(t, in_class ? NO_SPACES : "[^" SPACES "]"); return true;
    case 'b':
    case 'B':
        if (in_class) {
            put_unit(t, c == 'b' ? 8 : 'B');
        } else {
            tpl_buf_char(&t->out, '\\');
            tpl_buf_char(&t->out, c);
        }
        return false;
    case 'n': put_unit(t, '\n'); return false;
    case 'r': put_unit(t, '\r'); return false;
    case 't': put_unit(t, '\t'); return false;
    case 'f': put_unit(t, '\f'); return false;
    case 'v': put_unit(t, '\v'); return false;
    case 'x':
    case 'u':
        code = hex_n(t, t->p, c == 'x' ? 2 : 4);
        if (code >= 0)
            t->p += c == 'x' ? 2 : 4;
        put_unit(t, code >= 0 ? (uint32_t)code : (uint32_t)c);
        return false;
    case 'c':
        if (t->p < t->end && ((*t->p | 32) >= 'a' && (*t->p | 32) <= 'z')) {
            put_unit(t, (uint32_t)*t->p++ & 31);
        } else {
            put(t, "\\\\");
            t->p--; /* the c itself comes next */
        }
        return false;
    case 'k':
        if (t->named && !in_class && t->p < t->end && *t->p == '<')
            put(t, "\\k");
        else
            put_unit(t, 'k');
        return false;
    default: break;
    }
    if (c >= '0' && c <= '9') {
        const char *digits = t->p - 1;
        size_t n = 0;

        for (const char *p = digits; p < t->end && *p >= '0' && *p <= '9' && n < 1000; p++)
            n = n * 10 + (size_t)(*p - '0');
        if (c != '0' && n <= t->groups && !in_class) {
            put(t, "\\g{");
            for (t->p = digits; t->p < t->end && *t->p >= '0' && *t->p <= '9'; t->p++)
                tpl_buf_char(&t->out, *t->p);
            put(t, "}");
        } else if (c >= '8') {
            put_unit(t, (uint32_t)c);
        } else { /* an octal number, up to 255 */
            code = c - '0';
            for (int i = 0; i < 2 && t->p < t->end && *t->p >= '0' && *t->p <= '7' && code * 8 + (*t->p - '0') <= 255; i++)
                code = code * 8 + (*t->p++ - '0');
            put_unit(t, (uint32_t)code);
        }
        return false;
    }
    if ((unsigned char)c < 0x80) {
        put_unit(t, (uint32_t)c);
    } else {
        tpl_buf_char(&t->out, c); /* the first byte of a character; the others follow as they are */
    }
    return false;
}

/* "[...]", P behind the bracket. */
static void set(struct translation *t)
{
    bool negative = t->p < t->end && *t->p == '^', was_set = false;

    t->p += negative;
    if (t->p < t->end && *t->p == ']') {
        t->p++;
        put(t, negative ? "[\\x00-\\x{10ffff}]" : "(?!)");
        return;
    }
    put(t, negative ? "[^" : "[");
    while (t->p < t->end && *t->p != ']') {
        char c = *t->p++;

        if (c == '\\' && t->p < t->end) {
            was_set = escape(t, true);
            continue;
        }
        if (c == '-' && (was_set || (t->end - t->p >= 2 && *t->p == '\\' && strchr("dDwWsS", t->p[1]))))
            put(t, "\\-"); /* no range with a set at either end */
        else if (c == '-')
            tpl_buf_char(&t->out, c);
        else if ((unsigned char)c < 0x80)
            put_unit(t, (uint32_t)c);
        else
            tpl_buf_char(&t->out, c);
        was_set = false;
    }
    if (t->p == t->end) {
        t->broken = true;
        return;
    }
    t->p++;
    put(t, "]");
}

/* "{2}", "{2,}", "{2,3}" at P: its length, or 0. */
static size_t counted(const struct translation *t)
{
    const char *p = t->p + 1;
    size_t digits = 0;

    while (p < t->end && *p >= '0' && *p <= '9')
        p++, digits++;
    if (!digits || p == t->end)
        return 0;
    if (*p == ',')
        for (p++; p < t->end && *p >= '0' && *p <= '9';)
            p++;
    return p < t->end && *p == '}' ? (size_t)(p - t->p) + 1 : 0;
}

static void count_groups(struct translation *t)
{
    bool in_class = false;

    for (const char *p = t->p; p < t->end; p++) {
        if (*p == '\\')
            p++;
        else if (in_class)
            in_class = *p != ']';
        else if (*p == '[')
            in_class = true;
        else if (*p == '(' && p + 1 < t->end && p[1] == '?') {
            if (t->end - p > 3 && p[2] == '<' && p[3] != '=' && p[3] != '!') {
                t->named = true;
                t->groups++;
            }
        } else if (*p == '(') {
            t->groups++;
        }
    }
}

/* "(", "(?:", "(?<name>", ...; P behind the bracket. */
static void open_group(struct translation *t)
{
    static const char *const kinds[] = {"?:", "?=", "?!", "?<=", "?<!"};

    put(t, "(");
    if (t->p == t->end || *t->p == '*') {
        t->broken = true;
        return;
    }
    if (*t->p != '?')
        return;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        size_t n = strlen(kinds[i]);

        if ((size_t)(t->end - t->p) >= n && memcmp(t->p, kinds[i], n) == 0) {
            put(t, kinds[i]);
            t->p += n;
            return;
        }
    }
    if (t->end - t->p < 3 || t->p[1] != '<') {
        t->broken = true;
        return;
    }
    put(t, "?<");
    for (t->p += 2; t->p < t->end && *t->p != '>'; t->p++)
        tpl_buf_char(&t->out, *t->p);
}

struct tpl_text *tpl_regex_translate(struct tpl_heap *h, const struct tpl_text *pattern, bool lines)
{
    struct translation t = {.p = pattern->p, .end = pattern->p + pattern->n, .lines = lines};
    bool repeatable = false; /* what came last may have a quantifier */

    tpl_buf_init(&t.out, h);
    count_groups(&t);
    while (t.p < t.end && !t.broken) {
        char c = *t.p++;
        size_t n;

        switch (c) {
        case '\\':
            if (t.p == t.end) {
                t.broken = true;
                break;
            }
            repeatable = *t.p != 'b' && *t.p != 'B';
            escape(&t, false);
            break;
        case '[':
            set(&t);
            repeatable = true;
            break;
        case '(':
            open_group(&t);
            repeatable = false;
            break;
        case ')':
        case '|':
            tpl_buf_char(&t.out, c);
            repeatable = c == ')';
            break;
        case '.':
            put(&t, "[^" LINE_ENDS "]");
            repeatable = true;
            break;
        case '^':
            put(&t, t.lines ? "(?<![^" LINE_ENDS "])" : "^");
            repeatable = false;
            break;
        case '$':
            put(&t, t.lines ? "(?![^" LINE_ENDS "])" : "\\z");
            repeatable = false;
            break;
        case '*':
        case '+':
        case '?':
        case '{':
            t.p--;
            n = c == '{' ? counted(&t) : 1;
            if (n == 0) {
                put(&t, "\\{");
                t.p++;
                repeatable = true;
                break;
            }
            if (!repeatable) {
                t.broken = true;
                break;
            }
            tpl_buf_add(&t.out, t.p, n);
            t.p += n;
            if (t.p < t.end && *t.p == '?')
                tpl_buf_char(&t.out, *t.p++);
            repeatable = false;
            break;
        default:
            if (c == '}' || c == ']' || c == '#')
                tpl_buf_char(&t.out, '\\');
            if (c == '\0')
                put(&t, "\\x00");
            else
                tpl_buf_char(&t.out, c);
            repeatable = true;
            break;
        }
    }
    return t.broken ? NULL : tpl_buf_done(&t.out);
}
