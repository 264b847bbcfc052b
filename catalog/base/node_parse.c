/* JSON text to nodes. Texts without an escape borrow from the input. */
#include <errno.h>
#include <stdlib.h>

#include "catalog/base/map.h"
#include "catalog/base/node.h"

#define FEW_KEYS 16          /* up to here duplicates are looked for one by one */
#define NUMBER_TEXT_MAX 1024 /* bytes of one number */

struct reader {
    cb_str in;
    size_t at;
    size_t counted; /* line and column are those of this byte */
    uint32_t line, column;
    unsigned depth;
    struct cb_arena *arena;
    struct cb_err *err;
};

static enum cb_code read_value(struct cb_node **out, struct reader *r);

/* Bring line and column up to TO; characters are counted, not bytes. */
static void count_to(struct reader *r, size_t to)
{
    for (; r->counted < to; r->counted++) {
        unsigned char c = (unsigned char)r->in.p[r->counted];

        if (c == '\n') {
            r->line++;
            r->column = 1;
        } else if ((c & 0xc0) != 0x80) {
            r->column++;
        }
    }
}

static enum cb_code fail_at(struct reader *r, size_t at, const char *what)
{
    count_to(r, at);
    return cb_fail(r->err, CB_EINVAL, "line %u, column %u: %s", r->line, r->column, what);
}

static int peek(const struct reader *r)
{
    return r->at < r->in.n ? (unsigned char)r->in.p[r->at] : -1;
}

static void skip_space(struct reader *r)
{
    while (r->at < r->in.n) {
        char c = r->in.p[r->at];

        if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
            break;
        r->at++;
    }
}

