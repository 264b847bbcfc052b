/*
 * value.h - what a template computes with: JavaScript's values, as far as templates can tell.
 *
 * Text      WTF-8: UTF-8 in which half of a surrogate pair may stand alone, for lengths and indices count UTF-16 units. NULs allowed
 * Lists     and dicts are shared by reference; those of the values given to a template are changed only until its render ends
 * Dicts     keys in JavaScript's order: those that are array indices first, by number, then the others as they came
 * Safe      a text that the filters safe and escape made, or a macro; it is an object to === and to tests
 * Lifetime  of the heap they were taken from
 */
#ifndef TEMPLATES_VALUE_H
#define TEMPLATES_VALUE_H

#include "plugins/templates/heap.h"

enum tpl_type {
    TPL_UNDEFINED,
    TPL_NULL,
    TPL_BOOLEAN,
    TPL_NUMBER,
    TPL_TEXT,
    TPL_LIST,
    TPL_DICT,
    TPL_REGEX,
    TPL_CALLABLE,
    TPL_CYCLER
};

struct tpl_text {
    const char *p;
    size_t n;     /* bytes */
    size_t units; /* UTF-16 units; TPL_UNCOUNTED until somebody asks */
};

#define TPL_UNCOUNTED SIZE_MAX

struct tpl_value {
    enum tpl_type type;
    bool safe;
    union {
        bool b;
        double d;
        struct tpl_text *s;
        struct tpl_list *l;
        struct tpl_dict *o;
        struct tpl_regex *r;
        struct tpl_callable *f;
        struct tpl_cycler *c;
    };
};

struct tpl_list {
    struct tpl_value *v;
    size_t n, cap;
    bool kept; /* belongs to the values given: to be changed by tpl_own_list alone */
};

struct tpl_entry {
    struct tpl_text *key;
    uint32_t hash;
    struct tpl_value v;
};

struct tpl_dict {
    struct tpl_entry *e;
    size_t n, cap;
    size_t number_n;   /* entries at the front whose key is an array index */
    uint32_t *index;   /* of a big one: hash table of positions + 1 */
    size_t index_n;
    bool kept;
    bool keywords;     /* arguments given by name: the last of a call */
};

/* ---- making */

struct tpl_value tpl_undefined(void);
struct tpl_value tpl_null(void);
struct tpl_value tpl_boolean(bool b);
struct tpl_value tpl_number(double d);
struct tpl_value tpl_text(struct tpl_heap *h, const char *p, size_t n); /* a copy */
struct tpl_value tpl_text_of(struct tpl_text *s);
struct tpl_value tpl_words(struct tpl_heap *h, const char *words);      /* of our own: not copied */
struct tpl_text *tpl_text_borrow(struct tpl_heap *h, const char *p, size_t n);
struct tpl_value tpl_list_new(struct tpl_heap *h, size_t cap);
struct tpl_value tpl_dict_new(struct tpl_heap *h);

void tpl_push(struct tpl_heap *h, struct tpl_list *l, struct tpl_value v);
void tpl_put(struct tpl_heap *h, struct tpl_dict *o, struct tpl_text *key, struct tpl_value v);
void tpl_put_words(struct tpl_heap *h, struct tpl_dict *o, const char *key, struct tpl_value v);
bool tpl_del(struct tpl_heap *h, struct tpl_dict *o, const struct tpl_text *key);

/* ---- reading */

bool tpl_is(const struct tpl_text *s, const char *words);
bool tpl_same_text(const struct tpl_text *a, const struct tpl_text *b);
/* NULL: there is none. */
struct tpl_value *tpl_find(const struct tpl_dict *o, const struct tpl_text *key);
struct tpl_value tpl_get_words(const struct tpl_dict *o, const char *key); /* undefined: none */
uint32_t tpl_hash(const char *p, size_t n);
/* Is KEY an array index, "0" to "4294967294"? */
bool tpl_is_index(const struct tpl_text *key, uint32_t *out);

/* ---- JavaScript's conversions. What cannot be converted (a function) ends the render */

bool tpl_truthy(struct tpl_value v);
double tpl_to_number(struct tpl_heap *h, struct tpl_value v);
struct tpl_text *tpl_to_text(struct tpl_heap *h, struct tpl_value v);
struct tpl_text *tpl_to_key(struct tpl_heap *h, struct tpl_value v);  /* refuses the names that are reserved */
struct tpl_value tpl_to_primitive(struct tpl_heap *h, struct tpl_value v);
bool tpl_strict_equal(struct tpl_value a, struct tpl_value b);
bool tpl_loose_equal(struct tpl_heap *h, struct tpl_value a, struct tpl_value b);
/* <0, 0, >0; *KNOWN false when a NaN takes part. */
int tpl_compare(struct tpl_heap *h, struct tpl_value a, struct tpl_value b, bool *known);
struct tpl_value tpl_add(struct tpl_heap *h, struct tpl_value a, struct tpl_value b);
const char *tpl_type_name(struct tpl_value v);
void tpl_check_name(struct tpl_heap *h, const struct tpl_text *name);

/* ---- JSON (value_json.c) */

/* The value of a JSON text; kept: it becomes one of the values given to templates. False, with heap->error: it is none. */
bool tpl_json_read(struct tpl_value *out, struct tpl_heap *h, const char *p, size_t n, bool kept);
/* JSON.stringify with INDENT (may be NULL): NULL when there is none, as of undefined. */
struct tpl_text *tpl_json(struct tpl_heap *h, struct tpl_value v, const struct tpl_text *indent);

/* ---- a text that grows */

struct tpl_buf {
    struct tpl_heap *h;
    char *p;
    size_t n, cap;
};

void tpl_buf_init(struct tpl_buf *b, struct tpl_heap *h);
void tpl_buf_add(struct tpl_buf *b, const char *p, size_t n);
void tpl_buf_text(struct tpl_buf *b, const struct tpl_text *s); /* joins the halves of a pair that meet */
void tpl_buf_char(struct tpl_buf *b, char c);
struct tpl_text *tpl_buf_done(struct tpl_buf *b);

#endif
