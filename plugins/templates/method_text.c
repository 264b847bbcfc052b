/* Methods of texts, numbers and regular expressions, and the look-up in all tables of methods. */
#include <math.h>
#include <string.h>

#include "plugins/templates/method.h"
#include "plugins/templates/number.h"
#include "plugins/templates/regex.h"
#include "plugins/templates/text.h"

static struct tpl_text *self(const struct tpl_args *args)
{
    return args->self.s;
}

static struct tpl_text *arg_text(struct tpl_run *r, const struct tpl_args *args, size_t i)
{
    return tpl_to_text(r->h, tpl_arg(args, i));
}

/* Argument I as an integer within 0 and MAX; when it is left out, OTHERWISE. */
static size_t within(struct tpl_run *r, const struct tpl_args *args, size_t i, size_t max, size_t otherwise)
{
    struct tpl_value v = tpl_arg(args, i);
    double d;

    if (v.type == TPL_UNDEFINED)
        return otherwise;
    d = tpl_integer(tpl_to_number(r->h, v));
    return d < 0 ? 0 : d > (double)max ? max : (size_t)d;
}

/* The same, counted from the end when negative. */
static size_t relative(struct tpl_run *r, const struct tpl_args *args, size_t i, size_t max, size_t otherwise)
{
    struct tpl_value v = tpl_arg(args, i);
    double d;

    if (v.type == TPL_UNDEFINED)
        return otherwise;
    d = tpl_integer(tpl_to_number(r->h, v));
    d = d < 0 ? d + (double)max : d;
    return d < 0 ? 0 : d > (double)max ? max : (size_t)d;
}

static struct tpl_value char_at(struct tpl_run *r, const struct tpl_args *args)
{
    double d = tpl_integer(tpl_arg_number(r, args, 0));

    if (d < 0 || d >= (double)tpl_units(self(args)))
        return tpl_words(r->h, "");
    return tpl_text_of(tpl_sub(r->h, self(args), (size_t)d, (size_t)d + 1));
}

static struct tpl_value char_code_at(struct tpl_run *r, const struct tpl_args *args)
{
    double d = tpl_integer(tpl_arg_number(r, args, 0));

    if (d < 0 || d >= (double)tpl_units(self(args)))
        return tpl_number(NAN);
    return tpl_number(tpl_unit(self(args), (size_t)d));
}

static struct tpl_value concat(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_buf b;

    tpl_buf_init(&b, r->h);
    tpl_buf_text(&b, self(args));
    for (size_t i = 0; i < args->n; i++)
        tpl_buf_text(&b, arg_text(r, args, i));
    return tpl_text_of(tpl_buf_done(&b));
}

/* A regular expression is no text to search for. */
static struct tpl_text *needle(struct tpl_run *r, const struct tpl_args *args)
{
    if (tpl_arg(args, 0).type == TPL_REGEX)
        tpl_fail(r->h, CALLBOARD_EINVAL, "this method takes a text, not a regular expression");
    return arg_text(r, args, 0);
}

static struct tpl_value starts_with(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_text *what = needle(r, args);
    size_t n = tpl_units(self(args)), from = within(r, args, 1, n, 0), m = tpl_units(what);

    return tpl_boolean(m <= n - from && tpl_same_text(tpl_sub(r->h, self(args), from, from + m), what));
}

static struct tpl_value ends_with(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_text *what = needle(r, args);
    size_t n = tpl_units(self(args)), to = within(r, args, 1, n, n), m = tpl_units(what);

    return tpl_boolean(m <= to && tpl_same_text(tpl_sub(r->h, self(args), to - m, to), what));
}

static struct tpl_value includes(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_text *what = needle(r, args);
    size_t n = tpl_units(self(args));

    return tpl_boolean(tpl_text_find(r->h, self(args), what, within(r, args, 1, n, 0)) != SIZE_MAX);
}

static struct tpl_value index_of(struct tpl_run *r, const struct tpl_args *args)
{
    size_t n = tpl_units(self(args)), at = tpl_text_find(r->h, self(args), arg_text(r, args, 0), within(r, args, 1, n, 0));

    return tpl_number(at == SIZE_MAX ? -1 : (double)at);
}

static struct tpl_value last_index_of(struct tpl_run *r, const struct tpl_args *args)
{
    size_t n = tpl_units(self(args)), at;
    double from = tpl_arg(args, 1).type == TPL_UNDEFINED ? NAN : tpl_arg_number(r, args, 1);

