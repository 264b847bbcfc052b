/*
 * filter.h - the table of filters. A new one is a row.
 *
 * Names     of arguments, where Nunjucks' own can be given by name; else what is given by name arrives as one more dict, as there
 */
#ifndef TEMPLATES_FILTER_H
#define TEMPLATES_FILTER_H

#include "plugins/templates/eval.h"

struct tpl_filter {
    const char *name;
    tpl_fn *fn;
    const char *const *names; /* of the arguments, the input first; NULL */
    bool own;                 /* of the scaffolder: counted as a call, arguments checked */
};

/* NULL: there is none. */
const struct tpl_filter *tpl_filter_find(const struct tpl_text *name);

/* ---- the rows, by file */

/* filter_text.c */
tpl_fn tpl_f_capitalize, tpl_f_center, tpl_f_escape, tpl_f_forceescape, tpl_f_indent, tpl_f_lower, tpl_f_nl2br, tpl_f_replace, tpl_f_safe, tpl_f_string,
    tpl_f_title, tpl_f_trim, tpl_f_truncate, tpl_f_upper, tpl_f_wordcount;
/* filter_web.c */
tpl_fn tpl_f_striptags, tpl_f_urlencode, tpl_f_urlize;
/* filter_list.c */
tpl_fn tpl_f_batch, tpl_f_dictsort, tpl_f_first, tpl_f_groupby, tpl_f_join, tpl_f_last, tpl_f_length, tpl_f_list, tpl_f_random, tpl_f_reject, tpl_f_rejectattr,
    tpl_f_reverse, tpl_f_select, tpl_f_selectattr, tpl_f_slice, tpl_f_sort, tpl_f_sum;
/* filter_value.c */
tpl_fn tpl_f_abs, tpl_f_default, tpl_f_dump, tpl_f_float, tpl_f_int, tpl_f_round;
/* filter_own.c */
tpl_fn tpl_f_parse_repo_url, tpl_f_project_slug, tpl_f_parse_entity_ref, tpl_f_pick;

/* JSON, what GET extensions answers (plugins/templates/extensions.c). */
extern const char tpl_extensions[];

#endif
