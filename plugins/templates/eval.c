/* The walk over a template's tree. */
#include "plugins/templates/eval.h"

#include <math.h>
#include <string.h>

#include "plugins/templates/regex.h"
#include "plugins/templates/text.h"

/* ---- output */

void tpl_write(struct tpl_run *r, const struct tpl_text *s)
{
    if (s->n > TPL_OUTPUT_MAX || r->written > TPL_OUTPUT_MAX - s->n)
        tpl_fail(r->h, CALLBOARD_ELIMIT, "it writes more than %d MiB", TPL_OUTPUT_MAX >> 20);
    r->written += s->n;
    tpl_buf_text(r->out, s);
}

struct tpl_value tpl_captured(struct tpl_run *r, const struct tpl_node *body)
{
    struct tpl_buf *outer = r->out, mine;

    tpl_buf_init(&mine, r->h);
    r->out = &mine;
    tpl_walk(r, body);
    r->out = outer;
    return tpl_text_of(tpl_buf_done(&mine));
}

/* ---- scopes */

struct tpl_frame *tpl_push_frame(struct tpl_run *r, struct tpl_frame *parent, bool isolated)
{
    struct tpl_frame *f = TPL_NEW(r->h, struct tpl_frame);

    f->parent = parent;
    f->isolated = isolated;
    return f;
}

static struct tpl_variable *own(struct tpl_frame *f, const struct tpl_name *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->vars[i].name == name)
            return &f->vars[i];
    return NULL;
}

static struct tpl_variable *own_or_new(struct tpl_run *r, struct tpl_frame *f, const struct tpl_name *name)
{
    struct tpl_variable *var = own(f, name);

    if (var)
        return var;
    if (f->n == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 4;
        struct tpl_variable *bigger = TPL_NEW_N(r->h, struct tpl_variable, cap);

        if (f->n)
            memcpy(bigger, f->vars, f->n * sizeof(*bigger));
        f->vars = bigger;
        f->cap = cap;
    }
    var = &f->vars[f->n++];
    var->name = name;
    return var;
}

void tpl_bind(struct tpl_run *r, struct tpl_frame *f, const struct tpl_name *name, struct tpl_value v)
{
    struct tpl_variable *var = own_or_new(r, f, name);

    var->slot = false;
    var->v = v;
}

void tpl_set(struct tpl_run *r, const struct tpl_name *name, struct tpl_value v)
{
    struct tpl_frame *f = r->frame;

    for (;; f = f->parent) { /* the frame that has it already */
        struct tpl_variable *var = own(f, name);

        if (var)
            var->v = v;
        if (var && !var->slot)
            break;
        if (!f->parent || f->isolated) {
            own_or_new(r, r->frame, name)->v = v;
            break;
        }
    }
    if (r->frame->top)
        own_or_new(r, r->set, name)->v = v;
}

struct tpl_value tpl_lookup(struct tpl_run *r, const struct tpl_name *name)
{
    struct tpl_variable *var;
    struct tpl_value *given;
    const struct tpl_global *global;
    bool crossed = false; /* out of a block */

    for (struct tpl_frame *f = r->frame; f; f = f->parent) {
        if ((var = own(f, name)) && !(crossed && var->slot))
            return var->v;
        crossed |= f->block;
    }
    if ((var = own(r->set, name)))
        return var->v;
    if ((given = tpl_find(r->values, &name->text)))
        return *given;
    if ((global = tpl_global_find(r, &name->text)))
        return tpl_native(r, global->name, global->fn, global->least, global->most, tpl_undefined());
    if (r->program->cookiecutter) {
        if (tpl_is(&name->text, "True") || tpl_is(&name->text, "False"))
            return tpl_boolean(name->text.p[0] == 'T');
        if (tpl_is(&name->text, "None"))
            return tpl_null();
    }
    return tpl_undefined();
}

/* ---- the values given are changed for one render only */

struct tpl_kept {
    struct tpl_kept *next;
    struct tpl_list *l, was_l;
    struct tpl_dict *o, was_o;
};

