/*
 * The matchers that an operator forces into queries. A query is not parsed, only cut into words, so that each selector is found:
 * "{...}", and a name that is no function, keyword or list of labels. What cannot be cut with certainty is refused, never sent.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "plugins/prometheus/prometheus.h"

struct text {
    char *p;
    size_t n, room;
};

static void put(struct text *out, const char *p, size_t n)
{
    if (out->n + n + 1 > out->room) {
        out->room = 2 * (out->n + n + 1);
        out->p = realloc(out->p, out->room);
        if (!out->p)
            abort();
    }
    memcpy(out->p + out->n, p, n);
    out->n += n;
    out->p[out->n] = '\0';
}

static void put_matchers(struct text *out, const struct prom_pair *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            put(out, ",", 1);
        put(out, m[i].key, strlen(m[i].key));
        put(out, "=\"", 2);
        for (const char *c = m[i].value; *c; c++) {
            if (*c == '"' || *c == '\\')
                put(out, "\\", 1);
            if (*c == '\n')
                put(out, "\\n", 2);
            else
                put(out, c, 1);
        }
        put(out, "\"", 1);
    }
}

static bool is_name_start(char c)
{
    return isalpha((unsigned char)c) || c == '_' || c == ':';
}

static bool is_name(char c)
{
    return is_name_start(c) || isdigit((unsigned char)c);
}

/* Behind the string at P; P itself when there is none; NULL: it has no end. */
static const char *behind_quoted(const char *p)
{
    char quote = *p;

    if (quote != '"' && quote != '\'' && quote != '`')
        return p;
    for (p++; *p && *p != quote; p++) {
        if (*p == '\\' && quote != '`' && !*++p)
            return NULL;
        if (*p == '\n' && quote != '`')
            return NULL;
    }
    return *p ? p + 1 : NULL;
}

static const char *behind_blanks(const char *p)
{
    for (;;) {
        p += strspn(p, " \t\r\n");
        if (*p != '#')
            return p;
        p += strcspn(p, "\n");
    }
}

static bool is_word(const char *p, size_t n, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == n && strncasecmp(*words, p, n) == 0)
            return true;
    return false;
}

/* A metric of such a name could not be bounded: there is none outside of riddles. */
static const char *const operators[] = {"and", "or", "unless", "atan2", "bool", "offset", "inf", "nan", NULL};
static const char *const lists[] = {"by", "without", "on", "ignoring", "group_left", "group_right", NULL};
static const char *const aggregators[] = {"sum",   "avg",    "count",    "min",     "max",   "group",        "stddev", "stdvar",
                                          "topk",  "bottomk", "quantile", "count_values", "limitk", "limit_ratio", NULL};

/* Behind the "(a, b)" at P; NULL: it is no list of names. */
static const char *behind_list(const char *p)
{
    for (p++; is_name(*p) || (*p && strchr(", \t\r\n", *p));)
        p++;
    return *p == ')' ? p + 1 : NULL;
}

/* Behind the "{...}" at P. *EMPTY: nothing, or a comma, stands in front of its end. NULL: no end, or an "or" inside. */
static const char *behind_braces(const char *p, bool *empty)
{
    *empty = true;
    for (p++; *p && *p != '}';) {
        const char *next = behind_quoted(p);

        if (!next || *p == '{')
            return NULL;
        if (next != p) {
            p = next;
            *empty = false;
        } else if (is_name_start(*p)) {
            const char *word = p;

            while (is_name(*p))
                p++;
            if (p - word == 2 && strncasecmp(word, "or", 2) == 0) /* VictoriaMetrics' {a="1" or b="2"} */
                return NULL;
            *empty = false;
        } else if (*p == '#' || *p == '\\' || (unsigned char)*p >= 0x80) {
            return NULL;
        } else {
            if (!strchr(" \t\r\n", *p))
                *empty = *p == ',';
            p++;
        }
    }
    return *p ? p + 1 : NULL;
}

