/*
 * problem.h - something that is wrong, where, and what to do about it.
 *
 * A mistake in a file never stops its neighbours: it becomes one of these, kept with its source until
 * the file is read again without it.
 */
#ifndef CB_ENTITY_PROBLEM_H
#define CB_ENTITY_PROBLEM_H

#include "catalog/base/arena.h"
#include "catalog/entity/origin.h"

enum cb_severity { CB_PROBLEM_INFO, CB_PROBLEM_WARNING, CB_PROBLEM_ERROR };

struct cb_problem {
    const char *rule;  /* stable slug of a table: "yaml-syntax", "field-format", "kind-unknown", "ref-form", "rules-kind" ... */
    enum cb_severity severity;
    struct cb_origin at;
    cb_str field;      /* JSON pointer or dotted path of the field: "metadata.tags.0"; may be empty */
    cb_str message;    /* what is wrong, with the value */
    cb_str remedy;     /* what would be right */
    cb_str entity;     /* lower-case ref it is about, when that can be told; may be empty */
    cb_str backstage;  /* the words Backstage has for it: "InputError: Policy check failed for ..."; may be empty */
};

#define CB_PROBLEM_MESSAGE_MAX 2000 /* bytes of message and of remedy; longer ones are cut at a character */

/* A list that grows in an arena: problems are few, and live as long as what they are about. */
struct cb_problems {
    struct cb_arena *arena;
    struct cb_problem *v;
    size_t n, cap;
    size_t left_out; /* those that came when CB_PROBLEM_N_MAX were there */
};

#define CB_PROBLEM_N_MAX 1000 /* problems of one list */

/* Append a copy of P, its texts cut to their limits, or count it as left out. */
void cb_problem_add(struct cb_problems *list, const struct cb_problem *p);
/* All that were added, left out or not. */
size_t cb_problem_count(const struct cb_problems *list);
/* TEXT, cut before the character that crosses MAX bytes. */
cb_str cb_problem_cut(cb_str text, size_t max);
const char *cb_severity_name(enum cb_severity s); /* "info" "warning" "error" */

#endif