void tpl_own_list(struct tpl_run *r, struct tpl_list *l)
{
    struct tpl_kept *k;

    if (!l->kept)
        return;
    k = TPL_NEW(r->h, struct tpl_kept);
    k->next = r->kept;
    k->l = l;
    k->was_l = *l;
    r->kept = k;
    l->kept = false;
    l->cap = l->n;
    l->v = TPL_NEW_N(r->h, struct tpl_value, l->n + 1);
    if (l->n)
        memcpy(l->v, k->was_l.v, l->n * sizeof(*l->v));
}

void tpl_own_dict(struct tpl_run *r, struct tpl_dict *o)
{
    struct tpl_kept *k;

    if (!o->kept)
        return;
    k = TPL_NEW(r->h, struct tpl_kept);
    k->next = r->kept;
    k->o = o;
    k->was_o = *o;
    r->kept = k;
    *o = (struct tpl_dict){0};
    for (size_t i = 0; i < k->was_o.n; i++)
        tpl_put(r->h, o, k->was_o.e[i].key, k->was_o.e[i].v);
}

void tpl_run_restore(struct tpl_run *r)
{
    for (struct tpl_kept *k = r->kept; k; k = k->next) {
        if (k->l)
            *k->l = k->was_l;
        if (k->o)
            *k->o = k->was_o;
    }
    r->kept = NULL;
}

static void no_cycle(struct tpl_run *r, struct tpl_value v, const void *it, size_t depth)
{
    if (depth > TPL_DEPTH_MAX)
        tpl_fail(r->h, CALLBOARD_ELIMIT, "its values are nested deeper than %d", TPL_DEPTH_MAX);
    if (v.type == TPL_LIST) {
        if (v.l == it)
            tpl_fail(r->h, CALLBOARD_EINVAL, "a list cannot contain itself");
        tpl_work(r->h, v.l->n);
        for (size_t i = 0; i < v.l->n; i++)
            no_cycle(r, v.l->v[i], it, depth + 1);
    } else if (v.type == TPL_DICT) {
        if (v.o == it)
            tpl_fail(r->h, CALLBOARD_EINVAL, "an object cannot contain itself");
        tpl_work(r->h, v.o->n);
        for (size_t i = 0; i < v.o->n; i++)
            no_cycle(r, v.o->e[i].v, it, depth + 1);
    }
}

void tpl_no_cycle(struct tpl_run *r, struct tpl_value v, const void *it)
{
    no_cycle(r, v, it, 1);
}

/* ---- expressions */

static struct tpl_value eval_list(struct tpl_run *r, const struct tpl_node *n)
{
    struct tpl_value v = tpl_list_new(r->h, 0);

    for (const struct tpl_node *e = n->b; e; e = e->next)
        tpl_push(r->h, v.l, tpl_eval(r, e->b));
    return v;
}

static struct tpl_value eval_dict(struct tpl_run *r, const struct tpl_node *n)
{
    struct tpl_value v = tpl_dict_new(r->h);

    for (const struct tpl_node *pair = n->b; pair; pair = pair->next)
        tpl_put(r->h, v.o, pair->a->v.s, tpl_eval(r, pair->b));
    return v;
}

static bool is_in(struct tpl_run *r, struct tpl_value key, struct tpl_value of)
{
    switch (of.type) {
    case TPL_LIST:
        tpl_work(r->h, of.l->n);
        for (size_t i = 0; i < of.l->n; i++)
            if (tpl_strict_equal(key, of.l->v[i]))
                return true;
        return false;
    case TPL_TEXT:
        if (of.safe) /* an object with two members */
            return tpl_is(tpl_to_key(r->h, key), "length") || tpl_is(tpl_to_key(r->h, key), "val");
        return tpl_text_find(r->h, of.s, tpl_to_text(r->h, key), 0) != SIZE_MAX;
    case TPL_DICT: return tpl_find(of.o, tpl_to_key(r->h, key)) != NULL;
    default: break;
    }
    tpl_fail(r->h, CALLBOARD_EINVAL, "\"in\" needs a list, an object or a text behind it, not %s", tpl_type_name(of));
}

static struct tpl_value eval_slice(struct tpl_run *r, const struct tpl_node *n)
{
    struct tpl_value of = tpl_eval(r, n->a), parts[3];
    bool given[3];
    size_t i = 0;