struct cut {
    struct text *out;
    const struct prom_pair *matchers;
    size_t n;
};

/* The selector's braces at P, with what is forced. */
static const char *take_braces(const struct cut *c, const char *p)
{
    bool empty;
    const char *end = behind_braces(p, &empty);

    if (!end)
        return NULL;
    put(c->out, p, (size_t)(end - p) - 1);
    if (!empty)
        put(c->out, ",", 1);
    put_matchers(c->out, c->matchers, c->n);
    put(c->out, "}", 1);
    return end;
}

/* The word at P and, when it is a metric's name, what makes it a selector. */
static const char *take_word(const struct cut *c, const char *p)
{
    const char *end = p, *next, *list_end;
    size_t n;

    while (is_name(*end))
        end++;
    n = (size_t)(end - p);
    put(c->out, p, n);
    next = behind_blanks(end);
    if (is_word(p, n, lists)) {
        if (*next != '(') /* group_left alone, in front of a selector */
            return n >= 10 ? end : NULL;
        list_end = behind_list(next);
        if (list_end) {
            put(c->out, " ", 1);
            put(c->out, next, (size_t)(list_end - next));
        }
        return list_end;
    }
    if (is_word(p, n, operators) || *next == '(')
        return end;
    if (is_word(p, n, aggregators) && (strncasecmp(next, "by", 2) == 0 || strncasecmp(next, "without", 7) == 0))
        return end;
    if (*next == '{')
        return take_braces(c, next);
    put(c->out, "{", 1);
    put_matchers(c->out, c->matchers, c->n);
    put(c->out, "}", 1);
    return end;
}

/* "[5m:1m]": durations, and nothing that could be a selector. */
static const char *take_range(const struct cut *c, const char *p)
{
    const char *end = p + 1;

    while (isalnum((unsigned char)*end) || strchr(" \t\r\n:.", *end)) {
        if (!*end)
            return NULL;
        end++;
    }
    if (*end++ != ']')
        return NULL;
    put(c->out, p, (size_t)(end - p));
    return end;
}

static const char *take(const struct cut *c, const char *p)
{
    const char *end = behind_quoted(p);

    if (!end)
        return NULL;
    if (end == p)
        end = behind_blanks(p);
    if (end == p) {
        if (is_name_start(*p))
            return take_word(c, p);
        if (*p == '{')
            return take_braces(c, p);
        if (*p == '[')
            return take_range(c, p);
        if (isdigit((unsigned char)*p) || (*p == '.' && isdigit((unsigned char)p[1])))
            while (isalnum((unsigned char)*end) || *end == '.' || *end == '_')
                end++;
        else if (strchr("()+-*/%^,=!<>~@", *p))
            end = p + 1;
        else
            return NULL;
    } else if (strchr(" \t\r\n#", *p)) { /* comments go, a blank stays */
        put(c->out, " ", 1);
        return end;
    }
    put(c->out, p, (size_t)(end - p));
    return end;
}

int prom_bounded(const char **out, struct prom *p, const char *query, const struct prom_pair *matchers, size_t n)
{
    struct text text = {0};
    const struct cut cut = {&text, matchers, n};

    *out = query;
    if (n == 0)
        return 0;
    for (const char *at = query; at && *at;)
        if (!(at = take(&cut, at))) {
            free(text.p);
            p->why = "is not sent: it is written in a way in which the labels that the configuration forces cannot be added to it";
            return CALLBOARD_EINVAL;
        }
    *out = p->host->format(p->call, "%s", text.p ? text.p : "");
    free(text.p);
    return 0;
}

bool prom_mentions(const char *query, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = query; *p;) {
        const char *end = behind_quoted(p);

        if (!end)
            return false;
        if (end == p && is_name_start(*p)) {
            while (is_name(*end))
                end++;
            if ((size_t)(end - p) == n && memcmp(p, name, n) == 0)
                return true;
        }
        p = end == p ? p + 1 : end;
    }
    return false;
}
