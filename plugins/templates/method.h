/* method.h - the tables of methods: of texts, numbers, lists, regular expressions; with cookiecutter those of Python's lists and dicts. */
#ifndef TEMPLATES_METHOD_H
#define TEMPLATES_METHOD_H

#include "plugins/templates/eval.h"

struct tpl_method {
    const char *name;
    tpl_fn *fn;
    int least, most; /* arguments; MOST < 0: any number */
};

/* NULL: values like OF have none of this name. */
const struct tpl_method *tpl_method_find(const struct tpl_run *r, struct tpl_value of, const struct tpl_text *name);

/* by file: tables that end with a row of zeros */
extern const struct tpl_method tpl_text_methods[], tpl_number_methods[], tpl_list_methods[], tpl_regex_methods[], tpl_python_list_methods[],
    tpl_python_dict_methods[];

#endif
