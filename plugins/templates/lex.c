/* Tokens, with the rules of Nunjucks for white space and for where a tag ends. */
#include "plugins/templates/lex.h"

#include <string.h>

#include "plugins/templates/number.h"
#include "plugins/templates/text.h"

void tpl_lex_init(struct tpl_lex *l, struct tpl_heap *h, const char *p, size_t n)
{
    *l = (struct tpl_lex){.h = h, .p = p, .n = n};
}

bool tpl_token_is(const struct tpl_token *t, const char *word)
{
    return (t->type == TPL_T_SIGN || t->type == TPL_T_NAME) && t->n == strlen(word) && memcmp(t->word, word, t->n) == 0;
}

static bool looks(const struct tpl_lex *l, size_t at, const char *word)
{
    size_t n = strlen(word);

    return l->n - at >= n && memcmp(l->p + at, word, n) == 0;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- text between tags */

/* The length of the opening that lies at AT, or 0. */
static size_t opening(const struct tpl_lex *l, size_t at)
{
    if (l->cookiecutter ? looks(l, at, "{{") : looks(l, at, "${{"))
        return l->cookiecutter ? 2 : 3;
    return looks(l, at, "{%") || looks(l, at, "{#") ? 2 : 0;
}

static struct tpl_text *data(struct tpl_lex *l, size_t from, size_t to)
{
    struct tpl_text whole = {l->p + from, to - from, TPL_UNCOUNTED};
    size_t open = to < l->n ? opening(l, to) : 0;
    struct tpl_text *s = tpl_trim(l->h, &whole, l->drop, open && to + open < l->n && l->p[to + open] == '-');

    l->drop = false;
    if (l->lstrip_blocks && looks(l, to, "{%") && s->p + s->n == l->p + to) { /* the indentation before a tag that begins its line */
        size_t n = s->n;

        while (n > 0 && s->p[n - 1] != '\n' && tpl_is_space((unsigned char)s->p[n - 1]))
            n--;
        if (n == 0 ? s->p == l->p || s->p[-1] == '\n' : s->p[n - 1] == '\n')
            s = tpl_text_borrow(l->h, s->p, n);
    }
    return s;
}

/* Past the comment that begins at l->at. */
static void comment(struct tpl_lex *l)
{
    const char *end = memmem(l->p + l->at + 2, l->n - l->at - 2, "#}", 2);

    if (!end)
        tpl_fail_at(l->h, l->at, "the comment {# has no #}");
    l->drop = end > l->p + l->at + 2 && end[-1] == '-';
    l->at = (size_t)(end - l->p) + 2;
}

static struct tpl_token outside(struct tpl_lex *l)
{
    struct tpl_token t = {.at = l->at};
    const char *stray;

    while (l->at < l->n) {
        size_t from = l->at, to = from, open = opening(l, from);

        if (open && l->p[from + 1] == '#') {
            comment(l);
            continue;
        }
        t.at = from;
        if (open) {
            bool tag = l->p[from + 1] == '%';

            t.type = tag ? TPL_T_TAG : TPL_T_VALUE;
            l->close = tag ? "%}" : "}}";
            l->opened = from;
            l->at += open;
            if (l->at < l->n && l->p[l->at] == '-')
                l->at++;
            l->in_code = true;
            l->drop = false;
            return t;
        }
        do {
            to++;
            while (to < l->n && l->p[to] != '{' && l->p[to] != '$')
                to++;
        } while (to < l->n && !opening(l, to));
        if ((stray = memmem(l->p + from, to - from, "#}", 2)))
            tpl_fail_at(l->h, (size_t)(stray - l->p), "this #} ends no comment");
        t.text = data(l, from, to);
        l->at = to;
        if (t.text->n) {
            t.type = TPL_T_DATA;
            return t;
        }
    }
    t.type = TPL_T_END;
    t.at = l->n;
    return t;
}

/* ---- inside of tags */

static struct tpl_token text(struct tpl_lex *l)
{
    struct tpl_token t = {.type = TPL_T_TEXT, .at = l->at};
    char quote = l->p[l->at++];
    struct tpl_buf b;

    tpl_buf_init(&b, l->h);
    while (l->at < l->n && l->p[l->at] != quote) {
        char c = l->p[l->at++];

        if (c == '\\' && l->at < l->n) {
            c = l->p[l->at++];
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
        }
        tpl_buf_char(&b, c);
    }
    if (l->at == l->n)
        tpl_fail_at(l->h, t.at, "the text that begins here has no end");
    l->at++;
    t.text = tpl_buf_done(&b);
    return t;
}

static struct tpl_token regex(struct tpl_lex *l)
{
    struct tpl_token t = {.type = TPL_T_REGEX, .at = l->at};
    size_t from = l->at + 2, to = from;

    while (to < l->n && l->p[to] != '/') {
        if (l->p[to] == '\\')
            to++;
        to++;
    }
    if (to >= l->n)
        tpl_fail_at(l->h, t.at, "the regular expression that begins here has no end");
    t.text = tpl_text_borrow(l->h, l->p + from, to - from);
    t.word = l->p + to + 1;
    for (l->at = to + 1; l->at < l->n && (is_letter(l->p[l->at]) || is_digit(l->p[l->at])); l->at++)
        t.n++;
    return t;
}

static struct tpl_token number(struct tpl_lex *l)
{
    struct tpl_token t = {.type = TPL_T_NUMBER, .at = l->at, .word = l->p + l->at};
    size_t i = l->at;
    struct tpl_text s;

    while (i < l->n && is_digit(l->p[i]))
        i++;
    if (i < l->n && l->p[i] == '.') {
        i++;
        while (i < l->n && is_digit(l->p[i]))
            i++;
    }
    if (i < l->n && is_letter(l->p[i]))
        tpl_fail_at(l->h, t.at, "this is no number");
    s = (struct tpl_text){l->p + l->at, i - l->at, TPL_UNCOUNTED};
    t.n = s.n;
    t.number = tpl_number_of_text(&s);
    l->at = i;
    return t;
}

static void closed(struct tpl_lex *l, struct tpl_token *t, size_t n)
{
    l->drop = n == 3;
    t->type = TPL_T_CLOSE;
    l->at += n;
    l->in_code = false;
    if (l->trim_blocks && *l->close == '%' && n == 2) {
        if (looks(l, l->at, "\r\n"))
            l->at += 2;
        else if (looks(l, l->at, "\n"))
            l->at++;
    }
}

static struct tpl_token inside(struct tpl_lex *l)
{
    static const char *const signs[] = {"===", "!==", "==", "!=", "<=", ">=", "//", "**", "(", ")", "[", "]", "{", "}", ",",
                                        ":",   "|",   "~",  ".",  "<",  ">",  "=",  "+",  "-", "*", "/", "%"};
    struct tpl_token t = {0};
    bool member = l->member;
    char c;

    l->member = false;
    while (l->at < l->n) {
        if (strchr(" \n\t\r", l->p[l->at]) && l->p[l->at])
            l->at++;
        else if (looks(l, l->at, "\xc2\xa0"))
            l->at += 2;
        else
            break;
    }
    if (l->at == l->n)
        tpl_fail_at(l->h, l->opened, "the tag that begins here has no %s", l->close);
    t.at = l->at;
    if (looks(l, l->at, l->close)) {
        closed(l, &t, 2);
        return t;
    }
    c = l->p[l->at];
    if (c == '-' && looks(l, l->at + 1, l->close)) {
        closed(l, &t, 3);
        return t;
    }
    if (c == '"' || c == '\'')
        return text(l);
    if (looks(l, l->at, "r/"))
        return regex(l);
    if (is_digit(c) && !member)
        return number(l);
    if (is_letter(c) || is_digit(c)) {
        t.type = TPL_T_NAME;
        t.word = l->p + l->at;
        while (l->at < l->n && (is_letter(l->p[l->at]) || is_digit(l->p[l->at])))
            l->at++, t.n++;
        return t;
    }
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
        if (looks(l, l->at, signs[i])) {
            t.type = TPL_T_SIGN;
            t.word = signs[i];
            t.n = strlen(signs[i]);
            l->at += t.n;
            l->member = *t.word == '.';
            return t;
        }
    {
        size_t n;
        uint32_t point = tpl_decode(l->p + l->at, l->p + l->n, &n);

        if (point < 0x20 || point == 0x7f)
            tpl_fail_at(l->h, l->at, "the character U+%04X means nothing here", (unsigned)point);
        tpl_fail_at(l->h, l->at, "the character \"%.*s\" means nothing here", (int)n, l->p + l->at);
    }
}

struct tpl_token tpl_lex_next(struct tpl_lex *l)
{
    return l->in_code ? inside(l) : outside(l);
}

/* "{%", white space, NAME or "end" NAME, white space, "%}": sets *END; the bytes it takes, or 0. */
static size_t raw_tag(const struct tpl_lex *l, size_t at, const char *name, bool *end)
{
    size_t from = at;

    if (!looks(l, at, "{%"))
        return 0;
    at += 2;
    while (at < l->n && tpl_is_space((unsigned char)l->p[at]))
        at++;
    *end = looks(l, at, "end");
    at += *end ? 3 : 0;
    if (!looks(l, at, name))
        return 0;
    at += strlen(name);
    while (at < l->n && tpl_is_space((unsigned char)l->p[at]))
        at++;
    return looks(l, at, "%}") ? at + 2 - from : 0;
}

struct tpl_token tpl_lex_raw(struct tpl_lex *l, const char *name)
{
    struct tpl_token t = {.type = TPL_T_DATA, .at = l->at};
    size_t depth = 1, at = l->at, n;
    bool end;

    for (; at < l->n; at++) {
        const char *next = memchr(l->p + at, '{', l->n - at);

        if (!next)
            break;
        at = (size_t)(next - l->p);
        if (!(n = raw_tag(l, at, name, &end)))
            continue;
        depth = end ? depth - 1 : depth + 1;
        if (depth == 0) {
            t.text = tpl_text_borrow(l->h, l->p + l->at, at - l->at);
            l->at = at + n;
            l->drop = false;
            return t;
        }
        at += n - 1;
    }
    tpl_fail_at(l->h, l->opened, "{%% %s %%} has no {%% end%s %%}", name, name);
}
