/*
 * number.h - a number as JavaScript's String(number) gives it: the shortest text that reads back.
 *
 *   1.5   1e+21   1e-7   0.000001   123456789012345680000   0 (for -0)   NaN   -Infinity
 *
 * Threads   pure; call from anywhere
 */
#ifndef CB_BASE_NUMBER_H
#define CB_BASE_NUMBER_H

#include "catalog/base/str.h"

#define CB_NUMBER_TEXT_MAX 32 /* bytes, NUL included */

/* Both give the length of the text, which ends in a NUL. */
size_t cb_number_format(char out[CB_NUMBER_TEXT_MAX], double d);
/* An integer beyond 2^53 in size becomes the nearest double first, as in JavaScript. */
size_t cb_number_format_int(char out[CB_NUMBER_TEXT_MAX], int64_t i);

#endif
