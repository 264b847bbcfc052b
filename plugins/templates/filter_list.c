/* Filters that take a list, or what has a length and members as one. */
#include <math.h>
#include <string.h>

#include "plugins/templates/filter.h"
#include "plugins/templates/number.h"
#include "plugins/templates/sort.h"
#include "plugins/templates/test.h"
#include "plugins/templates/text.h"

static _Noreturn void refuse(struct tpl_run *r, const char *filter, const char *wanted, struct tpl_value v)
{
    tpl_fail(r->h, CALLBOARD_EINVAL, "the filter %s takes %s, not %s", filter, wanted, tpl_type_name(v));
}

/* The elements of a list, the units of a text, the members 0, 1, ... of an object that has a length; of anything else none. */
static struct tpl_list *elements(struct tpl_run *r, struct tpl_value v)
{
    struct tpl_list *out = tpl_list_new(r->h, 0).l;
    double n = tpl_length(r, v);

    for (double i = 0; i < n; i++) {
        tpl_work(r->h, 1);
        tpl_push(r->h, out, v.type == TPL_LIST ? v.l->v[(size_t)i] : tpl_member(r, v, tpl_number(i)));
    }
    return out;
}

/* "a.b.c" of V, as Nunjucks' getAttrGetter: a number is one key. Undefined where there is none. */
static struct tpl_value attribute(struct tpl_run *r, struct tpl_value v, struct tpl_value path)
{
    struct tpl_text *s;
    const char *p, *end;

    bool plain = path.type == TPL_TEXT && !path.safe;

    if (!tpl_truthy(path))
        return v;
    s = tpl_to_text(r->h, path);
    for (p = s->p, end = s->p + s->n;;) {
        const char *dot = plain ? memchr(p, '.', (size_t)(end - p)) : NULL, *to = dot ? dot : end;

        if (v.type <= TPL_NULL)
            tpl_fail(r->h, CALLBOARD_EINVAL, "an element has no \"%.*s\": it is %s", (int)(to - p), p, tpl_type_name(v));
        tpl_work(r->h, 1);
        v = tpl_member(r, v, tpl_text_of(tpl_text_borrow(r->h, p, (size_t)(to - p))));
        if (v.type == TPL_CALLABLE || v.type == TPL_UNDEFINED) /* methods are none of its own */
            return tpl_undefined();
        if (!dot)
            return v;
        p = dot + 1;
    }
}

/* v[key], where a list or object must be. */
static struct tpl_value member(struct tpl_run *r, struct tpl_value v, struct tpl_value key)
{
    if (v.type <= TPL_NULL)
        tpl_fail(r->h, CALLBOARD_EINVAL, "an element is %s and has no members", tpl_type_name(v));
    return tpl_member(r, v, key);
}

/* What lib.map goes through: of a safe text, which is an object without members, as many of nothing. */
static struct tpl_list *mapped(struct tpl_run *r, struct tpl_value v)
{
    struct tpl_list *out = elements(r, v);

    for (size_t i = 0; v.type == TPL_TEXT && v.safe && i < out->n; i++)
        out->v[i] = tpl_undefined();
    return out;
}

/* Argument 0 as a number of elements or of parts. */
static double whole(struct tpl_run *r, const struct tpl_args *args, const char *filter)
{
    double n = tpl_integer(tpl_arg_number(r, args, 0));

    if (!(n >= 1))
        tpl_fail(r->h, CALLBOARD_EINVAL, "the filter %s takes a number that is at least 1", filter);
    return n;
}

static struct tpl_value value_of(struct tpl_list *l)
{
    return (struct tpl_value){.type = TPL_LIST, .l = l};
}

struct tpl_value tpl_f_batch(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_list *in, *batch = NULL;
    struct tpl_value out = tpl_list_new(r->h, 0), fill = tpl_arg(args, 1);
    double n;

    if (args->self.type <= TPL_NULL)
        refuse(r, "batch", "a list", args->self);
    n = whole(r, args, "batch");
    in = elements(r, args->self);
    for (size_t i = 0; i < in->n; i++) {
        if (!batch || fmod((double)i, n) == 0) {
            batch = tpl_list_new(r->h, 0).l;
            tpl_push(r->h, out.l, value_of(batch));
        }
        tpl_push(r->h, batch, in->v[i]);
    }
    while (batch && tpl_truthy(fill) && (double)batch->n < n) {
        tpl_work(r->h, 1);
        tpl_push(r->h, batch, fill);
    }
    return out;
}

