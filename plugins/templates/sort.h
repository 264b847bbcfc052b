/* sort.h - a stable sort whose comparison may fail, and may be no order at all: V8's Array.prototype.sort gives the same for any comparison. */
#ifndef TEMPLATES_SORT_H
#define TEMPLATES_SORT_H

#include "plugins/templates/eval.h"

typedef int tpl_order(const struct tpl_value *a, const struct tpl_value *b, void *ctx);

/* What is undefined goes to the end and is never compared: returns how many are left to be sorted. */
size_t tpl_sort_undefined(struct tpl_value *v, size_t n);
void tpl_sort(struct tpl_run *r, struct tpl_value *v, size_t n, tpl_order *order, void *ctx);

#endif