    for (const struct tpl_node *part = n->b; part; part = part->next, i++) {
        given[i] = part->kind != TPL_N_NOTHING;
        parts[i] = given[i] ? tpl_eval(r, part->b) : tpl_null();
    }
    r->h->at = n->at;
    return tpl_slice(r, of, parts, given);
}

/* Those with two operands that are both evaluated. */
static struct tpl_value eval_binary(struct tpl_run *r, const struct tpl_node *n)
{
    struct tpl_value a = tpl_eval(r, n->a), b = tpl_eval(r, n->b);
    struct tpl_heap *h = r->h;
    double x, y;
    bool known;
    int order;

    h->at = n->at;
    switch (n->kind) {
    case TPL_N_EQ: return tpl_boolean(tpl_loose_equal(h, a, b));
    case TPL_N_NE: return tpl_boolean(!tpl_loose_equal(h, a, b));
    case TPL_N_SAME: return tpl_boolean(tpl_strict_equal(a, b));
    case TPL_N_OTHER: return tpl_boolean(!tpl_strict_equal(a, b));
    case TPL_N_LT:
    case TPL_N_GT:
    case TPL_N_LE:
    case TPL_N_GE:
        order = tpl_compare(h, a, b, &known);
        return tpl_boolean(known && (n->kind == TPL_N_LT ? order < 0 : n->kind == TPL_N_GT ? order > 0 : n->kind == TPL_N_LE ? order <= 0 : order >= 0));
    case TPL_N_ADD: return tpl_add(h, a, b);
    case TPL_N_IN: return tpl_boolean(is_in(r, a, b));
    case TPL_N_MEMBER: return tpl_member(r, a, b);
    default: break;
    }
    x = tpl_to_number(h, a);
    y = tpl_to_number(h, b);
    switch (n->kind) {
    case TPL_N_SUB: return tpl_number(x - y);
    case TPL_N_MUL: return tpl_number(x * y);
    case TPL_N_DIV: return tpl_number(x / y);
    case TPL_N_MOD: return tpl_number(fmod(x, y));
    default: return tpl_number(isnan(y) || ((x == 1 || x == -1) && isinf(y)) ? NAN : pow(x, y)); /* where C and JavaScript differ */
    }
}

static struct tpl_value eval(struct tpl_run *r, const struct tpl_node *n)
{
    struct tpl_value v = tpl_undefined();

    switch (n->kind) {
    case TPL_N_CONST: return n->v;
    case TPL_N_REGEX: /* a new one each time: it remembers where its last search ended */
        v.type = TPL_REGEX;
        v.r = TPL_NEW(r->h, struct tpl_regex);
        *v.r = *n->v.r;
        return v;
    case TPL_N_NAME: return tpl_lookup(r, n->name);
    case TPL_N_LIST: return eval_list(r, n);
    case TPL_N_DICT: return eval_dict(r, n);
    case TPL_N_SLICE: return eval_slice(r, n);
    case TPL_N_CALL: return tpl_eval_call(r, n, NULL);
    case TPL_N_FILTER: return tpl_eval_filter(r, n, NULL);
    case TPL_N_IS: return tpl_boolean(tpl_eval_test(r, n));
    case TPL_N_GROUP:
        for (const struct tpl_node *e = n->b; e; e = e->next)
            v = tpl_eval(r, e->b);
        return v;
    case TPL_N_COND:
        if (tpl_truthy(tpl_eval(r, n->a)))
            return tpl_eval(r, n->b);
        return n->c ? tpl_eval(r, n->c) : tpl_words(r->h, "");
    case TPL_N_OR:
        v = tpl_eval(r, n->a);
        return tpl_truthy(v) ? v : tpl_eval(r, n->b);
    case TPL_N_AND:
        v = tpl_eval(r, n->a);
        return tpl_truthy(v) ? tpl_eval(r, n->b) : v;
    case TPL_N_NOT: return tpl_boolean(!tpl_truthy(tpl_eval(r, n->a)));
    case TPL_N_MINUS:
    case TPL_N_PLUS:
        v = tpl_eval(r, n->a);
        r->h->at = n->at;
        return tpl_number(n->kind == TPL_N_MINUS ? -tpl_to_number(r->h, v) : tpl_to_number(r->h, v));
    case TPL_N_FLOOR:
        v = tpl_eval(r, n->a);
        return tpl_number(floor(v.d));
    default: return eval_binary(r, n);
    }
}