    at = tpl_text_find_last(r->h, self(args), arg_text(r, args, 0), isnan(from) ? n : within(r, args, 1, n, n));
    return tpl_number(at == SIZE_MAX ? -1 : (double)at);
}

static struct tpl_value replace(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value what = tpl_arg(args, 0);
    struct tpl_text *by, *in, *it;
    size_t pairs[2];
    const char *found;
    struct tpl_buf b;

    if (what.type == TPL_REGEX)
        return tpl_text_of(tpl_regex_replace(r, what.r, self(args), arg_text(r, args, 1)));
    in = tpl_split(r->h, self(args));
    it = tpl_split(r->h, tpl_to_text(r->h, what));
    by = arg_text(r, args, 1);
    tpl_work(r->h, in->n / 64);
    if (!(found = it->n ? memmem(in->p, in->n, it->p, it->n) : in->p))
        return tpl_text_of(self(args));
    pairs[0] = (size_t)(found - in->p);
    pairs[1] = pairs[0] + it->n;
    tpl_buf_init(&b, r->h);
    tpl_buf_text(&b, tpl_text_borrow(r->h, in->p, pairs[0]));
    tpl_expand(&b, by, in, pairs, 1);
    tpl_buf_text(&b, tpl_text_borrow(r->h, in->p + pairs[1], in->n - pairs[1]));
    return tpl_text_of(tpl_whole(r->h, tpl_buf_done(&b)));
}

static struct tpl_value slice(struct tpl_run *r, const struct tpl_args *args)
{
    size_t n = tpl_units(self(args));

    return tpl_text_of(tpl_sub(r->h, self(args), relative(r, args, 0, n, 0), relative(r, args, 1, n, n)));
}

static struct tpl_value substring(struct tpl_run *r, const struct tpl_args *args)
{
    size_t n = tpl_units(self(args)), from = within(r, args, 0, n, 0), to = within(r, args, 1, n, n);

    return tpl_text_of(tpl_sub(r->h, self(args), from < to ? from : to, from < to ? to : from));
}

static struct tpl_value split(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value by = tpl_arg(args, 0), most = tpl_arg(args, 1), out = tpl_list_new(r->h, 0);
    double asked = most.type == TPL_UNDEFINED ? 4294967295.0 : fmod(tpl_integer(tpl_to_number(r->h, most)), 4294967296.0);
    size_t limit = isnan(asked) ? 0 : (size_t)(asked < 0 ? asked + 4294967296.0 : asked), done = 0;
    struct tpl_text *in = self(args), *it;

    if (by.type == TPL_REGEX)
        return tpl_regex_split(r, by.r, in, limit);
    if (limit == 0)
        return out;
    if (by.type == TPL_UNDEFINED) {
        tpl_push(r->h, out.l, tpl_text_of(in));
        return out;
    }
    it = tpl_to_text(r->h, by);
    if (it->n == 0) {
        size_t n = tpl_units(in);
        struct tpl_text *units = tpl_split(r->h, in);

        n = n < limit ? n : limit;
        tpl_work(r->h, n);
        for (size_t i = 0, at = 0, m; i < n; i++, at += m) {
            tpl_decode(units->p + at, units->p + units->n, &m);
            tpl_push(r->h, out.l, tpl_text_of(tpl_text_borrow(r->h, units->p + at, m)));
        }
        return out;
    }
    if (tpl_has_halves(it)) {
        in = tpl_split(r->h, in);
        it = tpl_split(r->h, it);
    }
    for (;;) {
        const char *found = memmem(in->p + done, in->n - done, it->p, it->n);
        size_t to = found ? (size_t)(found - in->p) : in->n;

        tpl_work(r->h, 1);
        tpl_push(r->h, out.l, tpl_text_of(tpl_whole(r->h, tpl_text_borrow(r->h, in->p + done, to - done))));
        if (!found || out.l->n == limit)
            return out;
        done = to + it->n;
    }
}

static struct tpl_value to_lower(struct tpl_run *r, const struct tpl_args *args)
{
    return tpl_text_of(tpl_lower(r->h, self(args)));
}

static struct tpl_value to_upper(struct tpl_run *r, const struct tpl_args *args)
{
    return tpl_text_of(tpl_upper(r->h, self(args)));
}

static struct tpl_value trim(struct tpl_run *r, const struct tpl_args *args)
{
    return tpl_text_of(tpl_trim(r->h, self(args), true, true));
}