struct tpl_value tpl_f_slice(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value out = tpl_list_new(r->h, 0), fill = tpl_arg(args, 1);
    double slices, each, extra, offset = 0;
    struct tpl_list *in;

    if (args->self.type != TPL_LIST && args->self.type != TPL_TEXT)
        refuse(r, "slice", "a list", args->self);
    slices = whole(r, args, "slice");
    in = elements(r, args->self);
    each = floor((double)in->n / slices);
    extra = fmod((double)in->n, slices);
    for (double i = 0; i < slices; i++) {
        double start = offset + i * each, end;
        struct tpl_value part = tpl_list_new(r->h, 0);

        tpl_work(r->h, 1);
        if (i < extra)
            offset++;
        end = offset + (i + 1) * each;
        for (double k = floor(start); k < floor(end) && k < (double)in->n; k++)
            tpl_push(r->h, part.l, in->v[(size_t)k]);
        if (tpl_truthy(fill) && i >= extra && args->self.type == TPL_LIST)
            tpl_push(r->h, part.l, fill);
        if (args->self.type == TPL_TEXT) {
            struct tpl_buf b;

            if (tpl_truthy(fill) && i >= extra)
                refuse(r, "slice", "a list", args->self);
            tpl_buf_init(&b, r->h);
            for (size_t k = 0; k < part.l->n; k++)
                tpl_buf_text(&b, part.l->v[k].s);
            part = tpl_text_of(tpl_buf_done(&b));
        }
        tpl_push(r->h, out.l, part);
    }
    return out;
}

struct tpl_value tpl_f_first(struct tpl_run *r, const struct tpl_args *args)
{
    if (args->self.type <= TPL_NULL)
        refuse(r, "first", "a list", args->self);
    return tpl_member(r, args->self, tpl_number(0));
}

struct tpl_value tpl_f_last(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value v = args->self;

    if (v.type <= TPL_NULL)
        refuse(r, "last", "a list", v);
    return tpl_member(r, v, tpl_number(tpl_length(r, v) - 1));
}

struct tpl_value tpl_f_length(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value v = args->self;

    (void)r;
    switch (v.type) {
    case TPL_UNDEFINED:
    case TPL_NULL: return tpl_number(0);
    case TPL_BOOLEAN: return v.b ? tpl_undefined() : tpl_number(0);
    case TPL_TEXT: return tpl_number((double)tpl_units(v.s));
    case TPL_LIST: return tpl_number((double)v.l->n);
    case TPL_DICT: return tpl_number((double)v.o->n);
    case TPL_REGEX: return tpl_number(0);
    default: return tpl_undefined();
    }
}

struct tpl_value tpl_f_list(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value v = args->self, out;

    switch (v.type) {
    case TPL_LIST: return v;
    case TPL_TEXT: return value_of(elements(r, v));
    case TPL_DICT:
        out = tpl_list_new(r->h, v.o->n);
        tpl_work(r->h, v.o->n);
        for (size_t i = 0; i < v.o->n; i++) {
            struct tpl_value pair = tpl_dict_new(r->h);

            tpl_put_words(r->h, pair.o, "key", tpl_text_of(v.o->e[i].key));
            tpl_put_words(r->h, pair.o, "value", v.o->e[i].v);
            tpl_push(r->h, out.l, pair);
        }
        return out;
    default: refuse(r, "list", "a list, an object or a text", v);
    }
}

struct tpl_value tpl_f_reverse(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_list *in;
    struct tpl_value v;
    struct tpl_buf b;

    if (args->self.type <= TPL_NULL)
        return value_of(tpl_list_new(r->h, 0).l);
    in = elements(r, args->self);
    for (size_t i = 0; i < in->n / 2; i++) {
        v = in->v[i];
        in->v[i] = in->v[in->n - 1 - i];
        in->v[in->n - 1 - i] = v;
    }
    if (args->self.type != TPL_TEXT)
        return value_of(in);
    tpl_buf_init(&b, r->h);
    for (size_t i = 0; i < in->n; i++)
        tpl_buf_text(&b, in->v[i].s);
    v = tpl_text_of(tpl_buf_done(&b));
    v.safe = args->self.safe;
    return v;
}

