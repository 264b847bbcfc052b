#include "plugins/templates/yaml_out.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct out {
    const struct callboard_host *host;
    struct callboard_call *call;
    char *text;
    size_t n, room;
    const char *key, *annotation; /* of yaml_out_entity */
    bool is_put;
};

static void put(struct out *o, const char *text, size_t n)
{
    if (o->n + n + 1 > o->room) {
        o->room = 2 * (o->n + n) + 256;
        if (!(o->text = realloc(o->text, o->room)))
            abort();
    }
    memcpy(o->text + o->n, text, n);
    o->n += n;
    o->text[o->n] = '\0';
}

static void puts_(struct out *o, const char *text)
{
    put(o, text, strlen(text));
}

static void indent(struct out *o, size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        put(o, "  ", 2);
}

/* ---- texts */

static bool is_word_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

/* Would the core schema read a number? */
static bool is_number(const char *t)
{
    static const char digits[] = "0123456789";
    size_t whole, fraction = 0;

    if (t[0] == '0' && t[1] == 'o')
        return t[2] && t[2 + strspn(t + 2, "01234567")] == '\0';
    if (t[0] == '0' && t[1] == 'x')
        return t[2] && t[2 + strspn(t + 2, "0123456789abcdefABCDEF")] == '\0';
    t += *t == '-' || *t == '+';
    if (strcmp(t, ".inf") == 0 || strcmp(t, ".Inf") == 0 || strcmp(t, ".INF") == 0)
        return true;
    whole = strspn(t, digits);
    t += whole;
    if (*t == '.') {
        fraction = strspn(++t, digits);
        t += fraction;
    }
    if (whole + fraction == 0)
        return false;
    if (*t == 'e' || *t == 'E') {
        t++;
        t += *t == '-' || *t == '+';
        if (!strspn(t, digits))
            return false;
        t += strspn(t, digits);
    }
    return *t == '\0';
}

static bool is_plain(const char *t)
{
    static const char *const words[] = {"~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE", ".nan", ".NaN", ".NAN"};
    size_t n = strlen(t);

    if (n == 0 || strchr(" \t", t[0]) || strchr(" \t:", t[n - 1]) || strchr(",[]{}#&*!|>'\"%@`", t[0]))
        return false;
    if (strchr("-?:", t[0]) && (t[1] == '\0' || t[1] == ' ' || t[1] == '\t'))
        return false;
    if (strncmp(t, "---", 3) == 0 || strncmp(t, "...", 3) == 0 || strstr(t, ": ") || strstr(t, ":\t") || strstr(t, " #") || strstr(t, "\t#"))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)t[i] < 0x20 || t[i] == 0x7f)
            return false;
    /* next line, line and paragraph separators, a byte order mark: some readers end a line there */
    if (strstr(t, "\xc2\x85") || strstr(t, "\xe2\x80\xa8") || strstr(t, "\xe2\x80\xa9") || strstr(t, "\xef\xbb\xbf"))
        return false;
    return !is_word_of(t, words, sizeof(words) / sizeof(*words)) && !is_number(t);
}

