#include "catalog/base/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SAFE_MAX (INT64_C(1) << 53) /* up to here every integer is a double */

static size_t put_uint(char *out, uint64_t u)
{
    char digits[20];
    size_t n = 0, k = 0;

    do
        digits[n++] = (char)('0' + u % 10);
    while ((u /= 10) != 0);
    while (n > 0)
        out[k++] = digits[--n];
    out[k] = '\0';
    return k;
}

size_t cb_number_format_int(char out[CB_NUMBER_TEXT_MAX], int64_t i)
{
    if (i > SAFE_MAX || i < -SAFE_MAX)
        return cb_number_format(out, (double)i);
    if (i >= 0)
        return put_uint(out, (uint64_t)i);
    out[0] = '-';
    return 1 + put_uint(out + 1, (uint64_t)-i);
}

/*
 * The fewest digits that read back as D, without trailing zeros; *POINT is how many of them stand
 * before the point. Any text of 15 digits survives the way through a normal double, so a search
 * from 15 on finds the shortest; a subnormal one may have fewer.
 */
static size_t shortest(char digits[20], int *point, double d)
{
    char text[40];
    size_t n = 0;
    const char *p;

    for (int precision = d < DBL_MIN ? 1 : 15; precision <= 17; precision++) {
        snprintf(text, sizeof(text), "%.*e", precision - 1, d);
        if (strtod(text, NULL) == d)
            break;
    }
    for (p = text; *p && *p != 'e'; p++)
        if (*p >= '0' && *p <= '9')
            digits[n++] = *p;
    *point = atoi(p + 1) + 1;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    return n;
}

static size_t put_zeros(char *out, int n)
{
    memset(out, '0', (size_t)n);
    return (size_t)n;
}

/* Number::toString of ECMAScript for a finite number over 0 with these digits. */
static size_t put_digits(char *out, const char *digits, size_t n, int point)
{
    size_t k = 0, whole = (size_t)(point > 0 ? point : 0);

    if (point > 21 || point < -5) {
        out[k++] = digits[0];
        if (n > 1) {
            out[k++] = '.';
            memcpy(out + k, digits + 1, n - 1);
            k += n - 1;
        }
        return k + (size_t)sprintf(out + k, "e%+d", point - 1);
    }
    if (point <= 0) {
        memcpy(out, "0.", 2);
        k = 2 + put_zeros(out + 2, -point);
        memcpy(out + k, digits, n);
        k += n;
    } else if (n <= whole) {
        memcpy(out, digits, n);
        k = n + put_zeros(out + n, (int)(whole - n));
    } else {
        memcpy(out, digits, whole);
        out[whole] = '.';
        memcpy(out + whole + 1, digits + whole, n - whole);
        k = n + 1;
    }
    out[k] = '\0';
    return k;
}

size_t cb_number_format(char out[CB_NUMBER_TEXT_MAX], double d)
{
    char digits[20];
    size_t sign = 0, n;
    int point;

    if (isnan(d))
        return (size_t)sprintf(out, "NaN");
    if (isinf(d))
        return (size_t)sprintf(out, d < 0 ? "-Infinity" : "Infinity");
    if (d == floor(d) && fabs(d) <= (double)SAFE_MAX)
        return cb_number_format_int(out, (int64_t)d);
    if (d < 0) {
        out[0] = '-';
        sign = 1;
        d = -d;
    }
    n = shortest(digits, &point, d);
    return sign + put_digits(out + sign, digits, n, point);
}