static struct tpl_value trim_end(struct tpl_run *r, const struct tpl_args *args)
{
    return tpl_text_of(tpl_trim(r->h, self(args), false, true));
}

static struct tpl_value trim_start(struct tpl_run *r, const struct tpl_args *args)
{
    return tpl_text_of(tpl_trim(r->h, self(args), true, false));
}

const struct tpl_method tpl_text_methods[] = {
    {"charAt", char_at, 0, 1}, {"charCodeAt", char_code_at, 0, 1}, {"concat", concat, 0, -1},
    {"endsWith", ends_with, 1, 2}, {"includes", includes, 1, 2}, {"indexOf", index_of, 1, 2},
    {"lastIndexOf", last_index_of, 1, 2}, {"replace", replace, 2, 2}, {"slice", slice, 0, 2}, {"split", split, 0, 2},
    {"startsWith", starts_with, 1, 2}, {"substring", substring, 0, 2}, {"toLowerCase", to_lower, 0, 0},
    {"toUpperCase", to_upper, 0, 0}, {"trim", trim, 0, 0}, {"trimEnd", trim_end, 0, 0},
    {"trimStart", trim_start, 0, 0}, {0},
};

/* ---- numbers */

/* The number of digits that is argument 0, from LEAST to 100; NONE when it is left out. */
static int digits(struct tpl_run *r, const struct tpl_args *args, int least, int none)
{
    double n;

    if (tpl_arg(args, 0).type == TPL_UNDEFINED)
        return none;
    n = tpl_integer(tpl_arg_number(r, args, 0));
    if (n < least || n > 100)
        tpl_fail(r->h, CALLBOARD_EINVAL, "the number of digits is from %d to 100", least);
    return (int)n;
}

static struct tpl_value to_exponential(struct tpl_run *r, const struct tpl_args *args)
{
    return tpl_text_of(tpl_exponential(r->h, args->self.d, digits(r, args, 0, -1)));
}

static struct tpl_value to_fixed(struct tpl_run *r, const struct tpl_args *args)
{
    return tpl_text_of(tpl_fixed(r->h, args->self.d, digits(r, args, 0, 0)));
}

static struct tpl_value to_precision(struct tpl_run *r, const struct tpl_args *args)
{
    int n = digits(r, args, 1, 0);

    return tpl_text_of(n ? tpl_precision(r->h, args->self.d, n) : tpl_to_text(r->h, args->self));
}

static struct tpl_value to_string(struct tpl_run *r, const struct tpl_args *args)
{
    double base = tpl_arg(args, 0).type == TPL_UNDEFINED ? 10 : tpl_integer(tpl_arg_number(r, args, 0));

    if (base < 2 || base > 36)
        tpl_fail(r->h, CALLBOARD_EINVAL, "the base is from 2 to 36");
    return tpl_text_of(tpl_in_base(r->h, args->self.d, (int)base));
}

const struct tpl_method tpl_number_methods[] = {
    {"toExponential", to_exponential, 0, 1}, {"toFixed", to_fixed, 0, 1}, {"toPrecision", to_precision, 0, 1},
    {"toString", to_string, 0, 1}, {0},
};

/* ---- regular expressions */

static struct tpl_value test(struct tpl_run *r, const struct tpl_args *args)
{
    return tpl_boolean(tpl_regex_test(r, args->self.r, arg_text(r, args, 0)));
}

const struct tpl_method tpl_regex_methods[] = {
    {"test", test, 1, 1}, {0},
};

/* ---- the look-up */

const struct tpl_method *tpl_method_find(const struct tpl_run *r, struct tpl_value of, const struct tpl_text *name)
{
    const struct tpl_method *tables[2] = {NULL, NULL};

    switch (of.type) {
    case TPL_TEXT: tables[0] = tpl_text_methods; break;
    case TPL_NUMBER: tables[0] = tpl_number_methods; break;
    case TPL_REGEX: tables[0] = tpl_regex_methods; break;
    case TPL_LIST:
        tables[0] = r->program->cookiecutter ? tpl_python_list_methods : tpl_list_methods;
        tables[1] = r->program->cookiecutter ? tpl_list_methods : NULL;
        break;
    case TPL_DICT: tables[0] = r->program->cookiecutter ? tpl_python_dict_methods : NULL; break;
    default: break;
    }
    for (int i = 0; i < 2 && tables[i]; i++)
        for (const struct tpl_method *m = tables[i]; m->name; m++)
            if (tpl_is(name, m->name))
                return m;
    return NULL;
}