struct tpl_value tpl_f_join(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value del = tpl_arg(args, 0), attr = tpl_arg(args, 1);
    struct tpl_text *between = tpl_truthy(del) ? tpl_to_text(r->h, del) : tpl_words(r->h, "").s;
    const struct tpl_list *l;
    struct tpl_buf b;

    if (args->self.type != TPL_LIST && !tpl_truthy(attr))
        refuse(r, "join", "a list", args->self);
    l = args->self.type == TPL_LIST ? args->self.l : mapped(r, args->self);
    tpl_buf_init(&b, r->h);
    tpl_work(r->h, l->n);
    for (size_t i = 0; i < l->n; i++) {
        struct tpl_value v = tpl_truthy(attr) ? member(r, l->v[i], attr) : l->v[i];

        if (i)
            tpl_buf_text(&b, between);
        if (v.type > TPL_NULL)
            tpl_buf_text(&b, tpl_to_text(r->h, v));
    }
    return tpl_text_of(tpl_buf_done(&b));
}

struct tpl_value tpl_f_sum(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value attr = tpl_arg(args, 0), start = tpl_arg(args, 1), sum = tpl_number(0);
    struct tpl_list *in;

    if (args->self.type != TPL_LIST && !tpl_truthy(attr))
        refuse(r, "sum", "a list", args->self);
    in = mapped(r, args->self);
    for (size_t i = 0; i < in->n; i++)
        sum = tpl_add(r->h, sum, tpl_truthy(attr) ? member(r, in->v[i], attr) : in->v[i]);
    return tpl_add(r->h, start.type == TPL_UNDEFINED ? tpl_number(0) : start, sum);
}

struct tpl_value tpl_f_random(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value v = args->self;
    double length = tpl_length(r, v);
    size_t n = length > 0 && length < 4294967296.0 ? (size_t)length : 0;

    if (v.type <= TPL_NULL)
        refuse(r, "random", "a list", v);
    r->random = r->random * 6364136223846793005u + 1442695040888963407u;
    return n ? tpl_member(r, v, tpl_number((double)((r->random >> 33) % n))) : tpl_undefined();
}

/* ---- choosing */

static struct tpl_value choose(struct tpl_run *r, const struct tpl_args *args, bool wanted)
{
    struct tpl_value name = tpl_arg(args, 0), other = tpl_arg(args, 1), out = tpl_list_new(r->h, 0);
    const struct tpl_test *test;
    struct tpl_list *in;

    if (args->self.type <= TPL_NULL)
        refuse(r, wanted ? "select" : "reject", "a list", args->self);
    test = tpl_test_find(name.type == TPL_UNDEFINED ? tpl_words(r->h, "truthy").s : tpl_to_text(r->h, name));
    if (!test)
        tpl_fail(r->h, CALLBOARD_EINVAL, "there is no test \"%.*s\"", (int)tpl_to_text(r->h, name)->n, tpl_to_text(r->h, name)->p);
    in = elements(r, args->self);
    for (size_t i = 0; i < in->n; i++)
        if (test->is(r, in->v[i], other) == wanted)
            tpl_push(r->h, out.l, in->v[i]);
    return out;
}

struct tpl_value tpl_f_select(struct tpl_run *r, const struct tpl_args *args)
{
    return choose(r, args, true);
}

struct tpl_value tpl_f_reject(struct tpl_run *r, const struct tpl_args *args)
{
    return choose(r, args, false);
}

static struct tpl_value choose_attr(struct tpl_run *r, const struct tpl_args *args, bool wanted)
{
    struct tpl_value out = tpl_list_new(r->h, 0);

    if (args->self.type != TPL_LIST)
        refuse(r, wanted ? "selectattr" : "rejectattr", "a list", args->self);
    tpl_work(r->h, args->self.l->n);
    for (size_t i = 0; i < args->self.l->n; i++)
        if (tpl_truthy(member(r, args->self.l->v[i], tpl_arg(args, 0))) == wanted)
            tpl_push(r->h, out.l, args->self.l->v[i]);
    return out;
}

struct tpl_value tpl_f_selectattr(struct tpl_run *r, const struct tpl_args *args)
{
    return choose_attr(r, args, true);
}

struct tpl_value tpl_f_rejectattr(struct tpl_run *r, const struct tpl_args *args)
{
    return choose_attr(r, args, false);
}

