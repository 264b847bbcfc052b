/* Filters for any value, and the table of all. */
#include <math.h>
#include <string.h>

#include "plugins/templates/filter.h"
#include "plugins/templates/number.h"
#include "plugins/templates/text.h"

struct tpl_value tpl_f_abs(struct tpl_run *r, const struct tpl_args *args)
{
    return tpl_number(fabs(tpl_to_number(r->h, args->self)));
}

struct tpl_value tpl_f_default(struct tpl_run *r, const struct tpl_args *args)
{
    bool nothing = tpl_truthy(tpl_arg(args, 1)) ? !tpl_truthy(args->self) : args->self.type == TPL_UNDEFINED;

    (void)r;
    return nothing ? tpl_arg(args, 0) : args->self;
}

struct tpl_value tpl_f_dump(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value space = tpl_arg(args, 0);
    struct tpl_text *indent = NULL, *json;

    if (space.type == TPL_NUMBER) {
        double n = tpl_integer(space.d);

        indent = tpl_repeat(r->h, " ", 1, n < 1 ? 0 : n > 10 ? 10 : (size_t)n);
    } else if (space.type == TPL_TEXT && !space.safe) {
        size_t n = tpl_units(space.s);

        indent = tpl_sub(r->h, space.s, 0, n > 10 ? 10 : n);
    }
    json = tpl_json(r->h, args->self, indent);
    return json ? tpl_text_of(json) : tpl_undefined();
}

struct tpl_value tpl_f_float(struct tpl_run *r, const struct tpl_args *args)
{
    double d = args->self.type == TPL_NUMBER ? args->self.d : tpl_parse_float(tpl_to_text(r->h, args->self));

    return isnan(d) ? tpl_arg(args, 0) : tpl_number(d);
}

struct tpl_value tpl_f_int(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value base = tpl_arg(args, 1);
    double d = tpl_parse_int(tpl_to_text(r->h, args->self), base.type == TPL_UNDEFINED ? 10 : tpl_to_number(r->h, base));

    return isnan(d) ? tpl_arg(args, 0) : tpl_number(d);
}

struct tpl_value tpl_f_round(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value precision = tpl_arg(args, 0), method = tpl_arg(args, 1);
    double n = tpl_truthy(precision) ? tpl_to_number(r->h, precision) : 0, factor = isnan(n) ? NAN : pow(10, n);
    double d = tpl_to_number(r->h, args->self) * factor;

    if (method.type == TPL_TEXT && !method.safe && tpl_is(method.s, "ceil"))
        d = ceil(d);
    else if (method.type == TPL_TEXT && !method.safe && tpl_is(method.s, "floor"))
        d = floor(d);
    else if (fabs(d) < 4503599627370496.0)
        d = floor(d + 0.5) - (d == 0.49999999999999994); /* half up, as Math.round: -2.5 is -2 */
    return tpl_number(d / factor);
}

/* ---- the table */

static const char *const sort_names[] = {"value", "reverse", "case_sensitive", "attribute", NULL};
static const char *const int_names[] = {"value", "default", "base", NULL};

static const struct tpl_filter rows[] = {
    {"abs", tpl_f_abs, NULL, false},
    {"batch", tpl_f_batch, NULL, false},
    {"capitalize", tpl_f_capitalize, NULL, false},
    {"center", tpl_f_center, NULL, false},
    {"d", tpl_f_default, NULL, false},
    {"default", tpl_f_default, NULL, false},
    {"dictsort", tpl_f_dictsort, NULL, false},
    {"dump", tpl_f_dump, NULL, false},
    {"e", tpl_f_escape, NULL, false},
    {"escape", tpl_f_escape, NULL, false},
    {"first", tpl_f_first, NULL, false},
    {"float", tpl_f_float, NULL, false},
    {"forceescape", tpl_f_forceescape, NULL, false},
    {"groupby", tpl_f_groupby, NULL, false},
    {"indent", tpl_f_indent, NULL, false},
    {"int", tpl_f_int, int_names, false},
    {"join", tpl_f_join, NULL, false},
    {"jsonify", tpl_f_dump, NULL, false},
    {"last", tpl_f_last, NULL, false},
    {"length", tpl_f_length, NULL, false},
    {"list", tpl_f_list, NULL, false},
    {"lower", tpl_f_lower, NULL, false},
    {"nl2br", tpl_f_nl2br, NULL, false},
    {"parseEntityRef", tpl_f_parse_entity_ref, NULL, true},
    {"parseRepoUrl", tpl_f_parse_repo_url, NULL, true},
    {"pick", tpl_f_pick, NULL, true},
    {"projectSlug", tpl_f_project_slug, NULL, true},
    {"random", tpl_f_random, NULL, false},
    {"reject", tpl_f_reject, NULL, false},
    {"rejectattr", tpl_f_rejectattr, NULL, false},
    {"replace", tpl_f_replace, NULL, false},
    {"reverse", tpl_f_reverse, NULL, false},
    {"round", tpl_f_round, NULL, false},
    {"safe", tpl_f_safe, NULL, false},
    {"select", tpl_f_select, NULL, false},
    {"selectattr", tpl_f_selectattr, NULL, false},
    {"slice", tpl_f_slice, NULL, false},
    {"sort", tpl_f_sort, sort_names, false},
    {"string", tpl_f_string, NULL, false},
    {"striptags", tpl_f_striptags, NULL, false},
    {"sum", tpl_f_sum, NULL, false},
    {"title", tpl_f_title, NULL, false},
    {"trim", tpl_f_trim, NULL, false},
    {"truncate", tpl_f_truncate, NULL, false},
    {"upper", tpl_f_upper, NULL, false},
    {"urlencode", tpl_f_urlencode, NULL, false},
    {"urlize", tpl_f_urlize, NULL, false},
    {"wordcount", tpl_f_wordcount, NULL, false},
};

const struct tpl_filter *tpl_filter_find(const struct tpl_text *name)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (tpl_is(name, rows[i].name))
            return &rows[i];
    return NULL;
}
