/* Methods of lists: JavaScript's, and with cookiecutter also Python's, and those of dicts. */
#include <math.h>
#include <string.h>

#include "plugins/templates/method.h"
#include "plugins/templates/number.h"
#include "plugins/templates/sort.h"
#include "plugins/templates/text.h"

static struct tpl_list *self(const struct tpl_args *args)
{
    return args->self.l;
}

/* Argument I as a place from 0 to N, counted from the end when negative; OTHERWISE when it is left out. */
static size_t place(struct tpl_run *r, const struct tpl_args *args, size_t i, size_t n, size_t otherwise)
{
    struct tpl_value v = tpl_arg(args, i);
    double d;

    if (v.type == TPL_UNDEFINED)
        return otherwise;
    d = tpl_integer(tpl_to_number(r->h, v));
    d = d < 0 ? d + (double)n : d;
    return d < 0 ? 0 : d > (double)n ? n : (size_t)d;
}

/* The list, to be changed. */
static struct tpl_list *mine(struct tpl_run *r, const struct tpl_args *args)
{
    tpl_own_list(r, args->self.l);
    return args->self.l;
}

static struct tpl_value part(struct tpl_run *r, const struct tpl_list *l, size_t from, size_t to)
{
    struct tpl_value out = tpl_list_new(r->h, from < to ? to - from : 0);

    tpl_work(r->h, from < to ? to - from : 0);
    for (size_t i = from; i < to; i++)
        tpl_push(r->h, out.l, l->v[i]);
    return out;
}

static struct tpl_value at(struct tpl_run *r, const struct tpl_args *args)
{
    double d = tpl_integer(tpl_arg_number(r, args, 0)), n = (double)self(args)->n;

    d = d < 0 ? d + n : d;
    return d >= 0 && d < n ? self(args)->v[(size_t)d] : tpl_undefined();
}

static struct tpl_value concat(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value out = part(r, self(args), 0, self(args)->n);

    for (size_t i = 0; i < args->n; i++) {
        if (args->v[i].type != TPL_LIST) {
            tpl_push(r->h, out.l, args->v[i]);
            continue;
        }
        tpl_work(r->h, args->v[i].l->n);
        for (size_t k = 0; k < args->v[i].l->n; k++)
            tpl_push(r->h, out.l, args->v[i].l->v[k]);
    }
    return out;
}

static struct tpl_value copy_within(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_list *l = mine(r, args);
    size_t to = place(r, args, 0, l->n, 0), from = place(r, args, 1, l->n, 0), end = place(r, args, 2, l->n, l->n), n = end > from ? end - from : 0;

    n = n < l->n - to ? n : l->n - to;
    tpl_work(r->h, n);
    if (n)
        memmove(l->v + to, l->v + from, n * sizeof(*l->v));
    return args->self;
}

static struct tpl_value fill(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_list *l = mine(r, args);
    size_t from = place(r, args, 1, l->n, 0), to = place(r, args, 2, l->n, l->n);

    tpl_no_cycle(r, tpl_arg(args, 0), l);
    for (size_t i = from; i < to; i++) {
        tpl_work(r->h, 1);
        l->v[i] = tpl_arg(args, 0);
    }
    return args->self;
}

static void flatten(struct tpl_run *r, struct tpl_list *out, const struct tpl_list *l, double depth, size_t deep)
{
    if (deep > TPL_DEPTH_MAX)
        tpl_fail(r->h, CALLBOARD_ELIMIT, "its values are nested deeper than %d", TPL_DEPTH_MAX);
    tpl_work(r->h, l->n);
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].type == TPL_LIST && depth >= 1)
            flatten(r, out, l->v[i].l, depth - 1, deep + 1);
        else
            tpl_push(r->h, out, l->v[i]);
}

static struct tpl_value flat(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value out = tpl_list_new(r->h, 0);

    flatten(r, out.l, self(args), tpl_arg(args, 0).type == TPL_UNDEFINED ? 1 : tpl_integer(tpl_arg_number(r, args, 0)), 1);
    return out;
}

static size_t find(struct tpl_run *r, const struct tpl_list *l, struct tpl_value v, size_t from)
{
    tpl_work(r->h, l->n);
    for (size_t i = from; i < l->n; i++)
        if (tpl_strict_equal(l->v[i], v))
            return i;
    return SIZE_MAX;
}

static struct tpl_value includes(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value v = tpl_arg(args, 0);
    size_t from = place(r, args, 1, self(args)->n, 0);

    for (size_t i = from; v.type == TPL_NUMBER && isnan(v.d) && i < self(args)->n; i++)
        if (self(args)->v[i].type == TPL_NUMBER && isnan(self(args)->v[i].d))
            return tpl_boolean(true);
    return tpl_boolean(find(r, self(args), v, from) != SIZE_MAX);
}

