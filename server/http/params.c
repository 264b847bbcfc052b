#include "server/http/params.h"

#include <math.h>
#include <stdlib.h>

#include "catalog/base/buf.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

cb_str cb_percent_decode(struct cb_arena *a, cb_str text, bool plus)
{
    char *out;
    size_t n = 0;
    bool plain = true;

    for (size_t i = 0; i < text.n && plain; i++)
        plain = text.p[i] != '%' && !(plus && text.p[i] == '+');
    if (plain)
        return text;
    out = cb_arena_alloc(a, text.n + 1);
    for (size_t i = 0; i < text.n; i++) {
        int high, low;

        if (text.p[i] == '%' && i + 2 < text.n && (high = hex_digit(text.p[i + 1])) >= 0 &&
            (low = hex_digit(text.p[i + 2])) >= 0) {
            out[n++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[n++] = plus && text.p[i] == '+' ? ' ' : text.p[i];
        }
    }
    out[n] = '\0';
    return cb_str_make(out, n);
}

void cb_percent_encode(struct cb_buf *out, cb_str text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c && strchr(plain, c)) {
            cb_buf_put_char(out, (char)c);
        } else {
            cb_buf_put_char(out, '%');
            cb_buf_put_char(out, digits[c >> 4]);
            cb_buf_put_char(out, digits[c & 15]);
        }
    }
}

static bool is_index(cb_str s)
{
    int64_t i;

    for (size_t k = 0; k < s.n; k++)
        if (s.p[k] < '0' || s.p[k] > '9')
            return false;
    return s.n == 0 || (cb_str_to_int(&i, s, 0, CB_PARAM_INDEX_MAX) && (s.n == 1 || s.p[0] != '0'));
}

/* "filter[]" and "filter[0]" are how some clients write a list, "filter[x]" how they write an object. */
static struct cb_param make_param(cb_str written, cb_str value)
{
    struct cb_param p = {written, value, written, CB_PARAM_PLAIN};
    size_t open = cb_str_find_char(written, '[', 0);
    size_t close = open == SIZE_MAX ? SIZE_MAX : cb_str_find_char(written, ']', open);

    if (open == 0 || close == SIZE_MAX)
        return p;
    p.name = cb_str_sub(written, 0, open);
    p.shape = close + 1 == written.n && is_index(cb_str_sub(written, open + 1, close)) ? CB_PARAM_ITEM : CB_PARAM_MEMBER;
    return p;
}

/* What Backstage's parser of queries passes over. */
static bool is_nothing(cb_str name)
{
    return name.n == 0 || cb_str_eq(name, CB_LIT("__proto__"));
}

enum cb_code cb_params_parse(struct cb_params *out, struct cb_arena *a, cb_str query, struct cb_err *err)
{
    struct cb_params ps = {0};
    size_t most = 1;
    cb_str part;

    for (size_t i = 0; i < query.n; i++)
        most += query.p[i] == '&';
    if (most > CB_PARAM_N_MAX)
        return cb_fail(err, CB_ELIMIT, "%zu query parameters: at most %d are looked at", most, CB_PARAM_N_MAX);
    if (query.n) {
        ps.v = CB_NEW_N(a, struct cb_param, most);
        while (cb_str_split(&part, &query, '&')) {
            size_t eq = cb_str_find_char(part, '=', 0);

            if (part.n == 0)
                continue;
            ps.v[ps.n] =
                make_param(cb_percent_decode(a, cb_str_sub(part, 0, eq), true),
                           eq == SIZE_MAX ? CB_LIT("") : cb_percent_decode(a, cb_str_sub(part, eq + 1, part.n), true));
            ps.n += !is_nothing(ps.v[ps.n].name);
        }
    }
    *out = ps;
    return CB_OK;
}

static const struct cb_param_rule *find_rule(const struct cb_param_rule *rules, const struct cb_param_rule *common, cb_str name)
{
    for (; rules && rules->name; rules++)
        if (cb_str_eq(name, cb_str_cstr(rules->name)))
            return rules;
    return common ? find_rule(common, NULL, name) : NULL;
}

static bool is_word(const char *words, cb_str value)
{
    cb_str rest = cb_str_cstr(words);
    cb_str word;

    while (cb_str_split(&word, &rest, ','))
        if (cb_str_eq(cb_str_trim(word), value))
            return true;
    return false;
}

