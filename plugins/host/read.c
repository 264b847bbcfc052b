/* JSON values as a plugin reads them: RFC 6901 pointers into jansson's. NULL anywhere is "there is no such value". */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/host/call.h"

#define KEY_MAX 1024 /* bytes of one part of a pointer */

static const json_t *in(const struct callboard_json *value)
{
    return (const json_t *)value;
}

static const json_t *member(const json_t *value, const char *part, size_t n)
{
    char key[KEY_MAX];
    size_t m = 0;

    if (n >= sizeof(key))
        return NULL;
    for (size_t i = 0; i < n; i++) {
        char c = part[i];

        if (c == '~' && i + 1 < n && (part[i + 1] == '0' || part[i + 1] == '1'))
            c = part[++i] == '0' ? '~' : '/';
        key[m++] = c;
    }
    key[m] = '\0';
    if (json_is_object(value))
        return json_object_get(value, key);
    if (json_is_array(value) && m && strspn(key, "0123456789") == m)
        return json_array_get(value, strtoull(key, NULL, 10));
    return NULL;
}

static const json_t *find(const struct callboard_json *from, const char *pointer)
{
    const json_t *value = in(from);

    while (value && pointer && *pointer) {
        size_t n;

        if (*pointer != '/')
            return NULL;
        n = strcspn(++pointer, "/");
        value = member(value, pointer, n);
        pointer += n;
    }
    return value;
}

enum callboard_json_type cb_read_type(const struct callboard_json *value, const char *pointer)
{
    const json_t *found = find(value, pointer);

    if (!found)
        return CALLBOARD_JSON_NONE;
    switch (json_typeof(found)) {
    case JSON_OBJECT: return CALLBOARD_JSON_OBJECT;
    case JSON_ARRAY: return CALLBOARD_JSON_ARRAY;
    case JSON_STRING: return CALLBOARD_JSON_TEXT;
    case JSON_INTEGER:
    case JSON_REAL: return CALLBOARD_JSON_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE: return CALLBOARD_JSON_BOOLEAN;
    case JSON_NULL: return CALLBOARD_JSON_NULL;
    }
    return CALLBOARD_JSON_NONE;
}

const struct callboard_json *cb_read_get(const struct callboard_json *value, const char *pointer)
{
    return (const struct callboard_json *)find(value, pointer);
}

const char *cb_read_text(const struct callboard_json *value, const char *pointer, const char *otherwise)
{
    const json_t *found = find(value, pointer);

    return json_is_string(found) ? json_string_value(found) : otherwise;
}

double cb_read_number(const struct callboard_json *value, const char *pointer, double otherwise)
{
    const json_t *found = find(value, pointer);
    const char *text;
    char *end;
    double d;

    if (json_is_number(found))
        return json_number_value(found);
    if (!json_is_string(found))
        return otherwise;
    text = json_string_value(found);
    errno = 0;
    d = strtod(text, &end);
    return *text == '\0' || *end ? otherwise : d;
}

int64_t cb_read_integer(const struct callboard_json *value, const char *pointer, int64_t otherwise)
{
    const json_t *found = find(value, pointer);
    double d;

    if (json_is_integer(found))
        return json_integer_value(found);
    d = cb_read_number(value, pointer, NAN);
    return isnan(d) || d < -9.2e18 || d > 9.2e18 ? otherwise : (int64_t)d;
}

int cb_read_boolean(const struct callboard_json *value, const char *pointer, int otherwise)
{
    const json_t *found = find(value, pointer);

    return json_is_boolean(found) ? json_is_true(found) : otherwise;
}

size_t cb_read_count(const struct callboard_json *value, const char *pointer)
{
    const json_t *found = find(value, pointer);

    return json_is_array(found) ? json_array_size(found) : json_is_object(found) ? json_object_size(found) : 0;
}

/* jansson keeps an object's order of insertion; the I-th is found by walking there. */
static void *nth(const json_t *object, size_t i)
{
    void *at = json_object_iter((json_t *)(uintptr_t)object);

    while (at && i--)
        at = json_object_iter_next((json_t *)(uintptr_t)object, at);
    return at;
}

const struct callboard_json *cb_read_at(const struct callboard_json *value, size_t i)
{
    const json_t *from = in(value);
    void *at;

    if (json_is_array(from))
        return (const struct callboard_json *)json_array_get(from, i);
    if (!json_is_object(from) || !(at = nth(from, i)))
        return NULL;
    return (const struct callboard_json *)json_object_iter_value(at);
}

const char *cb_read_key_at(const struct callboard_json *value, size_t i)
{
    void *at;

    if (!json_is_object(in(value)) || !(at = nth(in(value), i)))
        return NULL;
    return json_object_iter_key(at);
}