static int hex4(const struct reader *r, size_t at)
{
    int value = 0;

    if (r->in.n < 4 || at > r->in.n - 4)
        return -1;
    for (size_t i = at; i < at + 4; i++) {
        char c = r->in.p[i];

        if (c >= '0' && c <= '9')
            value = value * 16 + (c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            value = value * 16 + ((c | 0x20) - 'a' + 10);
        else
            return -1;
    }
    return value;
}

static size_t put_utf8(char *to, unsigned c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(unsigned char)(0xc0 | c >> 6);
        to[1] = (char)(unsigned char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(unsigned char)(0xe0 | c >> 12);
        to[1] = (char)(unsigned char)(0x80 | (c >> 6 & 0x3f));
        to[2] = (char)(unsigned char)(0x80 | (c & 0x3f));
        return 3;
    }
    to[0] = (char)(unsigned char)(0xf0 | c >> 18);
    to[1] = (char)(unsigned char)(0x80 | (c >> 12 & 0x3f));
    to[2] = (char)(unsigned char)(0x80 | (c >> 6 & 0x3f));
    to[3] = (char)(unsigned char)(0x80 | (c & 0x3f));
    return 4;
}

/* The \uXXXX whose digits begin at r->at, with its second half where it is the first of a pair. */
static enum cb_code read_unicode(char *to, size_t *n, struct reader *r)
{
    int c = hex4(r, r->at), low;

    if (c < 0)
        return fail_at(r, r->at, "\\u wants four hexadecimal digits");
    if (c == 0)
        return fail_at(r, r->at, "a text may not hold the NUL character");
    r->at += 4;
    if (c >= 0xd800 && c <= 0xdfff) {
        low = c < 0xdc00 && r->in.n - r->at >= 6 && memcmp(r->in.p + r->at, "\\u", 2) == 0
                  ? hex4(r, r->at + 2)
                  : -1;
        if (low < 0xdc00 || low > 0xdfff)
            return fail_at(r, r->at - 4, "half of a surrogate pair");
        r->at += 6;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    *n += put_utf8(to + *n, (unsigned)c);
    return CB_OK;
}

/* One escape, r->at behind its backslash. */
static enum cb_code read_escape(char *to, size_t *n, struct reader *r)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    int c = peek(r);
    const char *found = c > 0 ? memchr(from, c, sizeof(from) - 1) : NULL;

    if (c == 'u') {
        r->at++;
        return read_unicode(to, n, r);
    }
    if (!found)
        return fail_at(r, r->at,
                       "no such escape; JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
    to[(*n)++] = into[found - from];
    r->at++;
    return CB_OK;
}

/* Move r->at to the end of the bytes that stand for themselves. */
static enum cb_code skip_plain(struct reader *r)
{
    for (;;) {
        int c = peek(r);
        size_t step;

        if (c < 0)
            return fail_at(r, r->at, "the text has no closing quote");
        if (c == '"' || c == '\\')
            return CB_OK;
        if (c < 0x20)
            return fail_at(r, r->at, "a control character in a text must be escaped");
        step = cb_str_utf8_at(r->in, r->at);
        if (step == 0)
            return fail_at(r, r->at, "not UTF-8");
        r->at += step;
    }
}

/* A text, r->at on its opening quote. */
static enum cb_code read_text(cb_str *out, struct reader *r)
{
    size_t from = ++r->at, n;
    enum cb_code rc;
    char *to;

    if ((rc = skip_plain(r)) != CB_OK)
        return rc;
    n = r->at - from;
    if (peek(r) == '"') {
        *out = (cb_str){r->in.p + from, n};
        r->at++;
        return CB_OK;
    }
    /* No escape is shorter than what it stands for, so the text ends before its closing quote. */
    for (size_t end = r->at; end < r->in.n && r->in.p[end] != '"'; end++) {
        end += r->in.p[end] == '\\';
        n = end - from + 1;
    }
    to = cb_arena_alloc(r->arena, n + 2);
    n = r->at - from;
    memcpy(to, r->in.p + from, n);
    while (peek(r) == '\\') {
        r->at++;
        if ((rc = read_escape(to, &n, r)) != CB_OK)
            return rc;
        from = r->at;
        if ((rc = skip_plain(r)) != CB_OK)
            return rc;
        memcpy(to + n, r->in.p + from, r->at - from);
        n += r->at - from;
    }
    r->at++;
    to[n] = '\0';
    *out = (cb_str){to, n};
    return CB_OK;
}

static bool skip_digits(struct reader *r)
{
    size_t from = r->at;

    while (peek(r) >= '0' && peek(r) <= '9')
        r->at++;
    return r->at > from;
}

static enum cb_code read_number(struct cb_node *node, struct reader *r)
{
    char text[NUMBER_TEXT_MAX + 1];
    size_t from = r->at, n;
    bool whole = true;

    if (peek(r) == '-')
        r->at++;
    if (peek(r) == '0')
        r->at++;
    else if (!skip_digits(r))
        return fail_at(r, r->at, "a digit is expected");
    if (peek(r) == '.') {
        whole = false;
        r->at++;
        if (!skip_digits(r))
            return fail_at(r, r->at, "a digit is expected behind the point");
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        whole = false;
        r->at++;
        if (peek(r) == '+' || peek(r) == '-')
            r->at++;
        if (!skip_digits(r))
            return fail_at(r, r->at, "a digit is expected in the exponent");
    }
    n = r->at - from;
    node->type = CB_INT;
    if (whole && cb_str_to_int(&node->i, (cb_str){r->in.p + from, n}, INT64_MIN, INT64_MAX))
        return CB_OK;
    if (n > NUMBER_TEXT_MAX)
        return fail_at(r, from, "a number of so many digits");
    memcpy(text, r->in.p + from, n);
    text[n] = '\0';
    node->type = CB_REAL;
    node->d = strtod(text, NULL);
    return CB_OK;
}

static enum cb_code read_word(struct reader *r, cb_str word)
{
    if (!cb_str_starts(cb_str_sub(r->in, r->at, r->in.n), word))
        return fail_at(r, r->at, "a value is expected");
    r->at += word.n;
    return CB_OK;
}

static enum cb_code read_items(struct cb_node *array, struct reader *r)
{
    struct cb_node *item;
    enum cb_code rc;

    r->at++;
    skip_space(r);
    if (peek(r) == ']') {
        r->at++;
        return CB_OK;
    }
    for (;;) {
        if ((rc = read_value(&item, r)) != CB_OK)
            return rc;
        cb_node_push(array, item);
        skip_space(r);
        if (peek(r) == ']') {
            r->at++;
            return CB_OK;
        }
        if (peek(r) != ',')
            return fail_at(r, r->at, "\",\" or \"]\" is expected");
        r->at++;
    }
}

/* Whether OBJECT has KEY; SEEN is filled once there are more than a few keys. */
static bool has_key(const struct cb_node *object, cb_str key, struct cb_map *seen)
{
    bool made;

    if (object->child_n < FEW_KEYS)
        return cb_node_get_str(object, key) != NULL;
    if (seen->n == 0)
        for (const struct cb_node *child = object->first; child; child = child->next)
            cb_map_put(seen, child->key, NULL);
    cb_map_put(seen, key, &made);
    return !made;
}

static enum cb_code read_member(struct cb_node *object, struct reader *r, struct cb_map *seen)
{
    uint32_t line, column;
    struct cb_node *value;
    size_t key_at;
    enum cb_code rc;
    cb_str key;

    skip_space(r);
    if (peek(r) != '"')
        return fail_at(r, r->at, "a key in quotes is expected");
    key_at = r->at;
    count_to(r, key_at);
    line = r->line;
    column = r->column;
    if ((rc = read_text(&key, r)) != CB_OK)
        return rc;
    if (has_key(object, key, seen))
        return cb_fail(r->err, CB_EINVAL,
                       "line %u, column %u: the key \"%" CB_FMT "\" is there twice", line, column,
                       CB_ARG(cb_str_cut(key, 100)));
    skip_space(r);
    if (peek(r) != ':')
        return fail_at(r, r->at, "\":\" is expected");
    r->at++;
    if ((rc = read_value(&value, r)) != CB_OK)
        return rc;
    value->key_line = line;
    value->key_column = column;
    cb_node_put(object, key, value);
    return CB_OK;
}

static enum cb_code read_members(struct cb_node *object, struct reader *r)
{
    struct cb_map seen = CB_MAP_INIT;
    enum cb_code rc = CB_OK;

    r->at++;
    skip_space(r);
    if (peek(r) == '}') {
        r->at++;
        return CB_OK;
    }
    for (;;) {
        if ((rc = read_member(object, r, &seen)) != CB_OK)
            break;
        skip_space(r);
        if (peek(r) == '}') {
            r->at++;
            break;
        }
        if (peek(r) != ',') {
            rc = fail_at(r, r->at, "\",\" or \"}\" is expected");
            break;
        }
        r->at++;
    }
    cb_map_fini(&seen);
    return rc;
}

static enum cb_code read_nested(struct cb_node *node, struct reader *r)
{
    enum cb_code rc;

    if (r->depth == CB_NODE_DEPTH_MAX) {
        count_to(r, r->at);
        return cb_fail(r->err, CB_EINVAL, "line %u, column %u: nested deeper than %d", r->line,
                       r->column, CB_NODE_DEPTH_MAX);
    }
    r->depth++;
    rc = node->type == CB_OBJECT ? read_members(node, r) : read_items(node, r);
    r->depth--;
    return rc;
}

static enum cb_code read_value(struct cb_node **out, struct reader *r)
{
    struct cb_node *node;

    skip_space(r);
    count_to(r, r->at);
    node = cb_node_new(r->arena, CB_NULL);
    node->line = r->line;
    node->column = r->column;
    *out = node;
    switch (peek(r)) {
    case '{':
        node->type = CB_OBJECT;
        return read_nested(node, r);
    case '[':
        node->type = CB_ARRAY;
        return read_nested(node, r);
    case '"':
        node->type = CB_STRING;
        return read_text(&node->text, r);
    case 't':
        node->type = CB_BOOL;
        node->b = true;
        return read_word(r, CB_LIT("true"));
    case 'f':
        node->type = CB_BOOL;
        return read_word(r, CB_LIT("false"));
    case 'n':
        return read_word(r, CB_LIT("null"));
    case -1:
        return fail_at(r, r->at, "a value is expected, and the text ends here");
    case '-':
        return read_number(node, r);
    default:
        if (peek(r) >= '0' && peek(r) <= '9')
            return read_number(node, r);
        return fail_at(r, r->at, "a value is expected");
    }
}

enum cb_code cb_node_parse(struct cb_node **out, struct cb_arena *a, cb_str json,
                           struct cb_err *err)
{
    struct reader r = {.in = json, .line = 1, .column = 1, .arena = a, .err = err};
    struct cb_node *node;
    enum cb_code rc;

    if (cb_str_starts(json, CB_LIT("\xef\xbb\xbf")))
        r.at = r.counted = 3;
    if ((rc = read_value(&node, &r)) != CB_OK)
        return rc;
    skip_space(&r);
    if (r.at < json.n)
        return fail_at(&r, r.at, "nothing may follow the value");
    *out = node;
    return CB_OK;
}
