/* The answer of a call, written straight as text: a plugin needs no JSON library, and cannot write what is no JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/host/call.h"

static void put(struct callboard_call *call, const char *text, size_t n)
{
    if (call->broken)
        return;
    if (n > CALLBOARD_ANSWER_MAX || call->out_n + n > CALLBOARD_ANSWER_MAX) {
        call->broken = "the answer is over CALLBOARD_ANSWER_MAX bytes";
        return;
    }
    if (call->out_n + n > call->out_room) {
        size_t room = call->out_room ? call->out_room : 4096;

        while (room < call->out_n + n)
            room *= 2;
        call->out = realloc(call->out, room);
        if (!call->out)
            abort();
        call->out_room = room;
    }
    memcpy(call->out + call->out_n, text, n);
    call->out_n += n;
}

static void put_char(struct callboard_call *call, char c)
{
    put(call, &c, 1);
}

/* Bytes of the character at P: 0 when it is not UTF-8. */
static size_t character(const unsigned char *p)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        return (p[1] & 0xc0) == 0x80 ? 2 : 0;
    if (p[0] >= 0xe0 && p[0] <= 0xef) {
        if ((p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f))
            return 0;
        return 3;
    }
    if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        if ((p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80 || (p[0] == 0xf0 && p[1] < 0x90) ||
            (p[0] == 0xf4 && p[1] > 0x8f))
            return 0;
        return 4;
    }
    return 0;
}

static void put_quoted(struct callboard_call *call, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    const unsigned char *plain = p;

    put_char(call, '"');
    while (*p) {
        size_t n = character(p);
        char escaped[8];

        if (n && *p >= 0x20 && *p != '"' && *p != '\\') {
            p += n;
            continue;
        }
        put(call, (const char *)plain, (size_t)(p - plain));
        if (n == 0)
            put(call, "\xef\xbf\xbd", 3);
        else if (*p == '"' || *p == '\\')
            put(call, escaped, (size_t)snprintf(escaped, sizeof(escaped), "\\%c", *p));
        else if (*p == '\n')
            put(call, "\\n", 2);
        else
            put(call, escaped, (size_t)snprintf(escaped, sizeof(escaped), "\\u%04x", *p));
        plain = ++p;
    }
    put(call, (const char *)plain, (size_t)(p - plain));
    put_char(call, '"');
}

/* What stands before a value. False: it cannot stand here. */
static bool lead(struct callboard_call *call, const char *key)
{
    bool object;

    if (call->broken)
        return false;
    if (call->depth == 0) {
        call->broken = "something was written behind the end of the answer";
        return false;
    }
    object = call->stack[call->depth - 1] == '{';
    if (object && !key) {
        call->broken = "a value in an object has no key";
        return false;
    }
    if (!call->first)
        put_char(call, ',');
    call->first = false;
    if (object) {
        put_quoted(call, key);
        put_char(call, ':');
    }
    return true;
}

void cb_write_begin(struct callboard_call *call, const char *key, char kind)
{
    if (!lead(call, key))
        return;
    if (call->depth == CALLBOARD_DEPTH_MAX) {
        call->broken = "the answer is nested deeper than CALLBOARD_DEPTH_MAX";
        return;
    }
    put_char(call, kind);
    call->stack[call->depth++] = kind;
    call->first = true;
}

void cb_write_end(struct callboard_call *call)
{
    if (call->broken)
        return;
    if (call->depth <= 1) { /* the answer itself is ended by the host */
        call->broken = "an end has no begin";
        return;
    }
    put_char(call, call->stack[--call->depth] == '{' ? '}' : ']');
    call->first = false;
}

void cb_write_text(struct callboard_call *call, const char *key, const char *text)
{
    if (!text)
        cb_write_literal(call, key, "null");
    else if (lead(call, key))
        put_quoted(call, text);
}

void cb_write_literal(struct callboard_call *call, const char *key, const char *text)
{
    if (lead(call, key))
        put(call, text, strlen(text));
}

static int put_dumped(const char *text, size_t n, void *ctx)
{
    struct callboard_call *call = ctx;

    put(call, text, n);
    return call->broken ? -1 : 0;
}

void cb_write_json(struct callboard_call *call, const char *key, const struct callboard_json *value)
{
    if (!value)
        cb_write_literal(call, key, "null");
    else if (lead(call, key))
        json_dump_callback((const json_t *)value, put_dumped, call, JSON_COMPACT | JSON_ENCODE_ANY);
}

void cb_write_reset(struct callboard_call *call)
{
    call->out_n = 0;
    call->broken = NULL;
    call->stack[0] = '{';
    call->depth = 1;
    call->first = true;
    put_char(call, '{');
}

bool cb_write_finish(struct callboard_call *call)
{
    while (!call->broken && call->depth) {
        put_char(call, call->stack[--call->depth] == '{' ? '}' : ']');
    }
    return !call->broken;
}