struct tpl_value tpl_eval(struct tpl_run *r, const struct tpl_node *n)
{
    struct tpl_value v;

    r->h->at = n->at;
    tpl_work(r->h, 1);
    if (++r->depth > TPL_DEPTH_MAX)
        tpl_fail(r->h, CALLBOARD_ELIMIT, "it is nested deeper than %d", TPL_DEPTH_MAX);
    v = eval(r, n);
    r->depth--;
    return v;
}

/* ---- statements */

static void walk_output(struct tpl_run *r, const struct tpl_node *n)
{
    struct tpl_value v = tpl_eval(r, n->a);

    r->h->at = n->at;
    if (v.type > TPL_NULL)
        tpl_write(r, tpl_to_text(r->h, v));
}

enum { LOOP_INDEX, LOOP_INDEX0, LOOP_REVINDEX, LOOP_REVINDEX0, LOOP_FIRST, LOOP_LAST, LOOP_LENGTH, LOOP_N };

/* What "loop" is for turn I of N; the same object in each. */
static void turn(struct tpl_run *r, struct tpl_frame *f, struct tpl_dict *loop, size_t i, size_t n)
{
    static const char *const names[LOOP_N] = {"index", "index0", "revindex", "revindex0", "first", "last", "length"};
    double at = (double)i, all = (double)n;
    const struct tpl_value v[LOOP_N] = {tpl_number(at + 1),   tpl_number(at),         tpl_number(all - at), tpl_number(all - at - 1),
                                        tpl_boolean(i == 0), tpl_boolean(at == all - 1), tpl_number(all)};

    for (int k = 0; k < LOOP_N; k++)
        if (loop->n > (size_t)k && tpl_is(loop->e[k].key, names[k]))
            loop->e[k].v = v[k];
        else
            tpl_put_words(r->h, loop, names[k], v[k]);
    if (i == 0)
        tpl_bind(r, f, r->program->loop, (struct tpl_value){.type = TPL_DICT, .o = loop});
}

/* A name that Nunjucks has in the loop's code, but not in its scope: blocks do not see it. */
static void bind_slot(struct tpl_run *r, struct tpl_frame *f, const struct tpl_name *name, struct tpl_value v)
{
    tpl_bind(r, f, name, v);
    own(f, name)->slot = true;
}

static void bind_parts(struct tpl_run *r, struct tpl_frame *f, const struct tpl_node *n, struct tpl_value of)
{
    size_t i = 0;

    r->h->at = n->at;
    if (of.type <= TPL_NULL)
        tpl_fail(r->h, CALLBOARD_EINVAL, "an element that is %s has no parts for the loop's names", tpl_type_name(of));
    for (const struct tpl_names *name = n->names; name; name = name->next, i++)
        bind_slot(r, f, name->name, tpl_member(r, of, tpl_number((double)i)));
}

/* What a loop goes through: elements of a list, units of a text, with several names the members of an object. Returns their number. */
static size_t loop_length(struct tpl_value of, bool several)
{
    if (of.type == TPL_LIST)
        return of.l->n;
    if (of.type == TPL_TEXT)
        return tpl_units(of.s);
    if (of.type == TPL_DICT && several)
        return of.o->n;
    return 0;
}

/* An object with a length, in a loop with one name: its members 0, 1, ... */
static struct tpl_value array_like(struct tpl_run *r, struct tpl_value of)
{
    struct tpl_value list = tpl_list_new(r->h, 0);
    double n = tpl_length(r, of);

    for (double i = 0; i < n; i++) {
        tpl_work(r->h, 1);
        tpl_push(r->h, list.l, tpl_member(r, of, tpl_number(i)));
    }
    return list;
}

/* The names of a loop are variables of the macro that it is in: in its else they have what they had when it ran last. */
struct tpl_slots {
    struct tpl_slots *next;
    const struct tpl_node *loop;
    size_t activation;
    struct tpl_frame *frame;
    size_t length; /* when it last had something to go through */
};

static struct tpl_slots *slots_of(struct tpl_run *r, const struct tpl_node *loop)
{
    struct tpl_slots *s;

