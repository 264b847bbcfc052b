/* number.h - numbers as JavaScript writes and reads them. */
#ifndef TEMPLATES_NUMBER_H
#define TEMPLATES_NUMBER_H

#include "plugins/templates/value.h"

#define TPL_NUMBER_MAX 40 /* bytes of what tpl_number_text writes */

/* The shortest text that reads back as D: "0.1", "1e+21", "NaN". Returns its length. */
size_t tpl_number_text(char out[TPL_NUMBER_MAX], double d);
/* Number(text): white space around it is no matter, "" is 0, "0x1f", "0b1", "0o7"; NaN when it is none. */
double tpl_number_of_text(const struct tpl_text *s);
double tpl_parse_float(const struct tpl_text *s);
double tpl_parse_int(const struct tpl_text *s, double base);
/* ToIntegerOrInfinity. */
double tpl_integer(double d);
/* toFixed, toExponential, toPrecision with DIGITS; -1 of toExponential: as many as needed. */
struct tpl_text *tpl_fixed(struct tpl_heap *h, double d, int digits);
struct tpl_text *tpl_exponential(struct tpl_heap *h, double d, int digits);
struct tpl_text *tpl_precision(struct tpl_heap *h, double d, int digits);
/* toString(base), 2 to 36. */
struct tpl_text *tpl_in_base(struct tpl_heap *h, double d, int base);

#endif
