/* Functions that every template has: Nunjucks' three, and the two with which a step asks how the task is going. */
#include <math.h>
#include <string.h>

#include "plugins/templates/eval.h"

/* As JavaScript adds and compares: "1" and 1 are "11". */
static struct tpl_value range(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value out = tpl_list_new(r->h, 0), i = tpl_arg(args, 0), stop = tpl_arg(args, 1), step = tpl_arg(args, 2);
    bool up, known;

    if (stop.type == TPL_UNDEFINED) {
        stop = i;
        i = tpl_number(0);
        step = tpl_number(1);
    } else if (!tpl_truthy(step)) {
        step = tpl_number(1);
    }
    up = tpl_to_number(r->h, step) > 0;
    for (;; i = tpl_add(r->h, i, step)) {
        int order = tpl_compare(r->h, i, stop, &known);

        if (!known || (up ? order >= 0 : order <= 0))
            return out;
        tpl_work(r->h, 1);
        tpl_push(r->h, out.l, i);
    }
}

static struct tpl_value method_of(struct tpl_run *r, enum tpl_callable_kind kind, const char *name, struct tpl_cycler *c)
{
    struct tpl_callable *f = TPL_NEW(r->h, struct tpl_callable);

    f->kind = kind;
    f->name = name;
    f->cycler = c;
    return (struct tpl_value){.type = TPL_CALLABLE, .f = f};
}

static struct tpl_value cycler(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_cycler *c = TPL_NEW(r->h, struct tpl_cycler);

    c->items = tpl_list_new(r->h, args->n).l;
    for (size_t i = 0; i < args->n; i++)
        tpl_push(r->h, c->items, args->v[i]);
    c->at = SIZE_MAX;
    c->current = tpl_null();
    c->next = method_of(r, TPL_F_NEXT, "next", c);
    c->reset = method_of(r, TPL_F_RESET, "reset", c);
    return (struct tpl_value){.type = TPL_CYCLER, .c = c};
}

static struct tpl_value joiner(struct tpl_run *r, const struct tpl_args *args)
{
    struct tpl_value separator = tpl_arg(args, 0), v = method_of(r, TPL_F_JOINER, "joiner", NULL);

    v.f->separator = tpl_truthy(separator) ? separator : tpl_words(r->h, ",");
    return v;
}

static void count(struct tpl_run *r)
{
    if (++r->calls > TPL_CALL_MAX)
        tpl_fail(r->h, CALLBOARD_ELIMIT, "it calls more than %d functions", TPL_CALL_MAX);
}

static struct tpl_value always(struct tpl_run *r, const struct tpl_args *args)
{
    (void)args;
    count(r);
    r->called_always = true;
    return tpl_boolean(true);
}

static struct tpl_value failure(struct tpl_run *r, const struct tpl_args *args)
{
    (void)args;
    count(r);
    r->called_failure = true;
    return tpl_boolean(r->failed);
}

const struct tpl_global *tpl_global_find(const struct tpl_run *r, const struct tpl_text *name)
{
    static const struct tpl_global rows[] = {
        {"range", range, 0, 3}, {"cycler", cycler, 0, -1}, {"joiner", joiner, 0, 1}, {"always", always, 0, -1}, {"failure", failure, 0, -1},
    };

    for (size_t i = 0; i < (r->status ? 5 : 3); i++)
        if (tpl_is(name, rows[i].name))
            return &rows[i];
    return NULL;
}
