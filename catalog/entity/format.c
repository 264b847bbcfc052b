#include "catalog/entity/format.h"

#include "catalog/entity/url.h"

enum { LOWER = 1, UPPER = 2, DIGIT = 4, MARK = 8, TAG_SIGN = 16, DASH = 32 };

/* Which of the classes a byte is in; bytes over 0x7f are in none. */
static uint8_t class_of(unsigned char c)
{
    if (c >= 'a' && c <= 'z')
        return LOWER;
    if (c >= 'A' && c <= 'Z')
        return UPPER;
    if (c >= '0' && c <= '9')
        return DIGIT;
    if (c == '-')
        return MARK | DASH;
    if (c == '_' || c == '.')
        return MARK;
    if (c == ':' || c == '+' || c == '#')
        return TAG_SIGN;
    return 0;
}

static bool all_of(cb_str s, uint8_t classes)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(class_of((unsigned char)s.p[i]) & classes))
            return false;
    return true;
}

static bool is_name(cb_str s)
{
    const uint8_t end = LOWER | UPPER | DIGIT;

    return s.n >= 1 && s.n <= CB_NAME_MAX && all_of(s, end | MARK) && (class_of((unsigned char)s.p[0]) & end) &&
           (class_of((unsigned char)s.p[s.n - 1]) & end);
}

static bool is_dns_label(cb_str s)
{
    return s.n >= 1 && s.n <= CB_NAME_MAX && all_of(s, LOWER | DIGIT | DASH) && s.p[0] != '-' && s.p[s.n - 1] != '-';
}

static bool is_dns_name(cb_str s)
{
    cb_str part;

    if (s.n < 1 || s.n > CB_DNS_NAME_MAX)
        return false;
    while (cb_str_split(&part, &s, '.'))
        if (!is_dns_label(part))
            return false;
    return true;
}

/* One dash at a time, and none at the ends. */
static bool is_tag(cb_str s)
{
    if (s.n < 1 || s.n > CB_NAME_MAX || s.p[0] == '-' || s.p[s.n - 1] == '-')
        return false;
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] == '-' && s.p[i - 1] == '-')
            return false;
    return all_of(s, LOWER | DIGIT | TAG_SIGN | DASH);
}

static bool is_version(cb_str s)
{
    return s.n >= 1 && s.n <= CB_NAME_MAX && all_of(s, LOWER | UPPER | DIGIT);
}

static bool is_prefixed(cb_str s, bool (*is_suffix)(cb_str))
{
    size_t slash = cb_str_find_char(s, '/', 0);

    if (slash == SIZE_MAX)
        return is_suffix(s);
    return is_dns_name(cb_str_sub(s, 0, slash)) && is_suffix(cb_str_sub(s, slash + 1, s.n));
}

/* White space that JavaScript's trim() removes; N gets the bytes of the character. */
static bool is_space(const unsigned char *p, size_t left, size_t *n)
{
    *n = 1;
    if (p[0] == ' ' || (p[0] >= 0x09 && p[0] <= 0x0d))
        return true;
    if (left >= 2 && p[0] == 0xc2 && p[1] == 0xa0) {
        *n = 2;
        return true;
    }
    if (left < 3)
        return false;
    *n = 3;
    if (p[0] == 0xe1)
        return p[1] == 0x9a && p[2] == 0x80;
    if (p[0] == 0xe2 && p[1] == 0x80)
        return (p[2] >= 0x80 && p[2] <= 0x8a) || p[2] == 0xa8 || p[2] == 0xa9 || p[2] == 0xaf;
    if (p[0] == 0xe2)
        return p[1] == 0x81 && p[2] == 0x9f;
    if (p[0] == 0xe3)
        return p[1] == 0x80 && p[2] == 0x80;
    return p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf;
}

static bool is_text(cb_str s)
{
    size_t n;

    for (size_t i = 0; i < s.n; i += n)
        if (!is_space((const unsigned char *)s.p + i, s.n - i, &n))
            return true;
    return false;
}

static bool is_kind(cb_str s)
{
    return is_version(s) && (class_of((unsigned char)s.p[0]) & (LOWER | UPPER));
}

