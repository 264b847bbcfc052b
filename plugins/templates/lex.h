/*
 * lex.h - a template's bytes as tokens: text between tags, and what stands in them.
 *
 * Delimiters  ${{ }} values, {% %} tags, {# #} comments; with cookiecutter {{ }} values. "-" inside a delimiter takes the white space
 *             beside it
 * Errors      by tpl_fail_at
 */
#ifndef TEMPLATES_LEX_H
#define TEMPLATES_LEX_H

#include "plugins/templates/value.h"

enum tpl_token_type {
    TPL_T_END,    /* of the source */
    TPL_T_DATA,
    TPL_T_VALUE,  /* "${{" */
    TPL_T_TAG,    /* "{%" */
    TPL_T_CLOSE,  /* "}}" or "%}" */
    TPL_T_TEXT,
    TPL_T_NUMBER,
    TPL_T_NAME,   /* also true, false, none, null */
    TPL_T_MEMBER, /* behind a point: may begin with a digit */
    TPL_T_REGEX,
    TPL_T_SIGN    /* operators and brackets: word */
};

struct tpl_token {
    enum tpl_token_type type;
    size_t at;
    const char *word; /* of a sign: our own; else the source's bytes */
    size_t n;
    struct tpl_text *text; /* TPL_T_TEXT, TPL_T_DATA: without escapes; TPL_T_REGEX: its pattern, word its flags */
    double number;
};

struct tpl_lex {
    struct tpl_heap *h;
    const char *p;
    size_t n, at;
    bool cookiecutter, trim_blocks, lstrip_blocks;
    bool drop;          /* white space at the beginning of the next text */
    bool in_code;
    const char *close;  /* of the tag that is open */
    size_t opened;      /* where it begins */
    bool member;        /* a point came before */
};

void tpl_lex_init(struct tpl_lex *l, struct tpl_heap *h, const char *p, size_t n);
struct tpl_token tpl_lex_next(struct tpl_lex *l);
/* Behind {% raw %}: the text up to its end, which is taken in too. */
struct tpl_token tpl_lex_raw(struct tpl_lex *l, const char *name);
bool tpl_token_is(const struct tpl_token *t, const char *word); /* a sign or a name */

#endif
