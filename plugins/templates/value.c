/* Values and JavaScript's conversions between them. */
#include "plugins/templates/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plugins/templates/limit.h"
#include "plugins/templates/number.h"
#include "plugins/templates/regex.h"
#include "plugins/templates/text.h"

#define INDEXED 12 /* entries from which a dict has a hash table */

struct tpl_value tpl_undefined(void)
{
    return (struct tpl_value){.type = TPL_UNDEFINED};
}

struct tpl_value tpl_null(void)
{
    return (struct tpl_value){.type = TPL_NULL};
}

struct tpl_value tpl_boolean(bool b)
{
    return (struct tpl_value){.type = TPL_BOOLEAN, .b = b};
}

struct tpl_value tpl_number(double d)
{
    return (struct tpl_value){.type = TPL_NUMBER, .d = d};
}

struct tpl_value tpl_text_of(struct tpl_text *s)
{
    return (struct tpl_value){.type = TPL_TEXT, .s = s};
}

struct tpl_text *tpl_text_borrow(struct tpl_heap *h, const char *p, size_t n)
{
    struct tpl_text *s = tpl_take(h, sizeof(*s));

    *s = (struct tpl_text){p, n, n ? TPL_UNCOUNTED : 0};
    return s;
}

struct tpl_value tpl_text(struct tpl_heap *h, const char *p, size_t n)
{
    struct tpl_text *s = tpl_take(h, sizeof(*s));
    char *copy = tpl_take_bytes(h, n);

    if (n)
        memcpy(copy, p, n);
    *s = (struct tpl_text){copy, n, n ? TPL_UNCOUNTED : 0};
    return tpl_text_of(s);
}

struct tpl_value tpl_words(struct tpl_heap *h, const char *words)
{
    return tpl_text_of(tpl_text_borrow(h, words, strlen(words)));
}

/* ---- lists and dicts */

struct tpl_value tpl_list_new(struct tpl_heap *h, size_t cap)
{
    struct tpl_list *l = TPL_NEW(h, struct tpl_list);

    l->cap = cap;
    l->v = cap ? TPL_NEW_N(h, struct tpl_value, cap) : NULL;
    return (struct tpl_value){.type = TPL_LIST, .l = l};
}

struct tpl_value tpl_dict_new(struct tpl_heap *h)
{
    return (struct tpl_value){.type = TPL_DICT, .o = TPL_NEW(h, struct tpl_dict)};
}

void tpl_push(struct tpl_heap *h, struct tpl_list *l, struct tpl_value v)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 8;
        struct tpl_value *bigger = TPL_NEW_N(h, struct tpl_value, cap);

        if (l->n)
            memcpy(bigger, l->v, l->n * sizeof(*bigger));
        l->v = bigger;
        l->cap = cap;
    }
    l->v[l->n++] = v;
}

uint32_t tpl_hash(const char *p, size_t n)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)p[i]) * 16777619u;
    return hash;
}

bool tpl_is(const struct tpl_text *s, const char *words)
{
    size_t n = strlen(words);

    return s->n == n && memcmp(s->p, words, n) == 0;
}

bool tpl_same_text(const struct tpl_text *a, const struct tpl_text *b)
{
    return a == b || (a->n == b->n && memcmp(a->p, b->p, a->n) == 0);
}

bool tpl_is_index(const struct tpl_text *key, uint32_t *out)
{
    uint64_t i = 0;

    if (key->n == 0 || key->n > 10 || (key->p[0] == '0' && key->n > 1))
        return false;
    for (size_t k = 0; k < key->n; k++) {
        if (key->p[k] < '0' || key->p[k] > '9')
            return false;
        i = i * 10 + (uint64_t)(key->p[k] - '0');
    }
    *out = (uint32_t)i;
    return i < UINT32_MAX;
}

static void index_again(struct tpl_heap *h, struct tpl_dict *o)
{
    if (o->n < INDEXED) {
        o->index_n = 0;
        return;
    }
    if (o->index_n < o->n * 2) {
        size_t n = 32;

        while (n < o->n * 4)
            n *= 2;
        o->index = TPL_NEW_N(h, uint32_t, n);
        o->index_n = n;
    } else {
        memset(o->index, 0, o->index_n * sizeof(*o->index));
    }
    for (size_t i = 0; i < o->n; i++) {
        size_t at = o->e[i].hash & (o->index_n - 1);

        while (o->index[at])
            at = (at + 1) & (o->index_n - 1);
        o->index[at] = (uint32_t)i + 1;
    }
}