    for (s = r->slots; s; s = s->next) {
        if (s->loop == loop && s->activation == r->activation)
            return s;
        tpl_work(r->h, 1);
    }
    s = TPL_NEW(r->h, struct tpl_slots);
    s->next = r->slots;
    s->loop = loop;
    s->activation = r->activation;
    r->slots = s;
    return s;
}

static void walk_else(struct tpl_run *r, const struct tpl_node *n, bool given)
{
    struct tpl_frame *outer = r->frame, *f;
    struct tpl_slots *s;

    if (!n->c)
        return;
    s = slots_of(r, n);
    if (!given && s->length) /* Nunjucks remembers the number of the last time */
        return;
    s->length = 0;
    f = r->frame = tpl_push_frame(r, outer, false);
    for (const struct tpl_names *names = n->names; names; names = names->next) {
        struct tpl_variable *was = s->frame ? own(s->frame, names->name) : NULL;

        bind_slot(r, f, names->name, was ? was->v : tpl_undefined());
    }
    tpl_walk(r, n->c);
    s->frame = f;
    r->frame = outer;
}

static void walk_for(struct tpl_run *r, const struct tpl_node *n)
{
    struct tpl_value of = tpl_eval(r, n->a);
    struct tpl_frame *outer = r->frame, *f;
    bool several = n->names->next != NULL;
    size_t length;
    struct tpl_dict *loop, *members = NULL;

    r->h->at = n->a->at;
    if (of.type == TPL_CALLABLE)
        tpl_to_text(r->h, of);
    if (of.type == TPL_DICT && !several && tpl_find(of.o, tpl_words(r->h, "length").s))
        of = array_like(r, of);
    length = loop_length(of, several);
    if (length == 0) {
        walk_else(r, n, tpl_truthy(of));
        return;
    }
    f = r->frame = tpl_push_frame(r, outer, false);
    loop = tpl_dict_new(r->h).o;
    if (several && of.type == TPL_DICT) { /* those that it has now */
        members = TPL_NEW(r->h, struct tpl_dict);
        *members = *of.o;
        members->e = TPL_NEW_N(r->h, struct tpl_entry, members->n);
        memcpy(members->e, of.o->e, members->n * sizeof(*members->e));
    }
    for (size_t i = 0; i < (of.type == TPL_LIST ? of.l->n : length); i++) {
        const struct tpl_names *names = n->names;

        tpl_work(r->h, 1);
        if (members) {
            for (const struct tpl_names *more = names; more; more = more->next)
                tpl_bind(r, f, more->name, tpl_undefined());
            tpl_bind(r, f, names->name, tpl_text_of(members->e[i].key));
            tpl_bind(r, f, names->next->name, members->e[i].v);
        } else if (several && of.type == TPL_TEXT && of.safe) {
            bind_parts(r, f, n, tpl_member(r, of, tpl_number((double)i)));
        } else if (several && of.type == TPL_LIST) {
            bind_parts(r, f, n, of.l->v[i]);
        } else if (several) {
            tpl_bind(r, f, names->name, tpl_text_of(tpl_to_text(r->h, tpl_number((double)i))));
            tpl_bind(r, f, names->next->name, tpl_member(r, of, tpl_number((double)i)));
        } else {
            tpl_bind(r, f, names->name, of.type == TPL_LIST ? of.l->v[i] : tpl_member(r, of, tpl_number((double)i)));
        }
        turn(r, f, loop, i, length);
        tpl_walk(r, n->b);
    }
    if (n->c) {
        slots_of(r, n)->frame = f;
        slots_of(r, n)->length = length;
    }
    r->frame = outer;
}

static void walk_set(struct tpl_run *r, const struct tpl_node *n)
{
    struct tpl_value v = n->a ? tpl_eval(r, n->a) : tpl_captured(r, n->b->b);

    for (const struct tpl_names *name = n->names; name; name = name->next)
        tpl_set(r, name->name, v);
}

static void walk_macro(struct tpl_run *r, const struct tpl_node *n)
{
    struct tpl_callable *f = TPL_NEW(r->h, struct tpl_callable);
    struct tpl_value v = {.type = TPL_CALLABLE, .f = f};

    f->kind = TPL_F_MACRO;
    f->name = "macro";
    f->macro = n->macro;
    tpl_bind(r, r->frame, n->macro->name, v);
    if (!r->frame->parent || r->frame->block)
        own_or_new(r, r->set, n->macro->name)->v = v;
}

