#include "catalog/base/node.h"

#include <math.h>
#include <stdlib.h>

#include "catalog/base/number.h"

struct cb_node *cb_node_new(struct cb_arena *a, enum cb_node_type type)
{
    struct cb_node *node = CB_NEW(a, struct cb_node);

    node->type = type;
    return node;
}

struct cb_node *cb_node_string(struct cb_arena *a, cb_str text)
{
    struct cb_node *node = cb_node_new(a, CB_STRING);

    node->text = text;
    return node;
}

struct cb_node *cb_node_int(struct cb_arena *a, int64_t i)
{
    struct cb_node *node = cb_node_new(a, CB_INT);

    node->i = i;
    return node;
}

struct cb_node *cb_node_bool(struct cb_arena *a, bool b)
{
    struct cb_node *node = cb_node_new(a, CB_BOOL);

    node->b = b;
    return node;
}

static void append(struct cb_node *parent, struct cb_node *child)
{
    child->next = NULL;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->child_n++;
}

void cb_node_push(struct cb_node *array, struct cb_node *child)
{
    append(array, child);
}

void cb_node_put(struct cb_node *object, cb_str key, struct cb_node *child)
{
    child->key = key;
    append(object, child);
}

/* Where OBJECT points at the member KEY, and the member before it (NULL for the first). */
static struct cb_node **link_of(struct cb_node *object, cb_str key, struct cb_node **before)
{
    struct cb_node **at = &object->first;

    *before = NULL;
    while (*at && !cb_str_eq((*at)->key, key)) {
        *before = *at;
        at = &(*at)->next;
    }
    return at;
}

void cb_node_set(struct cb_node *object, cb_str key, struct cb_node *child)
{
    struct cb_node *before, **at = link_of(object, key, &before), *old = *at;

    if (!old) {
        cb_node_put(object, key, child);
        return;
    }
    if (child == old)
        return;
    child->key = key;
    child->next = old->next;
    *at = child;
    if (object->last == old)
        object->last = child;
}

bool cb_node_del(struct cb_node *object, cb_str key)
{
    struct cb_node *before, **at = link_of(object, key, &before), *old = *at;

    if (!old)
        return false;
    *at = old->next;
    if (object->last == old)
        object->last = before;
    object->child_n--;
    return true;
}

struct cb_node *cb_node_get_str(const struct cb_node *node, cb_str key)
{
    if (!node || node->type != CB_OBJECT)
        return NULL;
    for (struct cb_node *child = node->first; child; child = child->next)
        if (cb_str_eq(child->key, key))
            return child;
    return NULL;
}

struct cb_node *cb_node_get(const struct cb_node *node, const char *key)
{
    return cb_node_get_str(node, cb_str_cstr(key));
}

struct cb_node *cb_node_path(const struct cb_node *node, const char *path)
{
    cb_str rest = cb_str_cstr(path), key;
    struct cb_node *at = NULL;

    while (cb_str_split(&key, &rest, '.')) {
        at = cb_node_get_str(node, key);
        node = at;
    }
    return at;
}

cb_str cb_node_text(const struct cb_node *node, const char *key)
{
    const struct cb_node *child = cb_node_get(node, key);

    return child && child->type == CB_STRING ? child->text : (cb_str){0};
}

struct cb_node *cb_node_copy(struct cb_arena *a, const struct cb_node *node)
{
    struct cb_node *copy = cb_arena_alloc(a, sizeof(*copy));

    *copy = *node;
    if (node->text.p)
        copy->text = cb_arena_str(a, node->text);
    if (node->key.p)
        copy->key = cb_arena_str(a, node->key);
    copy->next = copy->first = copy->last = NULL;
    copy->child_n = 0;
    for (const struct cb_node *child = node->first; child; child = child->next)
        append(copy, cb_node_copy(a, child));
    return copy;
}

static void dump_children(struct cb_buf *out, const struct cb_node *node)
{
    bool object = node->type == CB_OBJECT;

    cb_buf_put_char(out, object ? '{' : '[');
    for (const struct cb_node *child = node->first; child; child = child->next) {
        if (object) {
            cb_buf_put_json(out, child->key);
            cb_buf_put_char(out, ':');
        }
        cb_node_dump(out, child);
        if (child->next)
            cb_buf_put_char(out, ',');
    }
    cb_buf_put_char(out, object ? '}' : ']');
}

static bool same_number(const struct cb_node *x, const struct cb_node *y)
{
    if (x->type == CB_INT && y->type == CB_INT)
        return x->i == y->i;
    return (x->type == CB_INT ? (double)x->i : x->d) == (y->type == CB_INT ? (double)y->i : y->d);
}

static bool same_items(const struct cb_node *x, const struct cb_node *y)
{
    for (x = x->first, y = y->first; x; x = x->next, y = y->next)
        if (!cb_node_same(x, y))
            return false;
    return true;
}