static struct tpl_entry *entry(const struct tpl_dict *o, const char *p, size_t n, uint32_t hash)
{
    if (!o->index_n) {
        for (size_t i = 0; i < o->n; i++)
            if (o->e[i].hash == hash && o->e[i].key->n == n && memcmp(o->e[i].key->p, p, n) == 0)
                return &o->e[i];
        return NULL;
    }
    for (size_t at = hash & (o->index_n - 1); o->index[at]; at = (at + 1) & (o->index_n - 1)) {
        struct tpl_entry *e = &o->e[o->index[at] - 1];

        if (e->hash == hash && e->key->n == n && memcmp(e->key->p, p, n) == 0)
            return e;
    }
    return NULL;
}

struct tpl_value *tpl_find(const struct tpl_dict *o, const struct tpl_text *key)
{
    struct tpl_entry *e = o->n ? entry(o, key->p, key->n, tpl_hash(key->p, key->n)) : NULL;

    return e ? &e->v : NULL;
}

struct tpl_value tpl_get_words(const struct tpl_dict *o, const char *key)
{
    size_t n = strlen(key);
    struct tpl_entry *e = entry(o, key, n, tpl_hash(key, n));

    return e ? e->v : tpl_undefined();
}

void tpl_put(struct tpl_heap *h, struct tpl_dict *o, struct tpl_text *key, struct tpl_value v)
{
    uint32_t hash = tpl_hash(key->p, key->n), number, other;
    struct tpl_entry *e = entry(o, key->p, key->n, hash);
    size_t at = o->n;

    if (e) {
        e->v = v;
        return;
    }
    if (o->n == o->cap) {
        size_t cap = o->cap ? o->cap * 2 : 4;
        struct tpl_entry *bigger = TPL_NEW_N(h, struct tpl_entry, cap);

        if (o->n)
            memcpy(bigger, o->e, o->n * sizeof(*bigger));
        o->e = bigger;
        o->cap = cap;
    }
    if (tpl_is_index(key, &number)) {
        at = o->number_n++;
        while (at > 0 && tpl_is_index(o->e[at - 1].key, &other) && other > number) {
            tpl_work(h, 1);
            at--;
        }
        memmove(&o->e[at + 1], &o->e[at], (o->n - at) * sizeof(*o->e));
    }
    o->e[at] = (struct tpl_entry){key, hash, v};
    o->n++;
    if (at + 1 == o->n && o->index_n >= o->n * 2) { /* at the end: one more in the table */
        size_t slot = hash & (o->index_n - 1);

        while (o->index[slot])
            slot = (slot + 1) & (o->index_n - 1);
        o->index[slot] = (uint32_t)o->n;
        return;
    }
    if (o->n >= INDEXED) {
        tpl_work(h, at + 1 == o->n ? 0 : o->n / 16);
        index_again(h, o);
    }
}

void tpl_put_words(struct tpl_heap *h, struct tpl_dict *o, const char *key, struct tpl_value v)
{
    tpl_put(h, o, tpl_text_borrow(h, key, strlen(key)), v);
}

bool tpl_del(struct tpl_heap *h, struct tpl_dict *o, const struct tpl_text *key)
{
    struct tpl_entry *e = entry(o, key->p, key->n, tpl_hash(key->p, key->n));
    size_t at;

    if (!e)
        return false;
    at = (size_t)(e - o->e);
    if (at < o->number_n)
        o->number_n--;
    memmove(e, e + 1, (o->n - at - 1) * sizeof(*e));
    o->n--;
    tpl_work(h, o->n / 16);
    index_again(h, o);
    return true;
}

/* ---- conversions */

const char *tpl_type_name(struct tpl_value v)
{
    static const char *const names[] = {"undefined", "null", "a boolean", "a number", "a text", "a list", "an object", "a regular expression", "a function", "a cycler"};

    return names[v.type];
}

void tpl_check_name(struct tpl_heap *h, const struct tpl_text *name)
{
    if (tpl_is(name, "constructor") || tpl_is(name, "prototype") || tpl_is(name, "__proto__"))
        tpl_fail(h, CALLBOARD_EINVAL, "the name \"%.*s\" is reserved", (int)name->n, name->p);
}

