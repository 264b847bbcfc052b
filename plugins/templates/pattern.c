#include "plugins/templates/pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEST_MAX 256 /* lists in lists, and repetitions of one */

struct match {
    size_t steps, braces;
    bool over;
};

static bool step(struct match *m)
{
    if (++m->steps > PATTERN_STEP_N)
        m->over = true;
    return !m->over;
}

bool pattern_is_plain(const char *pattern)
{
    return pattern[strcspn(pattern, "*?[]{}()!+@|\\")] == '\0';
}

/* Behind the ')' that closes the '(' at P, or NULL. */
static const char *closing(const char *p)
{
    size_t depth = 0;

    for (; *p; p++) {
        if (*p == '\\' && p[1])
            p++;
        else if (*p == '(')
            depth++;
        else if (*p == ')' && --depth == 0)
            return p + 1;
    }
    return NULL;
}

/* [abc] at P against C. *END: behind it; NULL: it is no class. */
static bool in_class(const char **end, const char *p, char c)
{
    bool no = p[1] == '!' || p[1] == '^', found = false;
    const char *at = p + 1 + no, *first = at;

    for (; *at && (*at != ']' || at == first); at++) {
        char low = *at == '\\' && at[1] ? *++at : *at, high = low;

        if (at[1] == '-' && at[2] && at[2] != ']') {
            at += 2;
            high = *at == '\\' && at[1] ? *++at : *at;
        }
        found |= (unsigned char)low <= (unsigned char)c && (unsigned char)c <= (unsigned char)high;
    }
    *end = *at == ']' ? at + 1 : NULL;
    return found != no && c != '/';
}

static bool match(struct match *m, const char *p, const char *p_end, const char *s, const char *s_end, size_t nest);

/* Does one of the alternatives between '(' at P and END (behind its ')') match the whole of S to S_END? */
static bool any_of(struct match *m, const char *p, const char *end, const char *s, const char *s_end, size_t nest)
{
    const char *from = p + 1;
    size_t depth = 0;

    for (const char *at = from; at < end; at++) {
        if (*at == '\\' && at + 1 < end) {
            at++;
        } else if (*at == '(') {
            depth++;
        } else if ((*at == '|' && depth == 0) || at == end - 1) {
            if (match(m, from, at, s, s_end, nest + 1))
                return true;
            from = at + 1;
        } else if (*at == ')') {
            depth--;
        }
    }
    return false;
}

/* KIND(...) at P: how much of S it may take, then the rest. */
static bool extended(struct match *m, char kind, const char *p, const char *end, const char *p_end, const char *s, const char *s_end, size_t nest)
{
    const char *limit = s;

    while (limit < s_end && *limit != '/')
        limit++;
    if ((kind == '?' || kind == '*') && match(m, end, p_end, s, s_end, nest))
        return true;
    for (const char *cut = s; cut <= limit && step(m); cut++) {
        bool is = any_of(m, p, end, s, cut, nest);

        if (kind == '!' ? is : !is)
            continue;
        if (match(m, end, p_end, cut, s_end, nest))
            return true;
        if ((kind == '*' || kind == '+') && cut > s && extended(m, '*', p, end, p_end, cut, s_end, nest + 1))
            return true;
    }
    return false;
}

/* ** as a whole part at P. */
static bool is_globstar(const char *begin, const char *p, const char *p_end)
{
    return p_end - p >= 2 && p[0] == '*' && p[1] == '*' && (p + 2 == p_end || p[2] == '/') && (p == begin || p[-1] == '/');
}

static bool globstar(struct match *m, const char *p, const char *p_end, const char *s, const char *s_end, size_t nest)
{
    const char *rest = p + 2;

    if (rest == p_end)
        return true;
    for (rest++;;) { /* none, or some whole parts */
        if (!step(m))
            return false;
        if (match(m, rest, p_end, s, s_end, nest))
            return true;
        while (s < s_end && *s != '/')
            s++;
        if (s == s_end)
            return false;
        s++;
    }
}

