/*
 * regex.h - JavaScript's regular expressions by PCRE2.
 *
 * Units     pattern and subject are split (text.h): what matches is UTF-16 units, as without JavaScript's flag u
 * Flags     g i m y
 * Limits    TPL_PATTERN_MAX units; TPL_MATCH_MAX steps back and TPL_MATCH_KB a search, TPL_MATCH_MS a render
 */
#ifndef TEMPLATES_REGEX_H
#define TEMPLATES_REGEX_H

#include "plugins/templates/value.h"

#define TPL_GROUP_MAX 100 /* groups that a replacement can name */

struct tpl_run;

struct tpl_regex {
    struct tpl_text *source;
    const char *flags;
    size_t flag_n;
    bool global, sticky;
    void *code, *match;
    size_t group_n;
    size_t last; /* lastIndex, in units */
};

/* A pattern that is none ends the render, at heap->at. */
struct tpl_regex *tpl_regex_new(struct tpl_heap *h, struct tpl_text *pattern, const char *flags, size_t flag_n);
struct tpl_text *tpl_regex_text(struct tpl_heap *h, const struct tpl_regex *x); /* "/a/g" */

/* The first match of X in SUBJECT (split) from byte FROM on. PAIRS: begin and end in bytes of each group, SIZE_MAX: took no part. Returns groups + 1; 0: none. */
size_t tpl_regex_match(struct tpl_run *r, const struct tpl_regex *x, const struct tpl_text *subject, size_t from, size_t *pairs, size_t pair_max);
/* text.replace(regex, text) and text.split(regex, limit). */
struct tpl_text *tpl_regex_replace(struct tpl_run *r, struct tpl_regex *x, struct tpl_text *s, struct tpl_text *by);
struct tpl_value tpl_regex_split(struct tpl_run *r, struct tpl_regex *x, struct tpl_text *s, size_t limit);
bool tpl_regex_test(struct tpl_run *r, struct tpl_regex *x, struct tpl_text *s);
/* PATTERN, JavaScript's, as PCRE2 has it; NULL: it is none (regex_syntax.c). */
struct tpl_text *tpl_regex_translate(struct tpl_heap *h, const struct tpl_text *pattern, bool lines);
/* A replacement's $&, $1, $$, $`, $' for one match. */
void tpl_expand(struct tpl_buf *out, const struct tpl_text *by, const struct tpl_text *subject, const size_t *pairs, size_t pair_n);

#endif
