/* Members and calls: macros, functions, filters, tests. */
#include <math.h>
#include <string.h>

#include "plugins/templates/eval.h"
#include "plugins/templates/filter.h"
#include "plugins/templates/method.h"
#include "plugins/templates/test.h"
#include "plugins/templates/text.h"

#define ARG_MAX 256 /* of one call */

struct tpl_value tpl_arg(const struct tpl_args *args, size_t i)
{
    return i < args->n ? args->v[i] : tpl_undefined();
}

double tpl_arg_number(struct tpl_run *r, const struct tpl_args *args, size_t i)
{
    return tpl_to_number(r->h, tpl_arg(args, i));
}

struct tpl_value tpl_native(struct tpl_run *r, const char *name, tpl_fn *fn, int least, int most, struct tpl_value self)
{
    struct tpl_callable *f = TPL_NEW(r->h, struct tpl_callable);

    *f = (struct tpl_callable){.kind = TPL_F_NATIVE, .name = name, .fn = fn, .least = least, .most = most, .self = self};
    return (struct tpl_value){.type = TPL_CALLABLE, .f = f};
}

/* ---- members */

static struct tpl_value cycler_member(const struct tpl_cycler *c, const struct tpl_text *key)
{
    if (tpl_is(key, "next"))
        return c->next;
    if (tpl_is(key, "reset"))
        return c->reset;
    return tpl_is(key, "current") ? c->current : tpl_undefined();
}

struct tpl_value tpl_member(struct tpl_run *r, struct tpl_value of, struct tpl_value key)
{
    const struct tpl_method *method;
    struct tpl_value *found;
    struct tpl_text *name;
    uint32_t i;

    if (key.type == TPL_NUMBER && key.d >= 0 && key.d == floor(key.d) && key.d < 4294967295.0) { /* an index, mostly */
        size_t at = (size_t)key.d;

        if (of.type == TPL_LIST)
            return at < of.l->n ? of.l->v[at] : tpl_undefined();
        if (of.type == TPL_TEXT)
            return at < tpl_units(of.s) ? tpl_text_of(tpl_sub(r->h, of.s, at, at + 1)) : tpl_undefined();
    }
    name = tpl_to_key(r->h, key);
    switch (of.type) {
    case TPL_DICT:
        if ((found = tpl_find(of.o, name)))
            return *found;
        break; /* with cookiecutter it has methods */
    case TPL_LIST:
        if (tpl_is(name, "length"))
            return tpl_number((double)of.l->n);
        if (tpl_is_index(name, &i))
            return i < of.l->n ? of.l->v[i] : tpl_undefined();
        break;
    case TPL_TEXT:
        if (tpl_is(name, "length"))
            return tpl_number((double)tpl_units(of.s));
        if (of.safe && tpl_is(name, "val"))
            return tpl_text_of(of.s);
        if (tpl_is_index(name, &i))
            return i < tpl_units(of.s) ? tpl_text_of(tpl_sub(r->h, of.s, i, i + 1)) : tpl_undefined();
        break;
    case TPL_CYCLER: return cycler_member(of.c, name);
    case TPL_NUMBER:
    case TPL_REGEX: break;
    case TPL_CALLABLE: tpl_to_text(r->h, of); return tpl_undefined();
    default: return tpl_undefined();
    }
    method = tpl_method_find(r, of, name);
    return method ? tpl_native(r, method->name, method->fn, method->least, method->most, of) : tpl_undefined();
}

double tpl_length(struct tpl_run *r, struct tpl_value v)
{
    switch (v.type) {
    case TPL_LIST: return (double)v.l->n;
    case TPL_TEXT: return (double)tpl_units(v.s);
    case TPL_DICT: return tpl_to_number(r->h, tpl_get_words(v.o, "length"));
    default: return NAN;
    }
}

/* Jinja's: from START to STOP by STEP, each counted from the end when negative. */
struct tpl_value tpl_slice(struct tpl_run *r, struct tpl_value of, const struct tpl_value parts[3], const bool given[3])
{
    double length = tpl_length(r, of);
    double step = given[2] ? tpl_to_number(r->h, parts[2]) : 1, start, stop;
    struct tpl_value out = tpl_list_new(r->h, 0);