bool tpl_truthy(struct tpl_value v)
{
    switch (v.type) {
    case TPL_UNDEFINED:
    case TPL_NULL: return false;
    case TPL_BOOLEAN: return v.b;
    case TPL_NUMBER: return v.d != 0 && !isnan(v.d);
    case TPL_TEXT: return v.safe || v.s->n > 0;
    default: return true;
    }
}

struct tpl_value tpl_to_primitive(struct tpl_heap *h, struct tpl_value v)
{
    if (v.type == TPL_TEXT) {
        v.safe = false;
        return v;
    }
    return v.type <= TPL_NUMBER ? v : tpl_text_of(tpl_to_text(h, v));
}

double tpl_to_number(struct tpl_heap *h, struct tpl_value v)
{
    switch (v.type) {
    case TPL_UNDEFINED: return NAN;
    case TPL_NULL: return 0;
    case TPL_BOOLEAN: return v.b;
    case TPL_NUMBER: return v.d;
    case TPL_TEXT: return tpl_number_of_text(v.s);
    default: return tpl_number_of_text(tpl_to_text(h, v));
    }
}

static void join(struct tpl_buf *b, const struct tpl_list *l, size_t depth)
{
    if (depth > TPL_DEPTH_MAX)
        tpl_fail(b->h, CALLBOARD_ELIMIT, "its values are nested deeper than %d", TPL_DEPTH_MAX);
    tpl_work(b->h, l->n);
    for (size_t i = 0; i < l->n; i++) {
        if (i)
            tpl_buf_char(b, ',');
        if (l->v[i].type == TPL_LIST)
            join(b, l->v[i].l, depth + 1);
        else if (l->v[i].type > TPL_NULL)
            tpl_buf_text(b, tpl_to_text(b->h, l->v[i]));
    }
}

struct tpl_text *tpl_to_text(struct tpl_heap *h, struct tpl_value v)
{
    char digits[TPL_NUMBER_MAX];
    struct tpl_buf b;

    switch (v.type) {
    case TPL_UNDEFINED: return tpl_words(h, "undefined").s;
    case TPL_NULL: return tpl_words(h, "null").s;
    case TPL_BOOLEAN: return tpl_words(h, v.b ? "true" : "false").s;
    case TPL_NUMBER: return tpl_text(h, digits, tpl_number_text(digits, v.d)).s;
    case TPL_TEXT: return v.s;
    case TPL_LIST:
        tpl_buf_init(&b, h);
        join(&b, v.l, 1);
        return tpl_buf_done(&b);
    case TPL_DICT: return tpl_words(h, "[object Object]").s;
    case TPL_REGEX: return tpl_regex_text(h, v.r);
    case TPL_CYCLER:
    case TPL_CALLABLE: break;
    }
    tpl_fail(h, CALLBOARD_EINVAL, "a function is not a value: call it with ()");
}

struct tpl_text *tpl_to_key(struct tpl_heap *h, struct tpl_value v)
{
    struct tpl_text *key = tpl_to_text(h, v);

    tpl_check_name(h, key);
    return key;
}

bool tpl_strict_equal(struct tpl_value a, struct tpl_value b)
{
    if (a.type != b.type)
        return false;
    switch (a.type) {
    case TPL_UNDEFINED:
    case TPL_NULL: return true;
    case TPL_BOOLEAN: return a.b == b.b;
    case TPL_NUMBER: return a.d == b.d;
    case TPL_TEXT: return a.safe || b.safe ? a.safe == b.safe && a.s == b.s : tpl_same_text(a.s, b.s);
    default: return (void *)a.l == (void *)b.l;
    }
}

bool tpl_loose_equal(struct tpl_heap *h, struct tpl_value a, struct tpl_value b)
{
    bool a_none = a.type <= TPL_NULL, b_none = b.type <= TPL_NULL;
    bool a_object = a.type > TPL_TEXT || (a.type == TPL_TEXT && a.safe), b_object = b.type > TPL_TEXT || (b.type == TPL_TEXT && b.safe);

    if (a_none || b_none)
        return a_none && b_none;
    if ((a_object && b_object) || a.type == b.type) {
        if (a_object == b_object)
            return tpl_strict_equal(a, b);
    }
    a = tpl_to_primitive(h, a);
    b = tpl_to_primitive(h, b);
    if (a.type == b.type)
        return tpl_strict_equal(a, b);
    return tpl_to_number(h, a) == tpl_to_number(h, b);
}

