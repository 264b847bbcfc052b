/* test.h - the table of tests: what may stand behind "is". */
#ifndef TEMPLATES_TEST_H
#define TEMPLATES_TEST_H

#include "plugins/templates/eval.h"

struct tpl_test {
    const char *name;
    bool (*is)(struct tpl_run *r, struct tpl_value v, struct tpl_value other);
    int arg_n;
};

/* NULL: there is none. */
const struct tpl_test *tpl_test_find(const struct tpl_text *name);

#endif
