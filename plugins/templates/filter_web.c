/* Filters for HTML and URLs. */
#include <math.h>
#include <string.h>

#include "plugins/templates/filter.h"
#include "plugins/templates/number.h"
#include "plugins/templates/text.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_alnum(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

/* ---- striptags */

/* The length of the tag or comment at P, as <\/?([a-z][a-z0-9]*)\b[^>]*>|<!--[\s\S]*?--> has it, or 0. */
static size_t tag(const char *p, const char *end)
{
    const char *at = p + 1, *close;

    if (end - p >= 7 && memcmp(p, "<!--", 4) == 0)
        if ((close = memmem(p + 4, (size_t)(end - p - 4), "-->", 3)))
            return (size_t)(close - p) + 3;
    at += at < end && *at == '/';
    if (at == end || !is_letter(*at))
        return 0;
    while (at < end && is_alnum(*at))
        at++;
    if (at < end && *at == '_') /* no boundary of a word anywhere before it */
        return 0;
    close = memchr(at, '>', (size_t)(end - at));
    return close ? (size_t)(close - p) + 1 : 0;
}

static struct tpl_text *without_tags(struct tpl_run *r, struct tpl_text *s)
{
    struct tpl_buf b;
    size_t done = 0;

    tpl_buf_init(&b, r->h);
    for (size_t i = 0; i < s->n; i++) {
        const char *open = memchr(s->p + i, '<', s->n - i);
        size_t n;

        if (!open)
            break;
        i = (size_t)(open - s->p);
        tpl_work(r->h, 1 + (s->n - i) / 4096);
        if (!(n = tag(open, s->p + s->n)))
            continue;
        tpl_buf_add(&b, s->p + done, i - done);
        done = i + n;
        i = done - 1;
    }
    if (done == 0)
        return s;
    tpl_buf_add(&b, s->p + done, s->n - done);
    return tpl_buf_done(&b);
}

/* Runs of white space as one space. */
static struct tpl_text *one_space(struct tpl_run *r, const struct tpl_text *s)
{
    struct tpl_buf b;
    bool space = false;
    size_t n;

    tpl_buf_init(&b, r->h);
    for (size_t i = 0; i < s->n; i += n) {
        bool is = tpl_is_space(tpl_decode(s->p + i, s->p + s->n, &n));

        if (is && !space)
            tpl_buf_char(&b, ' ');
        if (!is)
            tpl_buf_add(&b, s->p + i, n);
        space = is;
    }
    return tpl_buf_done(&b);
}

/* Spaces at the ends of lines go, more become one, and there is at most one empty line after another. */
static struct tpl_text *tidy_lines(struct tpl_run *r, const struct tpl_text *s)
{
    struct tpl_buf b, out;
    size_t lines = 0;

    tpl_buf_init(&b, r->h);
    for (const char *p = s->p, *end = s->p + s->n;;) {
        const char *to = p, *from, *last;

        while (to < end && *to != '\n' && *to != '\r')
            to++;
        for (from = p; from < to && *from == ' '; from++)
            ;
        for (last = to; last > from && last[-1] == ' '; last--)
            ;
        for (const char *c = from; c < last; c++)
            if (*c != ' ' || c[-1] != ' ')
                tpl_buf_char(&b, *c);
        if (to == end)
            break;
        if (*to == '\r' && to + 1 < end && to[1] == '\n')
            to++;
        tpl_buf_char(&b, *to);
        p = to + 1;
    }
    tpl_buf_init(&out, r->h);
    for (size_t i = 0; i < b.n; i++) {
        lines = b.p[i] == '\n' ? lines + 1 : 0;
        if (lines <= 2)
            tpl_buf_char(&out, b.p[i]);
    }
    return tpl_buf_done(&out);
}