int tpl_compare(struct tpl_heap *h, struct tpl_value a, struct tpl_value b, bool *known)
{
    double x, y;

    *known = true;
    if (a.type == TPL_NUMBER && b.type == TPL_NUMBER) {
        x = a.d;
        y = b.d;
    } else {
        a = tpl_to_primitive(h, a);
        b = tpl_to_primitive(h, b);
        if (a.type == TPL_TEXT && b.type == TPL_TEXT)
            return tpl_text_compare(a.s, b.s);
        x = tpl_to_number(h, a);
        y = tpl_to_number(h, b);
    }
    *known = !isnan(x) && !isnan(y);
    return x < y ? -1 : x > y;
}

static struct tpl_text *concat(struct tpl_heap *h, struct tpl_text *a, struct tpl_text *b)
{
    struct tpl_buf out;

    if (a->n == 0)
        return b;
    if (b->n == 0)
        return a;
    tpl_work(h, b->n / 1024);
    if (!tpl_halves_meet(a, b) && tpl_stretch(h, a->p, a->n, b->n)) { /* text that grows at its end is not copied each time */
        struct tpl_text *longer;

        memcpy((char *)(uintptr_t)(a->p + a->n), b->p, b->n);
        longer = tpl_text_borrow(h, a->p, a->n + b->n);
        if (a->units != TPL_UNCOUNTED && b->units != TPL_UNCOUNTED)
            longer->units = a->units + b->units;
        return longer;
    }
    tpl_buf_init(&out, h);
    tpl_buf_text(&out, a);
    tpl_buf_text(&out, b);
    return tpl_buf_done(&out);
}

struct tpl_value tpl_add(struct tpl_heap *h, struct tpl_value a, struct tpl_value b)
{
    if (a.type == TPL_NUMBER && b.type == TPL_NUMBER)
        return tpl_number(a.d + b.d);
    a = tpl_to_primitive(h, a);
    b = tpl_to_primitive(h, b);
    if (a.type == TPL_TEXT || b.type == TPL_TEXT)
        return tpl_text_of(concat(h, tpl_to_text(h, a), tpl_to_text(h, b)));
    return tpl_number(tpl_to_number(h, a) + tpl_to_number(h, b));
}

/* ---- growing */

void tpl_buf_init(struct tpl_buf *b, struct tpl_heap *h)
{
    *b = (struct tpl_buf){.h = h};
}

static void grow(struct tpl_buf *b, size_t n)
{
    size_t cap = b->cap ? b->cap * 2 : 256;
    char *bigger;

    if (n > TPL_MEMORY_MAX)
        tpl_fail(b->h, CALLBOARD_ELIMIT, "a text is over %d MiB", TPL_MEMORY_MAX >> 20);
    while (cap < b->n + n)
        cap *= 2;
    if (b->cap && tpl_stretch(b->h, b->p, b->cap, cap - b->cap)) {
        b->cap = cap;
        return;
    }
    bigger = tpl_take_bytes(b->h, cap);
    if (b->n)
        memcpy(bigger, b->p, b->n);
    b->p = bigger;
    b->cap = cap;
}

void tpl_buf_add(struct tpl_buf *b, const char *p, size_t n)
{
    if (n > b->cap - b->n)
        grow(b, n);
    if (n)
        memcpy(b->p + b->n, p, n);
    b->n += n;
}

void tpl_buf_char(struct tpl_buf *b, char c)
{
    tpl_buf_add(b, &c, 1);
}

void tpl_buf_text(struct tpl_buf *b, const struct tpl_text *s)
{
    struct tpl_text before = {b->p, b->n, TPL_UNCOUNTED};

    if (b->n >= 3 && tpl_halves_meet(&before, s)) {
        char pair[4];

        tpl_join_halves(pair, b->p + b->n - 3, s->p);
        b->n -= 3;
        tpl_buf_add(b, pair, 4);
        tpl_buf_add(b, s->p + 3, s->n - 3);
        return;
    }
    tpl_buf_add(b, s->p, s->n);
}

struct tpl_text *tpl_buf_done(struct tpl_buf *b)
{
    return tpl_text_borrow(b->h, b->p ? b->p : "", b->n);
}