static bool same_members(const struct cb_node *x, const struct cb_node *y)
{
    for (x = x->first; x; x = x->next) {
        const struct cb_node *other = cb_node_get_str(y, x->key);

        if (!other || !cb_node_same(x, other))
            return false;
    }
    return true;
}

bool cb_node_same(const struct cb_node *x, const struct cb_node *y)
{
    if ((x->type == CB_INT || x->type == CB_REAL) && (y->type == CB_INT || y->type == CB_REAL))
        return same_number(x, y);
    if (x->type != y->type || x->child_n != y->child_n)
        return false;
    switch (x->type) {
    case CB_BOOL:
        return x->b == y->b;
    case CB_STRING:
        return cb_str_eq(x->text, y->text);
    case CB_ARRAY:
        return same_items(x, y);
    case CB_OBJECT:
        return same_members(x, y);
    case CB_NULL:
    case CB_INT:
    case CB_REAL:
        break;
    }
    return true;
}

void cb_node_dump(struct cb_buf *out, const struct cb_node *node)
{
    switch (node->type) {
    case CB_NULL:
        cb_buf_put(out, "null", 4);
        break;
    case CB_BOOL:
        cb_buf_put_cstr(out, node->b ? "true" : "false");
        break;
    case CB_INT:
        out->n += cb_number_format_int(cb_buf_reserve(out, CB_NUMBER_TEXT_MAX), node->i);
        break;
    case CB_REAL:
        if (isfinite(node->d))
            out->n += cb_number_format(cb_buf_reserve(out, CB_NUMBER_TEXT_MAX), node->d);
        else
            cb_buf_put(out, "null", 4);
        break;
    case CB_STRING:
        cb_buf_put_json(out, node->text);
        break;
    case CB_ARRAY:
    case CB_OBJECT:
        dump_children(out, node);
        break;
    }
}

cb_str cb_node_scalar(struct cb_arena *a, const struct cb_node *node)
{
    char text[CB_NUMBER_TEXT_MAX];

    switch (node->type) {
    case CB_NULL:
        return CB_LIT("null");
    case CB_BOOL:
        return node->b ? CB_LIT("true") : CB_LIT("false");
    case CB_INT:
        return cb_arena_str(a, (cb_str){text, cb_number_format_int(text, node->i)});
    case CB_REAL:
        return cb_arena_str(a, (cb_str){text, cb_number_format(text, node->d)});
    case CB_STRING:
        return node->text;
    case CB_ARRAY:
    case CB_OBJECT:
        break;
    }
    return (cb_str){0};
}

struct cb_node *cb_node_from_json(struct cb_arena *a, const json_t *json)
{
    struct cb_node *node = cb_node_new(a, CB_NULL);
    const char *key;
    json_t *child;
    size_t i;

    switch (json_typeof(json)) {
    case JSON_NULL:
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        node->type = CB_BOOL;
        node->b = json_is_true(json);
        break;
    case JSON_INTEGER:
        node->type = CB_INT;
        node->i = json_integer_value(json);
        break;
    case JSON_REAL:
        node->type = CB_REAL;
        node->d = json_real_value(json);
        break;
    case JSON_STRING:
        node->type = CB_STRING;
        node->text = cb_arena_str(a, (cb_str){json_string_value(json), json_string_length(json)});
        break;
    case JSON_ARRAY:
        node->type = CB_ARRAY;
        json_array_foreach(json, i, child) cb_node_push(node, cb_node_from_json(a, child));
        break;
    case JSON_OBJECT:
        node->type = CB_OBJECT;
        json_object_foreach((json_t *)json, key, child)
            cb_node_put(node, cb_arena_str(a, cb_str_cstr(key)), cb_node_from_json(a, child));
        break;
    }
    return node;
}

static json_t *checked(json_t *json)
{
    if (!json) /* out of memory, or an infinite number, which jansson does not have */
        abort();
    return json;
}

/* jansson's members are named by NUL-terminated text. */
static void put_member(json_t *object, cb_str key, json_t *value)
{
    char *name = strndup(key.p ? key.p : "", key.n);

    if (!name || json_object_set_new_nocheck(object, name, value) < 0)
        abort();
    free(name);
}

json_t *cb_node_to_json(const struct cb_node *node)
{
    const struct cb_node *child;
    json_t *json;

    switch (node->type) {
    case CB_BOOL:
        return json_boolean(node->b);
    case CB_INT:
        return checked(json_integer(node->i));
    case CB_REAL:
        return isfinite(node->d) ? checked(json_real(node->d)) : json_null();
    case CB_STRING:
        return checked(json_stringn_nocheck(node->text.p ? node->text.p : "", node->text.n));
    case CB_ARRAY:
        json = checked(json_array());
        for (child = node->first; child; child = child->next)
            if (json_array_append_new(json, cb_node_to_json(child)) < 0)
                abort();
        return json;
    case CB_OBJECT:
        json = checked(json_object());
        for (child = node->first; child; child = child->next)
            put_member(json, child->key, cb_node_to_json(child));
        return json;
    case CB_NULL:
        break;
    }
    return json_null();
}