struct tpl_value tpl_f_striptags(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value v = args->self;
    struct tpl_text *s, *next;

    if (v.type <= TPL_NULL || (v.type == TPL_BOOLEAN && !v.b))
        v = tpl_words(r->h, "");
    if (v.type != TPL_TEXT)
        tpl_fail(r->h, CALLBOARD_EINVAL, "this filter takes a text, not %s", tpl_type_name(v));
    for (s = v.s; (next = without_tags(r, s)) != s; s = next) /* what a tag left may be one */
        tpl_work(r->h, s->n / 16);
    s = tpl_trim(r->h, s, true, true);
    s = tpl_truthy(tpl_arg(args, 0)) ? tidy_lines(r, s) : one_space(r, s);
    v = tpl_text_of(s);
    v.safe = args->self.type == TPL_TEXT && args->self.safe;
    return v;
}

/* ---- urlencode */

static void encode(struct tpl_run *r, struct tpl_buf *b, const struct tpl_text *s)
{
    static const char hex[] = "0123456789ABCDEF";

    if (tpl_has_halves(s))
        tpl_fail(r->h, CALLBOARD_EINVAL, "half of a surrogate pair cannot be part of a URL");
    for (size_t i = 0; i < s->n; i++) {
        unsigned char c = (unsigned char)s->p[i];

        if (is_alnum((char)c) || (c && strchr("-_.!~*'()", c))) {
            tpl_buf_char(b, (char)c);
        } else {
            char three[3] = {'%', hex[c >> 4], hex[c & 15]};

            tpl_buf_add(b, three, 3);
        }
    }
}

struct tpl_value tpl_f_urlencode(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value v = args->self;
    struct tpl_buf b;

    tpl_buf_init(&b, r->h);
    if (v.type == TPL_TEXT) {
        encode(r, &b, v.s);
    } else if (v.type == TPL_LIST) {
        for (size_t i = 0; i < v.l->n; i++) {
            struct tpl_value pair = v.l->v[i];

            if (pair.type <= TPL_NULL)
                tpl_fail(r->h, CALLBOARD_EINVAL, "urlencode takes pairs of a name and a value, not %s", tpl_type_name(pair));
            if (i)
                tpl_buf_char(&b, '&');
            encode(r, &b, tpl_to_text(r->h, tpl_member(r, pair, tpl_number(0))));
            tpl_buf_char(&b, '=');
            encode(r, &b, tpl_to_text(r->h, tpl_member(r, pair, tpl_number(1))));
        }
    } else if (v.type == TPL_DICT) {
        for (size_t i = 0; i < v.o->n; i++) {
            if (i)
                tpl_buf_char(&b, '&');
            encode(r, &b, v.o->e[i].key);
            tpl_buf_char(&b, '=');
            encode(r, &b, tpl_to_text(r->h, v.o->e[i].v));
        }
    }
    return tpl_text_of(tpl_buf_done(&b));
}

/* ---- urlize */

static bool begins(const struct tpl_text *s, const char *with)
{
    size_t n = strlen(with);

    return s->n >= n && memcmp(s->p, with, n) == 0;
}

static bool ends(const struct tpl_text *s, const char *with)
{
    size_t n = strlen(with);

    return s->n >= n && memcmp(s->p + s->n - n, with, n) == 0;
}

/* ^[\w.!#$%&'*+\-\/=?\^`{|}~]+@[a-z\d\-]+(\.[a-z\d\-]+)+$ without regard to case */
static bool is_mail(const struct tpl_text *s)
{
    const char *at = memchr(s->p, '@', s->n), *end = s->p + s->n;
    size_t part = 0, dots = 0;

    if (!at || at == s->p)
        return false;
    for (const char *p = s->p; p < at; p++)
        if (!is_alnum(*p) && (!*p || !strchr("_.!#$%&'*+-/=?^`{|}~", *p)))
            return false;
    for (const char *p = at + 1; p < end; p++) {
        if (*p == '.') {
            if (part == 0)
                return false;
            dots++;
            part = 0;
        } else if (is_alnum(*p) || *p == '-') {
            part++;
        } else {
            return false;
        }
    }
    return dots > 0 && part > 0;
}