static void put_quoted(struct out *o, const char *t)
{
    put(o, "\"", 1);
    for (; *t; t++) {
        unsigned char c = (unsigned char)*t;
        char code[8];

        if (c == '"' || c == '\\') {
            snprintf(code, sizeof(code), "\\%c", c);
        } else if (c == '\n' || c == '\r' || c == '\t') {
            snprintf(code, sizeof(code), "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
        } else if (c < 0x20 || c == 0x7f) {
            snprintf(code, sizeof(code), "\\x%02x", c);
        } else if (c == 0xc2 && (unsigned char)t[1] == 0x85) {
            snprintf(code, sizeof(code), "\\N");
            t++;
        } else if (c == 0xe2 && (unsigned char)t[1] == 0x80 && ((unsigned char)t[2] == 0xa8 || (unsigned char)t[2] == 0xa9)) {
            snprintf(code, sizeof(code), "\\%c", (unsigned char)t[2] == 0xa8 ? 'L' : 'P');
            t += 2;
        } else if (c == 0xef && (unsigned char)t[1] == 0xbb && (unsigned char)t[2] == 0xbf) {
            snprintf(code, sizeof(code), "\\uFEFF");
            t += 2;
        } else {
            code[0] = (char)c;
            code[1] = '\0';
        }
        puts_(o, code);
    }
    put(o, "\"", 1);
}

/* Several lines of ordinary characters, of which the first that is not empty tells the indent. */
static bool is_block(const char *t)
{
    if (!strchr(t, '\n') || t[strspn(t, " \t\n")] == '\0')
        return false;
    for (; *t; t++)
        if (((unsigned char)*t < 0x20 && *t != '\n' && *t != '\t') || *t == 0x7f)
            return false;
    return true;
}

static void put_block(struct out *o, const char *t, size_t depth)
{
    size_t n = strlen(t);
    bool ends = t[n - 1] == '\n', more = n > 1 && ends && t[n - 2] == '\n';

    put(o, "|", 1);
    if (t[strspn(t, "\n")] == ' ' || t[0] == '\n')
        put(o, "2", 1);
    puts_(o, more ? "+\n" : ends ? "\n" : "-\n");
    while (*t) {
        size_t line = strcspn(t, "\n");

        if (line)
            indent(o, depth);
        put(o, t, line);
        put(o, "\n", 1);
        t += line + (t[line] == '\n');
    }
}

/* With the newline. */
static void put_text(struct out *o, const char *t, size_t depth)
{
    if (is_block(t)) {
        put_block(o, t, depth);
        return;
    }
    if (is_plain(t))
        puts_(o, t);
    else
        put_quoted(o, t);
    put(o, "\n", 1);
}

/* ---- values */

/* Where one annotation is to be added: the way there is part of every member's place. */
enum spot { NOWHERE, ROOT, METADATA, ANNOTATIONS };

static void put_members(struct out *o, const struct callboard_json *value, size_t depth, bool begun, enum spot spot);

static void put_key(struct out *o, const char *key)
{
    if (is_plain(key))
        puts_(o, key);
    else
        put_quoted(o, key);
    put(o, ":", 1);
}

/* What stands behind "key:" or "-"; DEPTH is the indent of what is in it. */
static void put_value(struct out *o, const struct callboard_json *value, size_t depth, bool in_list, enum spot spot)
{
    const struct callboard_host *host = o->host;

    switch (host->type(value, "")) {
    case CALLBOARD_JSON_OBJECT:
    case CALLBOARD_JSON_ARRAY:
        if (host->count(value, "") == 0 && spot == NOWHERE) {
            puts_(o, host->type(value, "") == CALLBOARD_JSON_OBJECT ? " {}\n" : " []\n");
            return;
        }
        put(o, in_list ? " " : "\n", 1); /* in a list its first member stands beside the dash */
        put_members(o, value, depth, in_list, spot);
        return;
    case CALLBOARD_JSON_TEXT:
        put(o, " ", 1);
        put_text(o, host->text(value, "", ""), depth);
        return;
    default:
        put(o, " ", 1);
        puts_(o, host->dump(o->call, value, 0));
        put(o, "\n", 1);
    }
}

static void put_annotation(struct out *o, size_t depth)
{
    indent(o, depth);
    put_key(o, o->key);
    put(o, " ", 1);
    put_text(o, o->annotation, depth + 1);
}

static void put_members(struct out *o, const struct callboard_json *value, size_t depth, bool begun, enum spot spot)
{
    const struct callboard_host *host = o->host;
    bool list = host->type(value, "") == CALLBOARD_JSON_ARRAY;
    size_t n = host->count(value, "");

    for (size_t i = 0; i < n; i++) {
        const struct callboard_json *member = host->at(value, i);
        const char *key = list ? "" : host->key_at(value, i);
        enum spot below = NOWHERE;

        if (spot == ROOT && strcmp(key, "metadata") == 0)
            below = METADATA;
        if (spot == METADATA && strcmp(key, "annotations") == 0) {
            if (host->type(member, "") != CALLBOARD_JSON_OBJECT)
                continue;
            below = ANNOTATIONS;
        }
        if (spot == ANNOTATIONS && strcmp(key, o->key) == 0) {
            put_annotation(o, depth);
            o->is_put = true;
            continue;
        }
        if (i > 0 || !begun)
            indent(o, depth);
        if (list)
            put(o, "-", 1);
        else
            put_key(o, key);
        put_value(o, member, depth + 1, list, below);
    }
    if (spot == METADATA && !o->is_put) {
        indent(o, depth);
        puts_(o, "annotations:\n");
        put_annotation(o, depth + 1);
        o->is_put = true;
    } else if (spot == ANNOTATIONS && !o->is_put) {
        put_annotation(o, depth);
        o->is_put = true;
    }
}

char *yaml_out(size_t *n, const struct callboard_host *host, struct callboard_call *call, const struct callboard_json *value)
{
    struct out o = {.host = host, .call = call};
    enum callboard_json_type type = host->type(value, "");

    put(&o, "", 0);
    if ((type == CALLBOARD_JSON_OBJECT || type == CALLBOARD_JSON_ARRAY) && host->count(value, "")) {
        put_members(&o, value, 0, false, NOWHERE);
    } else {
        put_value(&o, value, 0, false, NOWHERE);
        memmove(o.text, o.text + 1, o.n--); /* the blank before it */
    }
    *n = o.n;
    return o.text;
}

char *yaml_out_entity(size_t *n, const struct callboard_host *host, struct callboard_call *call, const struct callboard_json *entity, const char *key,
                  const char *text)
{
    struct out o = {.host = host, .call = call, .key = key, .annotation = text};

    put(&o, "", 0);
    put_members(&o, entity, 0, false, ROOT);
    *n = o.n;
    return o.text;
}
