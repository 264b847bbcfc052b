/*
 * eval.h - one template being rendered: its scopes, what it has used up, and how functions in C are called from it.
 *
 * Scopes    as in Nunjucks: a loop has one, for all its turns; a macro sees the values given and what was set outside of all loops;
 *           the body of a call block sees what is around it, and sets only for itself
 * Failure   by tpl_fail, see heap.h
 */
#ifndef TEMPLATES_EVAL_H
#define TEMPLATES_EVAL_H

#include "plugins/templates/limit.h"
#include "plugins/templates/node.h"
#include "plugins/templates/parse.h"
#include "plugins/templates/value.h"

struct tpl_integration {
    const char *host, *type;
};

struct tpl_run;

/* What a function in C is called with. */
struct tpl_args {
    struct tpl_value self;       /* a filter's input, a method's object */
    const struct tpl_value *v;   /* arguments in order; those given by name are one more dict at the end */
    size_t n;
    struct tpl_dict *named;      /* that dict, or NULL */
};

typedef struct tpl_value tpl_fn(struct tpl_run *r, const struct tpl_args *args);

struct tpl_variable {
    const struct tpl_name *name;
    bool slot;                   /* of a loop, in its code alone: to be set also where it would be without the loop */
    struct tpl_value v;
};

struct tpl_frame {
    struct tpl_frame *parent;
    struct tpl_variable *vars;
    size_t n, cap;
    bool isolated;               /* what is set below it stays there */
    bool block;                  /* a macro defined in it is seen everywhere */
    bool top;
};

enum tpl_callable_kind { TPL_F_MACRO, TPL_F_NATIVE, TPL_F_JOINER, TPL_F_NEXT, TPL_F_RESET };

struct tpl_callable {
    enum tpl_callable_kind kind;
    const char *name;
    tpl_fn *fn;
    int least, most;             /* arguments; MOST < 0: any number */
    struct tpl_value self;
    const struct tpl_macro *macro;
    struct tpl_frame *closure;   /* of a call block's body */
    struct tpl_cycler *cycler;
    struct tpl_value separator;
    bool started;
};

struct tpl_cycler {
    struct tpl_list *items;
    size_t at;                   /* SIZE_MAX: before the first */
    struct tpl_value current;
    struct tpl_value next, reset;
};

struct tpl_run {
    struct tpl_heap *h;
    const struct tpl_program *program;
    const struct tpl_dict *values;             /* given */
    struct tpl_frame *frame;
    struct tpl_frame *set;                     /* what was set outside of all loops: what macros see */
    struct tpl_buf *out;
    size_t depth, calls, written, matched;
    const struct tpl_integration *integrations;
    size_t integration_n;
    bool status;                               /* always() and failure() exist */
    bool failed;                               /* what failure() answers */
    bool called_always, called_failure;
    uint64_t random;
    struct tpl_slots *slots;                   /* what the names of loops with an else were last */
    size_t activation, activations;            /* which call of a macro this is, of how many */
    struct tpl_kept *kept;                     /* values given that were changed, to be put back */
};

/* Before anything of the program is evaluated: its outermost scope. */
void tpl_run_start(struct tpl_run *r);
/* Takes back what was changed of the values given. */
void tpl_run_restore(struct tpl_run *r);

struct tpl_value tpl_eval(struct tpl_run *r, const struct tpl_node *n);
/* Statements, their output in a text of its own. */
struct tpl_value tpl_captured(struct tpl_run *r, const struct tpl_node *body);
/* {% filter x %}: the value, which may be any. */
struct tpl_value tpl_eval_filtered(struct tpl_run *r, const struct tpl_node *n);
void tpl_write(struct tpl_run *r, const struct tpl_text *s);
void tpl_walk(struct tpl_run *r, const struct tpl_node *body);

struct tpl_frame *tpl_push_frame(struct tpl_run *r, struct tpl_frame *parent, bool isolated);
void tpl_bind(struct tpl_run *r, struct tpl_frame *f, const struct tpl_name *name, struct tpl_value v);
void tpl_set(struct tpl_run *r, const struct tpl_name *name, struct tpl_value v);
struct tpl_value tpl_lookup(struct tpl_run *r, const struct tpl_name *name);

/* Before a list or dict is changed in place. */
void tpl_own_list(struct tpl_run *r, struct tpl_list *l);
void tpl_own_dict(struct tpl_run *r, struct tpl_dict *o);
/* Ends the render when V contains the list or dict IT, which V is to become a part of. */
void tpl_no_cycle(struct tpl_run *r, struct tpl_value v, const void *it);

/* ---- call.c */

struct tpl_value tpl_member(struct tpl_run *r, struct tpl_value of, struct tpl_value key);
/* What JavaScript's v.length is: NaN when there is none. */
double tpl_length(struct tpl_run *r, struct tpl_value v);
struct tpl_value tpl_slice(struct tpl_run *r, struct tpl_value of, const struct tpl_value parts[3], const bool given[3]);
struct tpl_value tpl_eval_call(struct tpl_run *r, const struct tpl_node *n, struct tpl_value *caller);
struct tpl_value tpl_eval_filter(struct tpl_run *r, const struct tpl_node *n, struct tpl_value *input);
bool tpl_eval_test(struct tpl_run *r, const struct tpl_node *n);
struct tpl_value tpl_native(struct tpl_run *r, const char *name, tpl_fn *fn, int least, int most, struct tpl_value self);

/* ---- arguments, for functions in C */

/* The I-th, or undefined. */
struct tpl_value tpl_arg(const struct tpl_args *args, size_t i);
double tpl_arg_number(struct tpl_run *r, const struct tpl_args *args, size_t i);

/* ---- tables */

const struct tpl_global {
    const char *name;
    tpl_fn *fn;
    int least, most;
} *tpl_global_find(const struct tpl_run *r, const struct tpl_text *name);

#endif
