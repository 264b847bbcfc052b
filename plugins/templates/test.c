/* What may stand behind "is". */
#include "plugins/templates/test.h"

#include <math.h>
#include <string.h>

#include "plugins/templates/text.h"

static bool is_text(struct tpl_value v)
{
    return v.type == TPL_TEXT && !v.safe;
}

static bool callable(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)r;
    (void)other;
    return v.type == TPL_CALLABLE;
}

static bool undefined(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)r;
    (void)other;
    return v.type == TPL_UNDEFINED;
}

static bool defined(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    return !undefined(r, v, other);
}

static bool divisibleby(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    return fmod(tpl_to_number(r->h, v), tpl_to_number(r->h, other)) == 0;
}

static bool escaped(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)r;
    (void)other;
    return v.type == TPL_TEXT && v.safe;
}

static bool equalto(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)r;
    return tpl_strict_equal(v, other);
}

static bool ne(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)r;
    return !tpl_strict_equal(v, other);
}

static bool even(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)other;
    return fmod(tpl_to_number(r->h, v), 2) == 0;
}

static bool odd(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)other;
    return fmod(tpl_to_number(r->h, v), 2) == 1;
}

static bool truthy(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)r;
    (void)other;
    return tpl_truthy(v);
}

static bool falsy(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    return !truthy(r, v, other);
}

static bool ge(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    bool known;
    int order = tpl_compare(r->h, v, other, &known);

    return known && order >= 0;
}

static bool gt(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    bool known;
    int order = tpl_compare(r->h, v, other, &known);

    return known && order > 0;
}

static bool le(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    bool known;
    int order = tpl_compare(r->h, v, other, &known);

    return known && order <= 0;
}

static bool lt(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    bool known;
    int order = tpl_compare(r->h, v, other, &known);

    return known && order < 0;
}

/* value.toLowerCase() === value */
static bool lower(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)other;
    if (v.type != TPL_TEXT)
        tpl_fail(r->h, CALLBOARD_EINVAL, "the tests lower and upper take a text, not %s", tpl_type_name(v));
    return is_text(v) && tpl_same_text(tpl_lower(r->h, v.s), v.s);
}

static bool upper(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)other;
    if (v.type != TPL_TEXT)
        tpl_fail(r->h, CALLBOARD_EINVAL, "the tests lower and upper take a text, not %s", tpl_type_name(v));
    return is_text(v) && tpl_same_text(tpl_upper(r->h, v.s), v.s);
}

static bool iterable(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    if (v.type <= TPL_NULL)
        tpl_fail(r->h, CALLBOARD_EINVAL, "the test iterable takes a value, not %s", tpl_type_name(v));
    (void)other;
    return v.type == TPL_LIST || v.type == TPL_TEXT;
}

static bool mapping(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)r;
    (void)other;
    return v.type == TPL_DICT || v.type == TPL_CYCLER || v.type == TPL_REGEX || (v.type == TPL_TEXT && v.safe);
}

static bool null(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)r;
    (void)other;
    return v.type == TPL_NULL;
}

static bool number(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)r;
    (void)other;
    return v.type == TPL_NUMBER;
}

static bool string(struct tpl_run *r, struct tpl_value v, struct tpl_value other)
{
    (void)r;
    (void)other;
    return is_text(v);
}

const struct tpl_test *tpl_test_find(const struct tpl_text *name)
{
    static const struct tpl_test rows[] = {
        {"callable", callable, 0}, {"defined", defined, 0}, {"divisibleby", divisibleby, 1}, {"eq", equalto, 1},   {"equalto", equalto, 1},
        {"escaped", escaped, 0},   {"even", even, 0},       {"falsy", falsy, 0},             {"ge", ge, 1},        {"greaterthan", gt, 1},
        {"gt", gt, 1},             {"iterable", iterable, 0}, {"le", le, 1},                 {"lessthan", lt, 1},  {"lower", lower, 0},
        {"lt", lt, 1},             {"mapping", mapping, 0}, {"ne", ne, 1},                   {"none", null, 0},    {"null", null, 0},
        {"number", number, 0},     {"odd", odd, 0},         {"sameas", equalto, 1},          {"string", string, 0}, {"truthy", truthy, 0},
        {"undefined", undefined, 0}, {"upper", upper, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (tpl_is(name, rows[i].name))
            return &rows[i];
    return NULL;
}