bool cb_format_ok(enum cb_format format, cb_str value)
{
    switch (format) {
    case CB_FORMAT_API_VERSION:
        return is_prefixed(value, is_version);
    case CB_FORMAT_KIND:
        return is_kind(value);
    case CB_FORMAT_NAME:
        return is_name(value);
    case CB_FORMAT_NAMESPACE:
        return is_dns_label(value);
    case CB_FORMAT_LABEL_KEY:
        return is_prefixed(value, is_name);
    case CB_FORMAT_LABEL_VALUE:
        return value.n == 0 || is_name(value);
    case CB_FORMAT_TAG:
        return is_tag(value);
    case CB_FORMAT_URL:
        return cb_url_ok(value);
    case CB_FORMAT_TEXT:
        return is_text(value);
    case CB_FORMAT_N:
        break;
    }
    return false;
}

static const struct {
    const char *rule, *expected;
} formats[CB_FORMAT_N] = {
    [CB_FORMAT_API_VERSION] = {"a version such as backstage.io/v1alpha1: letters and digits, before them perhaps a "
                               "domain name and one '/'",
                               "a valid prefix and/or suffix"},
    [CB_FORMAT_KIND] = {"a letter, then letters and digits, at most 63 in all",
                        "a string that is a sequence of [a-zA-Z][a-z0-9A-Z], at most 63 characters in total"},
    [CB_FORMAT_NAME] = {"letters, digits, '-', '_' and '.', beginning and ending with a letter or digit, at most 63 "
                        "characters",
                        "a string that is sequences of [a-zA-Z0-9] separated by any of [-_.], at most 63 characters "
                        "in total"},
    [CB_FORMAT_NAMESPACE] = {"lower-case letters, digits and '-', beginning and ending with a letter or digit, at "
                             "most 63 characters",
                             "a string that is sequences of [a-z0-9] separated by [-], at most 63 characters in "
                             "total"},
    [CB_FORMAT_LABEL_KEY] = {"a name of letters, digits, '-', '_' and '.' (at most 63), before it perhaps a "
                             "lower-case domain name and one '/'",
                             "a valid prefix and/or suffix"},
    [CB_FORMAT_LABEL_VALUE] = {"nothing, or letters, digits, '-', '_' and '.', beginning and ending with a letter or "
                               "digit, at most 63 characters",
                               "a string that is sequences of [a-zA-Z0-9] separated by any of [-_.], at most 63 "
                               "characters in total"},
    [CB_FORMAT_TAG] = {"lower-case letters, digits, ':', '+' and '#', with single '-' between them, at most 63 "
                       "characters",
                       "a string that is sequences of [a-z0-9+#] separated by [-], at most 63 characters in total"},
    [CB_FORMAT_URL] = {"a whole URL, such as https://wiki.example.com/page", "a string that is a valid url"},
    [CB_FORMAT_TEXT] = {"a text that is not blank, or leave the field out", "a non empty string"},
};

const char *cb_format_rule(enum cb_format format)
{
    return formats[format].rule;
}

const char *cb_format_expected(enum cb_format format)
{
    return formats[format].expected;
}

cb_str cb_format_near(struct cb_arena *a, enum cb_format format, cb_str value)
{
    bool lower = format == CB_FORMAT_TAG || format == CB_FORMAT_NAMESPACE;
    uint8_t keep = lower ? (LOWER | DIGIT) : (LOWER | UPPER | DIGIT | MARK);
    char text[CB_NAME_MAX];
    size_t n = 0;

    if (format != CB_FORMAT_NAME && format != CB_FORMAT_LABEL_VALUE && !lower)
        return (cb_str){0};
    if (format == CB_FORMAT_TAG)
        keep |= TAG_SIGN;
    for (size_t i = 0; i < value.n && n < sizeof(text); i++) {
        char c = value.p[i];

        if (lower && c >= 'A' && c <= 'Z')
            c = (char)(c | 0x20);
        if (class_of((unsigned char)c) & keep)
            text[n++] = c;
        else if (n && text[n - 1] != '-')
            text[n++] = '-';
    }
    while (n && (class_of((unsigned char)text[n - 1]) & MARK))
        n--;
    if (!n || !cb_format_ok(format, cb_str_make(text, n)))
        return (cb_str){0};
    return cb_arena_str(a, cb_str_make(text, n));
}

size_t cb_format_length(cb_str value)
{
    size_t n = 0;

    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];

        n += (c & 0xc0) != 0x80;
        n += c >= 0xf0;
    }
    return n;
}
