#include "catalog/parse/yaml_scalar.h"

#include <math.h>
#include <stdlib.h>

#include "catalog/base/clock.h"

#define EXACT_MAX (INT64_C(1) << 53) /* integers up to here are exact in JavaScript */
#define NUMBER_TEXT_MAX 400          /* bytes of a number that go through the stack */

static bool is_one_of(cb_str s, const char *const *words)
{
    for (; *words; words++)
        if (cb_str_eq(s, cb_str_cstr(*words)))
            return true;
    return false;
}

static bool is_null(cb_str s)
{
    static const char *const words[] = {"~", "null", "Null", "NULL", NULL};

    return s.n == 0 || is_one_of(s, words);
}

static int bool_of(cb_str s)
{
    static const char *const yes[] = {"true", "True", "TRUE", NULL};
    static const char *const no[] = {"false", "False", "FALSE", NULL};

    return is_one_of(s, yes) ? 1 : is_one_of(s, no) ? 0 : -1;
}

static size_t digits(cb_str s, size_t at)
{
    size_t i = at;

    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
        i++;
    return i - at;
}

static void set_real(struct cb_node *node, double d)
{
    node->type = CB_REAL;
    node->d = d;
}

static void set_decimal(struct cb_node *node, cb_str s)
{
    char room[NUMBER_TEXT_MAX], *text = room;

    if (s.n >= sizeof(room) && !(text = malloc(s.n + 1)))
        abort();
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    set_real(node, strtod(text, NULL));
    if (text != room)
        free(text);
}

/* Digits in a base that is a power of two: exact while they fit, then rounded as a double is. */
static void set_based(struct cb_node *node, cb_str s, int bits)
{
    uint64_t v = 0;
    bool wide = false;
    long double d = 0;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        unsigned digit = (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);

        wide = wide || v >> (53 - bits);
        v = v << bits | digit;
        d = d * (1 << bits) + digit;
    }
    if (wide) {
        set_real(node, (double)d);
    } else {
        node->type = CB_INT;
        node->i = (int64_t)v;
    }
}

static bool try_integer(struct cb_node *node, cb_str s)
{
    size_t sign = s.n && (s.p[0] == '-' || s.p[0] == '+');
    int64_t v;

    if (s.n == sign || digits(s, sign) != s.n - sign)
        return false;
    if (cb_str_to_int(&v, s.p[0] == '+' ? cb_str_sub(s, 1, s.n) : s, -EXACT_MAX, EXACT_MAX)) {
        node->type = CB_INT;
        node->i = v;
    } else {
        set_decimal(node, s);
    }
    return true;
}

static bool try_based(struct cb_node *node, cb_str s)
{
    int bits = s.n > 2 && s.p[0] == '0' ? (s.p[1] == 'o' ? 3 : s.p[1] == 'x' ? 4 : 0) : 0;

    if (!bits)
        return false;
    for (size_t i = 2; i < s.n; i++) {
        char c = s.p[i];
        bool octal = c >= '0' && c <= '7';
        bool hex = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');

        if (bits == 3 ? !octal : !hex)
            return false;
    }
    set_based(node, cb_str_sub(s, 2, s.n), bits);
    return true;
}

/* .5  5.  5.5  1e3  .5e-3  1.e3 */
static bool try_decimal(struct cb_node *node, cb_str s)
{
    size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+'), whole, part = 0;
    bool dot = false, power = false;

    whole = digits(s, at);
    at += whole;
    if (at < s.n && s.p[at] == '.') {
        dot = true;
        part = digits(s, at + 1);
        at += 1 + part;
    }
    if (!(whole || part))
        return false;
    if (at < s.n && (s.p[at] | 0x20) == 'e') {
        size_t n;

        at++;
        at += at < s.n && (s.p[at] == '-' || s.p[at] == '+');
        n = digits(s, at);
        if (!n)
            return false;
        at += n;
        power = true;
    }
    if (at != s.n || !(dot || power))
        return false;
    set_decimal(node, s);
    return true;
}

static bool try_special(struct cb_node *node, cb_str s)
{
    static const char *const infinite[] = {".inf", ".Inf", ".INF", NULL};
    static const char *const nan[] = {".nan", ".NaN", ".NAN", NULL};
    size_t sign = s.n && (s.p[0] == '-' || s.p[0] == '+');

    if (is_one_of(s, nan)) {
        set_real(node, NAN);
        return true;
    }
    if (!is_one_of(cb_str_sub(s, sign, s.n), infinite))
        return false;
    set_real(node, s.p[0] == '-' ? -INFINITY : INFINITY);
    return true;
}

static void set_text(struct cb_node *node, cb_str text)
{
    node->type = CB_STRING;
    node->text = text;
}

void cb_yaml_scalar_plain(struct cb_node *node, cb_str text)
{
    int truth;

    switch (text.n ? text.p[0] : '\0') {
    case '\0':
    case '~':
    case 'n':
    case 'N':
        if (is_null(text)) {
            node->type = CB_NULL;
            return;
        }
        break;
    case 't':
    case 'T':
    case 'f':
    case 'F':
        truth = bool_of(text);
        if (truth >= 0) {
            node->type = CB_BOOL;
            node->b = truth;
            return;
        }
        break;
    case '0' ... '9':
    case '+':
    case '-':
    case '.':
        if (try_integer(node, text) || try_based(node, text) || try_special(node, text) || try_decimal(node, text))
            return;
        break;
    default:
        break;
    }
    set_text(node, text);
}

void cb_yaml_scalar_tagged(struct cb_node *node, struct cb_arena *a, cb_str text, cb_str tag)
{
    cb_str core = CB_LIT("tag:yaml.org,2002:");
    int64_t at_us;
    int truth;

    set_text(node, text);
    if (!cb_str_starts(tag, core))
        return;
    tag = cb_str_sub(tag, core.n, tag.n);
    if (cb_str_eq(tag, CB_LIT("null")) && is_null(text)) {
        node->type = CB_NULL;
    } else if (cb_str_eq(tag, CB_LIT("bool")) && (truth = bool_of(text)) >= 0) {
        node->type = CB_BOOL;
        node->b = truth;
    } else if (cb_str_eq(tag, CB_LIT("int"))) {
        if (!try_integer(node, text))
            try_based(node, text);
    } else if (cb_str_eq(tag, CB_LIT("float"))) {
        if (!try_special(node, text))
            try_decimal(node, text);
    } else if (cb_str_eq(tag, CB_LIT("timestamp")) && cb_clock_parse(&at_us, text)) {
        char iso[32];

        cb_clock_format(iso, at_us);
        node->text = cb_arena_str(a, cb_str_cstr(iso));
    }
}