/* TEXT as JavaScript's Number() reads it, when that is a whole number; OUT within +-CB_PARAM_INT_MAX. */
static bool js_integer(int64_t *out, cb_str text)
{
    char buf[64], *end;
    bool hex;
    double d;

    text = cb_str_trim(text);
    if (text.n == 0 || text.n >= sizeof(buf))
        return false;
    for (size_t i = 0; i < text.n; i++) /* strtod knows words and hexadecimal fractions, Number() does not */
        if (!text.p[i] || !strchr("0123456789abcdefABCDEFxX+-.", text.p[i]))
            return false;
    memcpy(buf, text.p, text.n);
    buf[text.n] = '\0';
    hex = text.n > 2 && buf[0] == '0' && (buf[1] | 32) == 'x';
    if (!hex && strpbrk(buf, "abcdfABCDFxX"))
        return false;
    if (hex && strpbrk(buf, "+-."))
        return false;
    d = strtod(buf, &end);
    if (*end || !isfinite(d) || d != floor(d))
        return false;
    *out = d > (double)CB_PARAM_INT_MAX ? CB_PARAM_INT_MAX : d < -(double)CB_PARAM_INT_MAX ? -CB_PARAM_INT_MAX : (int64_t)d;
    return true;
}

static enum cb_code check_value(const struct cb_param_rule *rule, cb_str value, struct cb_err *err)
{
    int64_t i;

    if (rule->type == CB_PARAM_WORD && !is_word(rule->words, value))
        return cb_fail(err, CB_EINVAL, "request/query/%s must be equal to one of the allowed values: %s", rule->name,
                       rule->words);
    if (rule->type != CB_PARAM_INT)
        return CB_OK;
    if (!js_integer(&i, value))
        return cb_fail(err, CB_EINVAL, "request/query/%s must be integer", rule->name);
    if (i < rule->min)
        return cb_fail(err, CB_EINVAL, "request/query/%s must be >= %lld", rule->name, (long long)rule->min);
    if (rule->max && i > rule->max)
        return cb_fail(err, CB_EINVAL, "request/query/%s must be <= %lld", rule->name, (long long)rule->max);
    return CB_OK;
}

/* Parameters of that name in front of AT. */
static size_t same_before(const struct cb_params *ps, size_t at)
{
    size_t n = 0;

    for (size_t i = 0; i < at; i++)
        n += cb_str_eq(ps->v[i].name, ps->v[at].name);
    return n;
}

static bool is_alone(const struct cb_params *ps, size_t at)
{
    if (ps->v[at].shape != CB_PARAM_PLAIN || same_before(ps, at))
        return false;
    for (size_t i = at + 1; i < ps->n; i++)
        if (cb_str_eq(ps->v[i].name, ps->v[at].name))
            return false;
    return true;
}

static enum cb_code check_shape(const struct cb_params *ps, size_t at, const struct cb_param_rule *rule, struct cb_err *err)
{
    if (rule->type == CB_PARAM_LIST) {
        if (ps->v[at].shape != CB_PARAM_MEMBER)
            return CB_OK;
        return cb_fail(err, CB_EINVAL, "request/query/%s/%zu must be string", rule->name, same_before(ps, at));
    }
    if (rule->type == CB_PARAM_TREE || is_alone(ps, at))
        return CB_OK;
    return cb_fail(err, CB_EINVAL, "request/query/%s must be %s", rule->name,
                   rule->type == CB_PARAM_INT ? "integer" : "string");
}

enum cb_code cb_params_check(const struct cb_params *ps, const struct cb_param_rule *rules, const struct cb_param_rule *common,
                             struct cb_err *err)
{
    enum cb_code rc;

    for (size_t i = 0; i < ps->n; i++) {
        const struct cb_param_rule *rule = find_rule(rules, common, ps->v[i].name);

        if (!rule)
            return cb_fail(err, CB_EINVAL, "Unknown query parameter '%" CB_FMT "'", CB_ARG(ps->v[i].name));
        if (ps->v[i].value.n == 0 && rule->type != CB_PARAM_FREE && rule->type != CB_PARAM_TREE && is_alone(ps, i))
            return cb_fail(err, CB_EINVAL, "Empty value found for query parameter '%" CB_FMT "'", CB_ARG(ps->v[i].name));
    }
    for (const struct cb_param_rule *rule = rules; rule && rule->name; rule++)
        if (rule->required && !cb_params_get(ps, rule->name).p)
            return cb_fail(err, CB_EINVAL, "request/query must have required property '%s'", rule->name);
    for (size_t i = 0; i < ps->n; i++) {
        const struct cb_param_rule *rule = find_rule(rules, common, ps->v[i].name);

        if ((rc = check_shape(ps, i, rule, err)) != CB_OK || (rc = check_value(rule, ps->v[i].value, err)) != CB_OK)
            return rc;
    }
    return CB_OK;
}