    if (!tpl_truthy(of))
        length = 0;
    if (isnan(step) || isinf(step) || step == 0)
        tpl_fail(r->h, CALLBOARD_EINVAL, "the step of a slice is a number other than 0");
    start = given[0] && parts[0].type != TPL_NULL ? tpl_to_number(r->h, parts[0]) : step < 0 ? length - 1 : 0;
    stop = given[1] && parts[1].type != TPL_NULL ? tpl_to_number(r->h, parts[1]) : step < 0 ? -1 : length;
    if (given[1] && parts[1].type != TPL_NULL && stop < 0)
        stop += length;
    if (start < 0)
        start += length;
    for (double i = start; !(i < 0) && !(i > length); i += step) { /* also without a length, as of an object */
        if (step > 0 ? i >= stop : i <= stop)
            break;
        tpl_work(r->h, 1);
        tpl_push(r->h, out.l, of.type <= TPL_NULL ? tpl_undefined() : tpl_member(r, of, tpl_number(i)));
    }
    return out;
}

/* ---- arguments */

/* Evaluates the row of arguments from NODE on, behind the FIRST_N values that FIRST has. */
static struct tpl_args arguments(struct tpl_run *r, const struct tpl_node *node, const struct tpl_value *first, size_t first_n)
{
    struct tpl_args args = {.self = tpl_undefined()};
    struct tpl_value *v;
    size_t n = first_n;

    for (const struct tpl_node *a = node; a; a = a->next)
        n++;
    if (n > ARG_MAX)
        tpl_fail(r->h, CALLBOARD_ELIMIT, "a call has more than %d arguments", ARG_MAX);
    v = n ? TPL_NEW_N(r->h, struct tpl_value, n) : NULL;
    for (; args.n < first_n; args.n++)
        v[args.n] = first[args.n];
    for (const struct tpl_node *a = node; a; a = a->next) {
        if (a->kind != TPL_N_KEYWORDS) {
            v[args.n++] = tpl_eval(r, a->b);
            continue;
        }
        v[args.n] = tpl_dict_new(r->h);
        args.named = v[args.n].o;
        args.named->keywords = true;
        args.n++;
        for (const struct tpl_node *pair = a->b; pair; pair = pair->next)
            tpl_put(r->h, args.named, &pair->a->name->text, tpl_eval(r, pair->b));
        tpl_put_words(r->h, args.named, "__keywords", tpl_boolean(true)); /* as Nunjucks marks them */
    }
    args.v = v;
    return args;
}

/* Each argument that has a name where it belongs: what Nunjucks' makeMacro does. OUT has room for NAME_N + 1. */
static void by_name(struct tpl_run *r, struct tpl_args *args, const char *const *names)
{
    size_t name_n = 0, n = args->n - (args->named != NULL);
    struct tpl_value *v;

    while (names[name_n])
        name_n++;
    v = TPL_NEW_N(r->h, struct tpl_value, name_n + 1);
    for (size_t i = 0; i < name_n; i++)
        v[i] = i < n ? args->v[i] : args->named ? tpl_get_words(args->named, names[i]) : tpl_undefined();
    args->v = v;
    args->n = name_n;
    args->named = NULL;
}

/* ---- macros */

static struct tpl_value call_macro(struct tpl_run *r, const struct tpl_callable *f, const struct tpl_args *args, struct tpl_value *caller)
{
    const struct tpl_macro *m = f->macro;
    struct tpl_frame *outer = r->frame, *mine = tpl_push_frame(r, f->closure, true);
    const struct tpl_node *keyword = m->keywords;
    size_t n = args->n - (args->named != NULL), i = 0, outer_activation = r->activation;
    struct tpl_value v;

    r->activation = ++r->activations;
    r->frame = mine;
    if (caller)
        tpl_bind(r, mine, r->program->caller, *caller);
    else if (args->named && tpl_find(args->named, &r->program->caller->text))
        tpl_bind(r, mine, r->program->caller, *tpl_find(args->named, &r->program->caller->text));
    for (const struct tpl_names *arg = m->args; arg; arg = arg->next, i++) {
        struct tpl_value *named = i >= n && args->named ? tpl_find(args->named, &arg->name->text) : NULL;

        tpl_bind(r, mine, arg->name, i < n ? args->v[i] : named ? *named : tpl_undefined());
    }
    for (; keyword; keyword = keyword->next, i++) {
        const struct tpl_name *name = keyword->a->name;
        struct tpl_value *named = args->named ? tpl_find(args->named, &name->text) : NULL;

        tpl_bind(r, mine, name, i < n ? args->v[i] : named ? *named : tpl_eval(r, keyword->b));
    }
    v = tpl_captured(r, m->body);
    v.safe = true;
    r->activation = outer_activation;
    r->frame = outer;
    return v;
}

static struct tpl_value call(struct tpl_run *r, struct tpl_callable *f, struct tpl_args *args, struct tpl_value *caller)
{
    struct tpl_cycler *c = f->cycler;

