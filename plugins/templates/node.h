/*
 * node.h - the tree of one template. Built by parse.c, walked by eval.c; immutable in between.
 *
 * Grouping  of operators is that of the JavaScript which Nunjucks would have written, and not always that of its own grammar:
 *           "not a == b" is (not a) == b, "1 ~ 2 + 3" is "123"
 * Lifetime  of the heap it was parsed into; it borrows from the source
 */
#ifndef TEMPLATES_NODE_H
#define TEMPLATES_NODE_H

#include "plugins/templates/value.h"

enum tpl_kind {
    /* statements */
    TPL_N_DATA,     /* v */
    TPL_N_OUTPUT,   /* a */
    TPL_N_IF,       /* a: condition, b: body, c: otherwise; names: macros defined in it, of the first of a chain */
    TPL_N_FOR,      /* names; a: of what, b: body, c: otherwise */
    TPL_N_SET,      /* names; a: value, or b: body */
    TPL_N_MACRO,    /* macro */
    TPL_N_CALLER,   /* a: the call; macro: its body */
    TPL_N_FILTERED, /* a: the filter, whose input is the body b */
    TPL_N_BLOCK,    /* b: body */
    TPL_N_SWITCH,   /* a: value, b: cases; names: macros defined in it */
    TPL_N_CASE,     /* a: value or NULL (default), b: body */
    /* expressions */
    TPL_N_CONST,    /* v */
    TPL_N_NAME,     /* name */
    TPL_N_MEMBER,   /* a, b: key */
    TPL_N_SLICE,    /* a, b: the three of them, TPL_N_NOTHING where left out */
    TPL_N_CALL,     /* a, b: arguments; the last may be TPL_N_KEYWORDS */
    TPL_N_FILTER,   /* b: input and arguments; name, filter */
    TPL_N_IS,       /* a, b: arguments; name, test */
    TPL_N_LIST,     /* b */
    TPL_N_DICT,     /* b: TPL_N_PAIR */
    TPL_N_KEYWORDS, /* b: TPL_N_PAIR */
    TPL_N_PAIR,     /* a: key, b: value */
    TPL_N_ELEMENT,  /* b: an expression, in a row of several */
    TPL_N_GROUP,    /* b: all are evaluated, the last is it */
    TPL_N_COND,     /* a, b, c or NULL */
    TPL_N_REGEX,    /* v: source, name: flags */
    TPL_N_NOTHING,
    TPL_N_NOT,
    TPL_N_MINUS,
    TPL_N_PLUS,
    TPL_N_FLOOR,
    TPL_N_IN,
    TPL_N_POWER,
    /* those that JavaScript groups; a, b */
    TPL_N_OR,
    TPL_N_AND,
    TPL_N_EQ,
    TPL_N_NE,
    TPL_N_SAME,
    TPL_N_OTHER,
    TPL_N_LT,
    TPL_N_GT,
    TPL_N_LE,
    TPL_N_GE,
    TPL_N_ADD,
    TPL_N_SUB,
    TPL_N_MUL,
    TPL_N_DIV,
    TPL_N_MOD
};

/* A name of the template: the same pointer wherever it stands in it. */
struct tpl_name {
    struct tpl_text text;
    struct tpl_name *next;
    uint32_t hash;
};

struct tpl_macro;

struct tpl_names {
    struct tpl_name *name;
    struct tpl_names *next;
    const struct tpl_macro *macro; /* of a list of macros */
};

struct tpl_node;

struct tpl_macro {
    struct tpl_name *name; /* NULL: the body of a call block */
    struct tpl_names *args;
    size_t arg_n;
    struct tpl_node *keywords; /* TPL_N_PAIR: arguments with a default, key TPL_N_NAME */
    size_t keyword_n;
    struct tpl_node *body;
};

struct tpl_filter;
struct tpl_test;

struct tpl_node {
    enum tpl_kind kind;
    size_t at;
    struct tpl_node *a, *b, *c, *next;
    union {
        struct tpl_value v;
        struct {
            struct tpl_name *name;
            union {
                const struct tpl_filter *filter;
                const struct tpl_test *test;
            };
        };
        struct tpl_names *names;
        struct tpl_macro *macro;
    };
};

#endif