static bool match(struct match *m, const char *p, const char *p_end, const char *s, const char *s_end, size_t nest)
{
    const char *begin = p;

    if (nest > NEST_MAX) {
        m->over = true;
        return false;
    }
    for (; p < p_end; p++) {
        const char *end;

        if (!step(m))
            return false;
        if (is_globstar(begin, p, p_end))
            return globstar(m, p, p_end, s, s_end, nest);
        if (p_end - p >= 2 && p[1] == '(' && strchr("?*+@!", *p) && (end = closing(p + 1)) && end <= p_end)
            return extended(m, *p, p + 1, end, p_end, s, s_end, nest);
        if (*p == '*') {
            while (p + 1 < p_end && p[1] == '*')
                p++;
            for (;; s++) {
                if (match(m, p + 1, p_end, s, s_end, nest))
                    return true;
                if (m->over || s == s_end || *s == '/')
                    return false;
            }
        }
        if (*p == '?') {
            if (s == s_end || *s == '/')
                return false;
            s++;
            while (s < s_end && ((unsigned char)*s & 0xc0) == 0x80)
                s++;
            continue;
        }
        if (s == s_end) /* a folder matches its own globstar */
            return *p == '/' && is_globstar(begin, p + 1, p_end) && p + 3 == p_end;
        if (*p == '[') {
            bool is = in_class(&end, p, *s);

            if (end && end <= p_end) {
                if (!is)
                    return false;
                p = end - 1;
                s++;
                continue;
            }
        }
        if (*p == '\\' && p + 1 < p_end)
            p++;
        if (*p != *s)
            return false;
        s++;
    }
    return s == s_end;
}

/* ---- braces */

static enum pattern_answer expand(struct match *m, const char *pattern, const char *path);

/* BEFORE, the N bytes at MIDDLE, AFTER. */
static enum pattern_answer with(struct match *m, const char *before, size_t before_n, const char *middle, size_t n, const char *after, const char *path)
{
    char made[PATTERN_BYTES_MAX + 1];
    int wrote = snprintf(made, sizeof(made), "%.*s%.*s%s", (int)before_n, before, (int)n, middle, after);

    if (wrote < 0 || (size_t)wrote >= sizeof(made) || ++m->braces > PATTERN_BRACE_N)
        return PATTERN_TOO_MUCH;
    return expand(m, made, path);
}

static enum pattern_answer range(struct match *m, const char *pattern, const char *open, const char *close, long from, long to, const char *path)
{
    for (long i = from;; i += from <= to ? 1 : -1) {
        char number[24];
        enum pattern_answer answer;

        snprintf(number, sizeof(number), "%ld", i);
        answer = with(m, pattern, (size_t)(open - pattern), number, strlen(number), close + 1, path);
        if (answer != PATTERN_NO || i == to)
            return answer;
    }
}

/* The '}' of the '{' at OPEN; *COMMA: it has alternatives. NULL: there is none. */
static const char *brace_end(const char *open, bool *comma)
{
    size_t depth = 0;

    *comma = false;
    for (const char *at = open; *at; at++) {
        if (*at == '\\' && at[1])
            at++;
        else if (*at == '{')
            depth++;
        else if (*at == ',' && depth == 1)
            *comma = true;
        else if (*at == '}' && --depth == 0)
            return at;
    }
    return NULL;
}

static enum pattern_answer alternatives(struct match *m, const char *pattern, const char *open, const char *close, const char *path)
{
    const char *from = open + 1;
    size_t depth = 0;

    for (const char *at = from; at <= close; at++) {
        if (*at == '\\' && at < close) {
            at++;
        } else if (*at == '{') {
            depth++;
        } else if ((*at == ',' && depth == 0) || at == close) {
            enum pattern_answer answer = with(m, pattern, (size_t)(open - pattern), from, (size_t)(at - from), close + 1, path);

            if (answer != PATTERN_NO)
                return answer;
            from = at + 1;
        } else if (*at == '}') {
            depth--;
        }
    }
    return PATTERN_NO;
}

static enum pattern_answer expand(struct match *m, const char *pattern, const char *path)
{
    for (const char *at = pattern; *at; at++) {
        long from, to;
        int n = 0;
        bool comma;
        const char *close;

        if (*at == '\\' && at[1]) {
            at++;
            continue;
        }
        if (*at != '{' || !(close = brace_end(at, &comma)))
            continue;
        if (comma)
            return alternatives(m, pattern, at, close, path);
        if (sscanf(at, "{%9ld..%9ld}%n", &from, &to, &n) == 2 && n && at + n - 1 == close)
            return range(m, pattern, at, close, from, to, path);
    }
    if (match(m, pattern, pattern + strlen(pattern), path, path + strlen(path), 0))
        return PATTERN_YES;
    return m->over ? PATTERN_TOO_MUCH : PATTERN_NO;
}

enum pattern_answer pattern_match(const char *pattern, const char *path)
{
    struct match m = {0};

    return strlen(pattern) > PATTERN_BYTES_MAX ? PATTERN_TOO_MUCH : expand(&m, pattern, path);
}