struct tpl_value tpl_f_groupby(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value out = tpl_dict_new(r->h), path = tpl_arg(args, 0);
    bool strict = tpl_arg(args, 1).type == TPL_BOOLEAN && tpl_arg(args, 1).b;
    struct tpl_list *in;

    if (args->self.type <= TPL_NULL)
        refuse(r, "groupby", "a list", args->self);
    in = elements(r, args->self);
    for (size_t i = 0; i < in->n; i++) {
        struct tpl_value of = attribute(r, in->v[i], path), *group;
        struct tpl_text *key;

        if (of.type == TPL_UNDEFINED && strict)
            tpl_fail(r->h, CALLBOARD_EINVAL, "groupby: an element has no %s", tpl_to_text(r->h, path)->p);
        key = tpl_to_key(r->h, of);
        if (!(group = tpl_find(out.o, key))) {
            tpl_put(r->h, out.o, key, tpl_list_new(r->h, 0));
            group = tpl_find(out.o, key);
        }
        tpl_push(r->h, group->l, in->v[i]);
    }
    return out;
}

/* ---- sorting */

struct by {
    struct tpl_run *r;
    bool reverse, sensitive;
    struct tpl_value path;
    bool value; /* dictsort: of pairs, the second */
};

static int by_attribute(const struct tpl_value *a, const struct tpl_value *b, void *ctx)
{
    struct by *by = ctx;
    struct tpl_value x = attribute(by->r, *a, by->path), y = attribute(by->r, *b, by->path);
    bool known;
    int order;

    if (!by->sensitive && x.type == TPL_TEXT && y.type == TPL_TEXT && !x.safe && !y.safe) {
        x = tpl_text_of(tpl_lower(by->r->h, x.s));
        y = tpl_text_of(tpl_lower(by->r->h, y.s));
    }
    order = tpl_compare(by->r->h, x, y, &known);
    return !known ? 0 : by->reverse ? -order : order;
}

struct tpl_value tpl_f_sort(struct tpl_run *r, const struct tpl_args *args)
{
    struct by by = {.r = r, .reverse = tpl_truthy(tpl_arg(args, 0)), .sensitive = tpl_truthy(tpl_arg(args, 1)), .path = tpl_arg(args, 2)};
    struct tpl_list *in;

    if (args->self.type <= TPL_NULL)
        return value_of(tpl_list_new(r->h, 0).l);
    in = elements(r, args->self);
    tpl_sort(r, in->v, tpl_sort_undefined(in->v, in->n), by_attribute, &by);
    return value_of(in);
}

static int by_side(const struct tpl_value *a, const struct tpl_value *b, void *ctx)
{
    struct by *by = ctx;
    struct tpl_value x = a->l->v[by->value], y = b->l->v[by->value];
    bool known;
    int order;

    if (!by->sensitive) {
        if (x.type == TPL_TEXT && !x.safe)
            x = tpl_text_of(tpl_upper(by->r->h, x.s));
        if (y.type == TPL_TEXT && !y.safe)
            y = tpl_text_of(tpl_upper(by->r->h, y.s));
    }
    order = tpl_compare(by->r->h, x, y, &known);
    if (known && order > 0)
        return 1;
    return tpl_strict_equal(x, y) ? 0 : -1;
}

struct tpl_value tpl_f_dictsort(struct tpl_run *r, const struct tpl_args *args)
{
    struct by by = {.r = r, .sensitive = tpl_truthy(tpl_arg(args, 0))};
    struct tpl_value which = tpl_arg(args, 1), out = tpl_list_new(r->h, 0);

    if (args->self.type != TPL_DICT)
        refuse(r, "dictsort", "an object", args->self);
    if (which.type == TPL_TEXT && tpl_is(which.s, "value"))
        by.value = true;
    else if (which.type != TPL_UNDEFINED && !(which.type == TPL_TEXT && tpl_is(which.s, "key")))
        tpl_fail(r->h, CALLBOARD_EINVAL, "dictsort sorts by \"key\" or by \"value\"");
    tpl_work(r->h, args->self.o->n);
    for (size_t i = 0; i < args->self.o->n; i++) {
        struct tpl_value pair = tpl_list_new(r->h, 2);

        tpl_push(r->h, pair.l, tpl_text_of(args->self.o->e[i].key));
        tpl_push(r->h, pair.l, args->self.o->e[i].v);
        tpl_push(r->h, out.l, pair);
    }
    tpl_sort(r, out.l->v, out.l->n, by_side, &by);
    return out;
}