/* \.(?:org|net|com)(?:\:|\/|$) */
static bool has_known_end(const struct tpl_text *s)
{
    static const char *const names[] = {".org", ".net", ".com"};

    for (size_t i = 0; i + 4 <= s->n; i++)
        for (size_t k = 0; k < 3; k++)
            if (memcmp(s->p + i, names[k], 4) == 0 && (i + 4 == s->n || s->p[i + 4] == ':' || s->p[i + 4] == '/'))
                return true;
    return false;
}

static void link_to(struct tpl_run *r, struct tpl_buf *b, const char *scheme, struct tpl_text *url, struct tpl_text *shown, bool nofollow)
{
    (void)r;
    tpl_buf_add(b, "<a href=\"", 9);
    tpl_buf_add(b, scheme, strlen(scheme));
    tpl_buf_text(b, url);
    tpl_buf_char(b, '"');
    if (nofollow)
        tpl_buf_add(b, " rel=\"nofollow\"", 15);
    tpl_buf_char(b, '>');
    tpl_buf_text(b, shown);
    tpl_buf_add(b, "</a>", 4);
}

/* Without the bracket before it and the point behind: ^(?:\(|<|&lt;)?(.*?)(?:\.|,|\)|\n|&gt;)?$ */
static struct tpl_text *bare(struct tpl_run *r, const struct tpl_text *word)
{
    static const char *const closing[] = {".", ",", ")", "&gt;"};
    struct tpl_text s = *word;
    size_t skip = begins(&s, "(") || begins(&s, "<") ? 1 : begins(&s, "&lt;") ? 4 : 0;

    s.p += skip;
    s.n -= skip;
    for (size_t i = 0; i < 4; i++)
        if (ends(&s, closing[i])) {
            s.n -= strlen(closing[i]);
            break;
        }
    return tpl_text_borrow(r->h, s.p, s.n);
}

static void put_word(struct tpl_run *r, struct tpl_buf *b, struct tpl_text *word, double length, bool nofollow)
{
    struct tpl_text *url = bare(r, word), *shown;
    size_t units = tpl_units(url);

    shown = length < (double)units ? tpl_sub(r->h, url, 0, length > 0 ? (size_t)length : 0) : url;
    tpl_work(r->h, 1 + word->n / 64);
    if (begins(url, "http://") || begins(url, "https://"))
        link_to(r, b, "", url, shown, nofollow);
    else if (begins(url, "www."))
        link_to(r, b, "http://", url, shown, nofollow);
    else if (is_mail(url))
        link_to(r, b, "mailto:", url, url, false);
    else if (has_known_end(url))
        link_to(r, b, "http://", url, shown, nofollow);
    else
        tpl_buf_text(b, word);
}

struct tpl_value tpl_f_urlize(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value follow = tpl_arg(args, 1), most = tpl_arg(args, 0);
    double length = tpl_integer(tpl_to_number(r->h, most));
    bool nofollow = follow.type == TPL_BOOLEAN && follow.b;
    struct tpl_text *s;
    struct tpl_buf b;
    size_t n;

    if (args->self.type != TPL_TEXT)
        tpl_fail(r->h, CALLBOARD_EINVAL, "this filter takes a text, not %s", tpl_type_name(args->self));
    if (most.type == TPL_UNDEFINED || (most.type == TPL_NUMBER && isnan(most.d))) /* all of it */
        length = TPL_MEMORY_MAX;
    s = args->self.s;
    tpl_buf_init(&b, r->h);
    for (size_t i = 0, from = 0; i <= s->n; i += n) {
        bool space = i < s->n && tpl_is_space(tpl_decode(s->p + i, s->p + s->n, &n));

        if (i == s->n || space) {
            if (i > from)
                put_word(r, &b, tpl_text_borrow(r->h, s->p + from, i - from), length, nofollow);
            if (i == s->n)
                break;
            tpl_buf_add(&b, s->p + i, n);
            from = i + n;
        }
    }
    return tpl_text_of(tpl_buf_done(&b));
}