/* Macros of branches that were not taken: their names are there, and undefined. Of several with one name the last one counts. */
static void declare(struct tpl_run *r, const struct tpl_names *names)
{
    for (; names; names = names->next) {
        struct tpl_variable *var = own(r->frame, names->name);
        const struct tpl_names *later = names->next;

        while (later && later->name != names->name)
            later = later->next;
        if (!later && (!var || var->v.type != TPL_CALLABLE || var->v.f->macro != names->macro))
            tpl_bind(r, r->frame, names->name, tpl_undefined());
    }
}

/* What is set in it stays in it. */
static void walk_block(struct tpl_run *r, const struct tpl_node *n)
{
    struct tpl_frame *outer = r->frame;

    r->frame = tpl_push_frame(r, outer, true);
    r->frame->block = true;
    tpl_walk(r, n->b);
    r->frame = outer;
}

static void walk_switch(struct tpl_run *r, const struct tpl_node *n)
{
    struct tpl_value v = tpl_eval(r, n->a);
    bool through = false; /* a case without a body goes on into the next one */

    for (const struct tpl_node *c = n->b; c; c = c->next) {
        if (!through && c->a && !tpl_strict_equal(v, tpl_eval(r, c->a)))
            continue;
        through = true;
        if (!c->b)
            continue;
        tpl_walk(r, c->b);
        break;
    }
    declare(r, n->names);
}

struct tpl_value tpl_eval_filtered(struct tpl_run *r, const struct tpl_node *n)
{
    struct tpl_frame *outer = r->frame;
    struct tpl_value v;

    r->frame = tpl_push_frame(r, outer, false);
    r->frame->top = outer->top;
    v = tpl_captured(r, n->b);
    r->frame = outer;
    return tpl_eval_filter(r, n->a, &v);
}

void tpl_walk(struct tpl_run *r, const struct tpl_node *n)
{
    r->depth += 2; /* the statement and its body, as Backstage's renderer counts */
    if (r->depth > TPL_DEPTH_MAX)
        tpl_fail(r->h, CALLBOARD_ELIMIT, "it is nested deeper than %d", TPL_DEPTH_MAX);
    for (; n; n = n->next) {
        struct tpl_value v;

        r->h->at = n->at;
        tpl_work(r->h, 1);
        switch (n->kind) {
        case TPL_N_DATA: tpl_write(r, n->v.s); break;
        case TPL_N_OUTPUT: walk_output(r, n); break;
        case TPL_N_IF:
            tpl_walk(r, tpl_truthy(tpl_eval(r, n->a)) ? n->b : n->c);
            declare(r, n->names);
            break;
        case TPL_N_FOR: walk_for(r, n); break;
        case TPL_N_SET: walk_set(r, n); break;
        case TPL_N_MACRO: walk_macro(r, n); break;
        case TPL_N_BLOCK: walk_block(r, n); break;
        case TPL_N_SWITCH: walk_switch(r, n); break;
        case TPL_N_CALLER: {
            struct tpl_callable *f = TPL_NEW(r->h, struct tpl_callable);

            f->kind = TPL_F_MACRO;
            f->name = "caller";
            f->macro = n->macro;
            f->closure = r->frame;
            v = (struct tpl_value){.type = TPL_CALLABLE, .f = f};
            v = tpl_eval_call(r, n->a, &v);
            if (v.type > TPL_NULL)
                tpl_write(r, tpl_to_text(r->h, v));
            break;
        }
        case TPL_N_FILTERED:
            v = tpl_eval_filtered(r, n);
            r->h->at = n->at;
            if (v.type > TPL_NULL)
                tpl_write(r, tpl_to_text(r->h, v));
            break;
        default: break;
        }
    }
    r->depth -= 2;
}

void tpl_run_start(struct tpl_run *r)
{
    r->frame = tpl_push_frame(r, NULL, false);
    r->frame->top = true;
    r->set = tpl_push_frame(r, NULL, false);
    r->depth = 0;
}