static struct tpl_value index_of(struct tpl_run *r, const struct tpl_args *args)
{
    size_t i = find(r, self(args), tpl_arg(args, 0), place(r, args, 1, self(args)->n, 0));

    return tpl_number(i == SIZE_MAX ? -1 : (double)i);
}

static struct tpl_value last_index_of(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_list *l = self(args);
    double from = args->n > 1 ? tpl_integer(tpl_arg_number(r, args, 1)) : (double)l->n - 1;

    from = from < 0 ? from + (double)l->n : from;
    tpl_work(r->h, l->n);
    for (double i = from < (double)l->n ? from : (double)l->n - 1; i >= 0; i--)
        if (tpl_strict_equal(l->v[(size_t)i], tpl_arg(args, 0)))
            return tpl_number(i);
    return tpl_number(-1);
}

static struct tpl_value join(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_text *between = tpl_arg(args, 0).type == TPL_UNDEFINED ? tpl_words(r->h, ",").s : tpl_to_text(r->h, tpl_arg(args, 0));
    struct tpl_buf b;

    tpl_buf_init(&b, r->h);
    tpl_work(r->h, self(args)->n);
    for (size_t i = 0; i < self(args)->n; i++) {
        if (i)
            tpl_buf_text(&b, between);
        if (self(args)->v[i].type > TPL_NULL)
            tpl_buf_text(&b, tpl_to_text(r->h, self(args)->v[i]));
    }
    return tpl_text_of(tpl_buf_done(&b));
}

static struct tpl_value pop(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_list *l = mine(r, args);

    return l->n ? l->v[--l->n] : tpl_undefined();
}

static struct tpl_value push(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_list *l = mine(r, args);

    for (size_t i = 0; i < args->n; i++) {
        tpl_no_cycle(r, args->v[i], l);
        tpl_push(r->h, l, args->v[i]);
    }
    return tpl_number((double)l->n);
}

static struct tpl_value reverse(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_list *l = mine(r, args);

    tpl_work(r->h, l->n);
    for (size_t i = 0; i < l->n / 2; i++) {
        struct tpl_value v = l->v[i];

        l->v[i] = l->v[l->n - 1 - i];
        l->v[l->n - 1 - i] = v;
    }
    return args->self;
}

/* COUNT elements from FROM on out, the arguments from FIRST on in. */
static struct tpl_value splice_at(struct tpl_run *r, const struct tpl_args *args, size_t from, size_t count, size_t first)
{
    struct tpl_list *l = mine(r, args);
    struct tpl_value out = part(r, l, from, from + count);
    size_t in = args->n > first ? args->n - first : 0, tail = l->n - from - count;

    for (size_t i = 0; i < in; i++)
        tpl_no_cycle(r, args->v[first + i], l);
    tpl_work(r->h, tail + in);
    for (size_t i = count; i < in; i++)
        tpl_push(r->h, l, tpl_undefined()); /* room */
    if (tail)
        memmove(l->v + from + in, l->v + from + count, tail * sizeof(*l->v));
    for (size_t i = 0; i < in; i++)
        l->v[from + i] = args->v[first + i];
    l->n = from + in + tail;
    return out;
}

static struct tpl_value shift(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_args none = {.self = args->self};
    struct tpl_value v;

    if (self(args)->n == 0)
        return tpl_undefined();
    v = self(args)->v[0];
    splice_at(r, &none, 0, 1, 0);
    return v;
}

static struct tpl_value unshift(struct tpl_run *r, const struct tpl_args *args)
{
    splice_at(r, args, 0, 0, 0);
    return tpl_number((double)self(args)->n);
}

static struct tpl_value slice(struct tpl_run *r, const struct tpl_args *args)
{
    size_t n = self(args)->n;

    return part(r, self(args), place(r, args, 0, n, 0), place(r, args, 1, n, n));
}

static struct tpl_value splice(struct tpl_run *r, const struct tpl_args *args)
{
    size_t n = self(args)->n, from = place(r, args, 0, n, 0), count = args->n == 0 ? 0 : n - from;

    if (args->n > 1) {
        double asked = tpl_integer(tpl_arg_number(r, args, 1));

        count = asked < 0 ? 0 : asked > (double)(n - from) ? n - from : (size_t)asked;
    }
    return splice_at(r, args, from, count, 2);
}

static int by_text(const struct tpl_value *a, const struct tpl_value *b, void *ctx)
{
    struct tpl_run *r = ctx;

    return tpl_text_compare(tpl_to_text(r->h, *a), tpl_to_text(r->h, *b));
}

static struct tpl_value sort(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_list *l = mine(r, args);

    tpl_sort(r, l->v, tpl_sort_undefined(l->v, l->n), by_text, r);
    return args->self;
}

