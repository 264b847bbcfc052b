/*
 * node.h - a JSON value that remembers where it was written.
 *
 * Shape     objects keep the author's key order; keys are unique (the reader sees to that)
 * Lifetime  nodes and their text live in the arena they were made in; text may borrow from the input
 * Threads   one writer; read from anywhere afterwards
 */
#ifndef CB_BASE_NODE_H
#define CB_BASE_NODE_H

#include <jansson.h>

#include "catalog/base/arena.h"
#include "catalog/base/buf.h"
#include "catalog/base/err.h"

enum cb_node_type { CB_NULL, CB_BOOL, CB_INT, CB_REAL, CB_STRING, CB_ARRAY, CB_OBJECT };

struct cb_node {
    enum cb_node_type type;
    uint32_t line, column; /* 1-based; 0 when it has no place in a file */
    union {
        bool b;
        int64_t i;
        double d; /* infinities and NaN have no JSON: they are written as null */
    };
    cb_str text; /* of a string, UTF-8 without NUL bytes */
    cb_str key;  /* when this is an object's member */
    uint32_t key_line, key_column;
    struct cb_node *next; /* the next member or item */
    struct cb_node *first, *last;
    uint32_t child_n;
};

#define CB_NODE_DEPTH_MAX 64 /* nesting a reader accepts */

struct cb_node *cb_node_new(struct cb_arena *a, enum cb_node_type type);
struct cb_node *cb_node_string(struct cb_arena *a, cb_str text); /* borrows TEXT */
struct cb_node *cb_node_int(struct cb_arena *a, int64_t i);
struct cb_node *cb_node_bool(struct cb_arena *a, bool b);
/* Append; PARENT must be an array / an object without KEY (borrowed). Takes CHILD. */
void cb_node_push(struct cb_node *array, struct cb_node *child);
void cb_node_put(struct cb_node *object, cb_str key, struct cb_node *child);
/* Replace or append. */
void cb_node_set(struct cb_node *object, cb_str key, struct cb_node *child);
bool cb_node_del(struct cb_node *object, cb_str key);
/* NULL when NODE is NULL, no object, or has no such key. */
struct cb_node *cb_node_get(const struct cb_node *node, const char *key);
struct cb_node *cb_node_get_str(const struct cb_node *node, cb_str key);
/* "metadata.annotations" style path without escapes; NULL when missing. */
struct cb_node *cb_node_path(const struct cb_node *node, const char *path);
/* The text of a string member, or the empty slice. */
cb_str cb_node_text(const struct cb_node *node, const char *key);
/* Deep copy into A, texts too. */
struct cb_node *cb_node_copy(struct cb_arena *a, const struct cb_node *node);
/* The same value: 1 is 1.0, an object's order of keys does not count. */
bool cb_node_same(const struct cb_node *x, const struct cb_node *y);
/*
 * Compact JSON, numbers as JavaScript prints them (1.5, 1e+21, 42); so an integer beyond 2^53 is
 * printed as the nearest double.
 */
void cb_node_dump(struct cb_buf *out, const struct cb_node *node);
/* The same value as YAML for people: block style, texts of several lines as blocks; ends with a line's end. */
void cb_node_dump_yaml(struct cb_buf *out, const struct cb_node *node);
/* What String(value) gives in JavaScript for a scalar: "1.5", "true", "null". */
cb_str cb_node_scalar(struct cb_arena *a, const struct cb_node *node);
/*
 * Parse JSON text. CB_EINVAL with line and column: bad syntax, duplicate key, over CB_NODE_DEPTH_MAX,
 * invalid UTF-8 or a NUL character in a text.
 */
enum cb_code cb_node_parse(struct cb_node **out, struct cb_arena *a, cb_str json,
                           struct cb_err *err) CB_MUSTCHECK;
/* From and to jansson; to_json gives a new reference. */
struct cb_node *cb_node_from_json(struct cb_arena *a, const json_t *json);
json_t *cb_node_to_json(const struct cb_node *node);

#endif