cb_str cb_params_get(const struct cb_params *ps, const char *name)
{
    cb_str key = cb_str_cstr(name);

    for (size_t i = 0; i < ps->n; i++)
        if (cb_str_eq(ps->v[i].name, key))
            return ps->v[i].value;
    return cb_str_make(NULL, 0);
}

size_t cb_params_all(const cb_str **out, struct cb_arena *a, const struct cb_params *ps, const char *name)
{
    cb_str key = cb_str_cstr(name);
    cb_str *values = NULL;
    size_t n = 0;

    for (size_t i = 0; i < ps->n; i++) {
        if (!cb_str_eq(ps->v[i].name, key))
            continue;
        if (!values)
            values = CB_NEW_N(a, cb_str, ps->n);
        values[n++] = ps->v[i].value;
    }
    *out = values;
    return n;
}

int64_t cb_params_int(const struct cb_params *ps, const char *name, int64_t otherwise)
{
    int64_t i;

    return js_integer(&i, cb_params_get(ps, name)) ? i : otherwise;
}

cb_str cb_cookie_get(cb_str header, cb_str name)
{
    cb_str part;

    while (cb_str_split(&part, &header, ';')) {
        size_t eq = cb_str_find_char(part, '=', 0);
        cb_str value;

        if (eq == SIZE_MAX || !cb_str_eq(cb_str_trim(cb_str_sub(part, 0, eq)), name))
            continue;
        value = cb_str_trim(cb_str_sub(part, eq + 1, part.n));
        if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
            value = cb_str_sub(value, 1, value.n - 1);
        return value;
    }
    return CB_LIT("");
}

/* "q=0", "q=0.000" */
static bool is_refused(cb_str options)
{
    cb_str option;

    while (cb_str_split(&option, &options, ';')) {
        option = cb_str_trim(option);
        if (option.n < 3 || (option.p[0] | 32) != 'q' || option.p[1] != '=')
            continue;
        for (size_t i = 2; i < option.n; i++)
            if (option.p[i] != '0' && option.p[i] != '.')
                return false;
        return true;
    }
    return false;
}

bool cb_accepts_coding(cb_str header, cb_str coding)
{
    bool any = false;
    cb_str part;

    while (cb_str_split(&part, &header, ',')) {
        size_t semicolon = cb_str_find_char(part, ';', 0);
        cb_str name = cb_str_trim(cb_str_sub(part, 0, semicolon));
        cb_str options = semicolon == SIZE_MAX ? CB_LIT("") : cb_str_sub(part, semicolon + 1, part.n);

        if (cb_str_eq_nocase(name, coding))
            return !is_refused(options);
        if (cb_str_eq(name, CB_LIT("*")))
            any = !is_refused(options);
    }
    return any;
}

static cb_str opaque(cb_str etag)
{
    etag = cb_str_trim(etag);
    return cb_str_starts(etag, CB_LIT("W/")) ? cb_str_sub(etag, 2, etag.n) : etag;
}

bool cb_etag_matches(cb_str header, cb_str etag)
{
    cb_str part;

    etag = opaque(etag);
    while (cb_str_split(&part, &header, ','))
        if (cb_str_eq(opaque(part), etag) || cb_str_eq(cb_str_trim(part), CB_LIT("*")))
            return true;
    return false;
}

bool cb_host_split(cb_str *host, cb_str *port, cb_str authority)
{
    size_t colon, close;

    *port = CB_LIT("");
    if (authority.n == 0)
        return false;
    if (authority.p[0] == '[') {
        close = cb_str_find_char(authority, ']', 0);
        if (close == SIZE_MAX || close == 1)
            return false;
        *host = cb_str_sub(authority, 1, close);
        authority = cb_str_sub(authority, close + 1, authority.n);
        if (authority.n == 0)
            return true;
        *port = cb_str_sub(authority, 1, authority.n);
        return authority.p[0] == ':';
    }
    colon = cb_str_find_char(authority, ':', 0);
    *host = cb_str_sub(authority, 0, colon);
    if (colon != SIZE_MAX)
        *port = cb_str_sub(authority, colon + 1, authority.n);
    return host->n != 0 && cb_str_find_char(*port, ':', 0) == SIZE_MAX;
}