const struct tpl_method tpl_list_methods[] = {
    {"at", at, 1, 1}, {"concat", concat, 0, -1}, {"copyWithin", copy_within, 1, 3}, {"fill", fill, 1, 3},
    {"flat", flat, 0, 1}, {"includes", includes, 1, 2}, {"indexOf", index_of, 1, 2}, {"join", join, 0, 1},
    {"lastIndexOf", last_index_of, 1, 2}, {"pop", pop, 0, 0}, {"push", push, 0, -1}, {"reverse", reverse, 0, 0},
    {"shift", shift, 0, 0}, {"slice", slice, 0, 2}, {"sort", sort, 0, 0}, {"splice", splice, 0, -1},
    {"unshift", unshift, 0, -1}, {0},
};

/* ---- Python's, as Nunjucks has them */

/* At an index from the end when negative; none there is nothing to take. */
static struct tpl_value py_pop(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_args none = {.self = args->self};
    struct tpl_list *l = self(args);
    double i = args->n ? tpl_integer(tpl_arg_number(r, args, 0)) : -1;
    struct tpl_value v;

    i = i < 0 ? i + (double)l->n : i;
    if (i < 0 || i >= (double)l->n)
        return tpl_undefined();
    v = l->v[(size_t)i];
    splice_at(r, &none, (size_t)i, 1, 0);
    return v;
}

static struct tpl_value py_append(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value v = tpl_arg(args, 0);
    struct tpl_args one = {.self = args->self, .v = &v, .n = 1};

    return push(r, &one);
}

static struct tpl_value py_remove(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_args none = {.self = args->self};
    size_t i = find(r, self(args), tpl_arg(args, 0), 0);

    if (i == SIZE_MAX)
        return tpl_list_new(r->h, 0);
    return splice_at(r, &none, i, 1, 0);
}

static struct tpl_value py_count(struct tpl_run *r, const struct tpl_args *args)
{
    double n = 0;

    tpl_work(r->h, self(args)->n);
    for (size_t i = 0; i < self(args)->n; i++)
        n += tpl_strict_equal(self(args)->v[i], tpl_arg(args, 0));
    return tpl_number(n);
}

static struct tpl_value py_find(struct tpl_run *r, const struct tpl_args *args)
{
    size_t i = find(r, self(args), tpl_arg(args, 0), 0);

    return tpl_number(i == SIZE_MAX ? -1 : (double)i);
}

static struct tpl_value py_insert(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value v = tpl_arg(args, 1);
    struct tpl_args one = {.self = args->self, .v = &v, .n = 1};

    return splice_at(r, &one, place(r, args, 0, self(args)->n, 0), 0, 0);
}

const struct tpl_method tpl_python_list_methods[] = {
    {"append", py_append, 1, 1}, {"count", py_count, 1, 1}, {"find", py_find, 1, 1}, {"index", py_find, 1, 1},
    {"insert", py_insert, 2, 2}, {"pop", py_pop, 0, 1}, {"remove", py_remove, 1, 1}, {0},
};

static struct tpl_value dict_items(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value out = tpl_list_new(r->h, 0);
    const struct tpl_dict *o = args->self.o;

    tpl_work(r->h, o->n);
    for (size_t i = 0; i < o->n; i++) {
        struct tpl_value pair = tpl_list_new(r->h, 2);

        tpl_push(r->h, pair.l, tpl_text_of(o->e[i].key));
        tpl_push(r->h, pair.l, o->e[i].v);
        tpl_push(r->h, out.l, pair);
    }
    return out;
}

static struct tpl_value dict_keys(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value out = tpl_list_new(r->h, 0);

    tpl_work(r->h, args->self.o->n);
    for (size_t i = 0; i < args->self.o->n; i++)
        tpl_push(r->h, out.l, tpl_text_of(args->self.o->e[i].key));
    return out;
}

static struct tpl_value dict_values(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value out = tpl_list_new(r->h, 0);

    tpl_work(r->h, args->self.o->n);
    for (size_t i = 0; i < args->self.o->n; i++)
        tpl_push(r->h, out.l, args->self.o->e[i].v);
    return out;
}

static struct tpl_value dict_get(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value *v = tpl_find(args->self.o, tpl_to_key(r->h, tpl_arg(args, 0)));

    return v && v->type != TPL_UNDEFINED ? *v : tpl_arg(args, 1);
}

static struct tpl_value dict_has_key(struct tpl_run *r, const struct tpl_args *args)
{
    return tpl_boolean(tpl_find(args->self.o, tpl_to_key(r->h, tpl_arg(args, 0))) != NULL);
}

const struct tpl_method tpl_python_dict_methods[] = {
    {"get", dict_get, 1, 2}, {"has_key", dict_has_key, 1, 1}, {"items", dict_items, 0, 0}, {"keys", dict_keys, 0, 0},
    {"values", dict_values, 0, 0}, {0},
};