    if (f->kind == TPL_F_MACRO)
        return call_macro(r, f, args, caller);
    if (caller)
        tpl_fail(r->h, CALLBOARD_EINVAL, "a call block calls a macro of the template");
    if (args->named)
        tpl_fail(r->h, CALLBOARD_EINVAL, "%s takes no arguments by name", f->name);
    if ((int)args->n < f->least || (f->most >= 0 && (int)args->n > f->most))
        tpl_fail(r->h, CALLBOARD_EINVAL, f->most == 0 ? "%s takes no arguments" : "%s takes %d to %d arguments", f->name, f->least, f->most);
    switch (f->kind) {
    case TPL_F_JOINER:
        if (f->started)
            return f->separator;
        f->started = true;
        return tpl_words(r->h, "");
    case TPL_F_NEXT:
        c->at = c->at == SIZE_MAX || c->at + 1 >= c->items->n ? 0 : c->at + 1;
        c->current = c->at < c->items->n ? c->items->v[c->at] : tpl_undefined();
        return c->current;
    case TPL_F_RESET:
        c->at = SIZE_MAX;
        c->current = tpl_null();
        return tpl_undefined();
    default:
        args->self = f->self;
        return f->fn(r, args);
    }
}

/* How the template wrote what is called: "a.b". */
static const char *callee(const struct tpl_node *n, char *out, size_t max)
{
    if (n->kind == TPL_N_NAME && n->name->text.n < max) {
        memcpy(out, n->name->text.p, n->name->text.n);
        out[n->name->text.n] = '\0';
    } else if (n->kind == TPL_N_MEMBER && n->b->kind == TPL_N_CONST && n->b->v.type == TPL_TEXT) {
        size_t m;

        if (strcmp(callee(n->a, out, max), "this") == 0)
            return "this";
        m = strlen(out);
        if (m + 1 + n->b->v.s->n >= max)
            return "this";
        out[m] = '.';
        memcpy(out + m + 1, n->b->v.s->p, n->b->v.s->n);
        out[m + 1 + n->b->v.s->n] = '\0';
    } else {
        return "this";
    }
    return out;
}

struct tpl_value tpl_eval_call(struct tpl_run *r, const struct tpl_node *n, struct tpl_value *caller)
{
    struct tpl_value f = tpl_eval(r, n->a), v;
    struct tpl_args args;
    char name[128];

    r->h->at = n->at;
    if (f.type != TPL_CALLABLE)
        tpl_fail(r->h, CALLBOARD_EINVAL, "%s cannot be called: it is %s", callee(n->a, name, sizeof(name)), tpl_type_name(f));
    args = arguments(r, n->b, NULL, 0);
    r->h->at = n->at;
    if (++r->depth > TPL_DEPTH_MAX)
        tpl_fail(r->h, CALLBOARD_ELIMIT, "it is nested deeper than %d", TPL_DEPTH_MAX);
    v = call(r, f.f, &args, caller);
    r->depth--;
    return v;
}

/* ---- filters and tests */

struct tpl_value tpl_eval_filter(struct tpl_run *r, const struct tpl_node *n, struct tpl_value *input)
{
    const struct tpl_filter *f = n->filter;
    struct tpl_args args;
    struct tpl_value all[1];

    if (!f || (!r->program->cookiecutter && strcmp(f->name, "jsonify") == 0))
        tpl_fail(r->h, CALLBOARD_EINVAL, "there is no filter \"%.*s\"", (int)n->name->text.n, n->name->text.p);
    if (input)
        all[0] = *input;
    args = arguments(r, n->b, all, input != NULL);
    if (f->names)
        by_name(r, &args, f->names);
    r->h->at = n->at;
    if (f->own && ++r->calls > TPL_CALL_MAX)
        tpl_fail(r->h, CALLBOARD_ELIMIT, "it calls more than %d functions", TPL_CALL_MAX);
    args.self = args.v[0];
    args.v++;
    args.n--;
    if (args.self.type == TPL_CALLABLE)
        tpl_to_text(r->h, args.self);
    return f->fn(r, &args);
}

bool tpl_eval_test(struct tpl_run *r, const struct tpl_node *n)
{
    const struct tpl_test *t = n->test;
    struct tpl_value v;
    struct tpl_args args;

    if (!t)
        tpl_fail(r->h, CALLBOARD_EINVAL, "there is no test \"%.*s\"", (int)n->name->text.n, n->name->text.p);
    v = tpl_eval(r, n->a);
    args = arguments(r, n->b, NULL, 0);
    r->h->at = n->at;
    if ((int)args.n != t->arg_n || args.named)
        tpl_fail(r->h, CALLBOARD_EINVAL, "the test %s takes %s", t->name, t->arg_n ? "one argument" : "no arguments");
    return t->is(r, v, tpl_arg(&args, 0));
}
