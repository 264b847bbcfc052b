/* Texts that grow and texts that are kept: an organisation has more of them than a call may make. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plugins/forge/forge.h"

#define NAME_MAX_BYTES 63 /* of an entity's name */

static bool is_alnum(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void *fg_grown(void *v, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return v;
    *room = *room ? *room * 2 : 16;
    v = realloc(v, *room * size);
    if (!v)
        abort();
    return v;
}

/* ---- growing */

void fg_put_n(struct fg_text *t, const char *text, size_t n)
{
    while (t->n + n + 1 > t->room) {
        t->room = t->room ? t->room * 2 : 256;
        if (!(t->p = realloc(t->p, t->room)))
            abort();
    }
    memcpy(t->p + t->n, text, n);
    t->n += n;
    t->p[t->n] = '\0';
}

void fg_put(struct fg_text *t, const char *text)
{
    fg_put_n(t, text, strlen(text));
}

void fg_printf(struct fg_text *t, const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    fg_put(t, text);
    free(text);
}

void fg_put_escaped(struct fg_text *t, const char *text, bool slash)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (is_alnum(c) || strchr("-._~*", c) || (slash && c == '/'))
            fg_put_n(t, text, 1);
        else
            fg_printf(t, "%%%02X", c);
    }
}

void fg_put_path(struct fg_text *t, const char *pattern, const char *const *args)
{
    while (*pattern) {
        size_t n = strcspn(pattern, "{");
        bool slash;

        fg_put_n(t, pattern, n);
        pattern += n;
        if (!*pattern)
            return;
        slash = pattern[1] == '/';
        fg_put_escaped(t, *args++, slash);
        pattern += slash ? 3 : 2;
    }
}

void fg_put_json(struct fg_text *t, const char *text)
{
    fg_put(t, "\"");
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x20)
            fg_printf(t, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            fg_printf(t, "\\%c", c);
        else
            fg_put_n(t, text, 1);
    }
    fg_put(t, "\"");
}

void fg_put_member(struct fg_text *t, const char *key, const char *text)
{
    if (!text || !*text)
        return;
    if (t->n && t->p[t->n - 1] != '{')
        fg_put(t, ",");
    fg_put_json(t, key);
    fg_put(t, ":");
    fg_put_json(t, text);
}

/* ---- keeping */

char *fg_keep(struct fg_texts *t, const char *text)
{
    char *copy = text ? strdup(text) : NULL;

    if (!text)
        return NULL;
    if (!copy)
        abort();
    t->v = fg_grown(t->v, t->n, &t->room, sizeof(*t->v));
    return t->v[t->n++] = copy;
}

void fg_texts_fini(struct fg_texts *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->v[i]);
    free(t->v);
    *t = (struct fg_texts){0};
}

/* ---- reading */

char *fg_name(struct fg_texts *t, const char *text)
{
    char name[NAME_MAX_BYTES + 1];
    size_t n = 0;

    for (; *text && n < NAME_MAX_BYTES; text++) {
        unsigned char c = (unsigned char)*text;

        if (is_alnum(c) || (n && (c == '-' || c == '.' || c == '_')))
            name[n++] = (char)c;
        else if (n && name[n - 1] != '_')
            name[n++] = '_';
    }
    while (n && !is_alnum((unsigned char)name[n - 1]))
        n--;
    name[n] = '\0';
    return n ? fg_keep(t, name) : NULL;
}

int64_t fg_time_us(const char *text)
{
    struct tm tm = {0};
    int used = 0, hours = 0, minutes = 0;
    char sign;
    int64_t at_s;

    if (!text || sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used) != 6)
        return 0;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    at_s = (int64_t)timegm(&tm);
    text += used;
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if (sscanf(text, "%c%2d:%2d", &sign, &hours, &minutes) == 3 && (sign == '+' || sign == '-'))
        at_s -= (sign == '+' ? 1 : -1) * (hours * 3600 + minutes * 60);
    return at_s > 0 ? at_s * 1000000 : 0;
}

/* FNV-1a, with the end of each text in it. */
uint64_t fg_hash(uint64_t seed, const char *text)
{
    uint64_t h = seed ? seed : UINT64_C(14695981039346656037);

    for (;; text++) {
        h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
        if (!*text)
            return h;
    }
}
