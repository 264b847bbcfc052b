/*
 * parse.h - a template's text to its tree; the grammar is Nunjucks' for one template: nothing that loads another.
 *
 * Errors    the whole template is read before any of it runs; by tpl_fail_at
 */
#ifndef TEMPLATES_PARSE_H
#define TEMPLATES_PARSE_H

#include "plugins/templates/lex.h"
#include "plugins/templates/node.h"

struct tpl_program {
    struct tpl_node *body;
    size_t node_n;
    bool cookiecutter;
    struct tpl_name *loop, *caller; /* names that the evaluator sets */
    struct tpl_name *names[256];
};

struct tpl_syntax {
    bool cookiecutter, trim_blocks, lstrip_blocks;
};

/* SOURCE must outlive the program. */
struct tpl_program *tpl_parse(struct tpl_heap *h, const char *source, size_t n, const struct tpl_syntax *syntax);

/* ---- between parse.c and parse_expression.c */

/* An operand, or an operator between two. */
struct tpl_item {
    struct tpl_node *node;   /* operand */
    enum tpl_kind sign;      /* operator, or TPL_N_NOT, TPL_N_MINUS, TPL_N_PLUS in front of an operand */
    size_t at;
};

struct tpl_parser {
    struct tpl_lex lex;
    struct tpl_heap *h;
    struct tpl_program *program;
    struct tpl_token token;     /* the one to be looked at */
    struct tpl_item *items;     /* the expression so far, as it would be written in JavaScript */
    size_t item_n, item_cap;
    size_t depth;
    const char *captured;       /* the tag whose body is being read, of those that take its text */
    struct tpl_names *macros;   /* defined so far in the loop, macro or block that is being read */
    struct tpl_names *blocks;   /* their names so far */
};

struct tpl_node *tpl_new_node(struct tpl_parser *p, enum tpl_kind kind, size_t at);
struct tpl_name *tpl_intern(struct tpl_parser *p, const char *text, size_t n);
void tpl_advance(struct tpl_parser *p);
bool tpl_at(const struct tpl_parser *p, const char *word);
bool tpl_skip(struct tpl_parser *p, const char *word);
_Noreturn void tpl_unexpected(struct tpl_parser *p, const char *wanted);
void tpl_enter(struct tpl_parser *p, size_t at);
void tpl_leave(struct tpl_parser *p);
struct tpl_name *tpl_parse_name(struct tpl_parser *p, const char *what);

struct tpl_node *tpl_parse_expression(struct tpl_parser *p);
/* "upper", "replace(a, b)": a filter without its input. */
struct tpl_node *tpl_parse_filter(struct tpl_parser *p);
/* "(a, b, c=1)": the arguments, with the named ones last; the opening bracket is at hand. */
struct tpl_node *tpl_parse_arguments(struct tpl_parser *p);
/* An operand with what follows it: members, calls. */
struct tpl_node *tpl_parse_operand(struct tpl_parser *p);

#endif
