/* Shortest round trip, and the rounding of exact digits: ECMA-262, Number::toString, toFixed, toExponential, toPrecision. */
#include "plugins/templates/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/templates/text.h"

#define EXACT 1100 /* digits that hold any double exactly */

/* D > 0 as decimal digits without zeros at the end, and the power of ten of the first one. Returns how many. */
static int shortest(char digits[32], int *exponent, double d)
{
    char text[40];
    int n = 0;

    for (int precision = d < 2.3e-308 ? 0 : 14; precision <= 16; precision++) {
        snprintf(text, sizeof(text), "%.*e", precision, d);
        if (strtod(text, NULL) == d)
            break;
    }
    *exponent = atoi(strchr(text, 'e') + 1);
    for (const char *p = text; *p != 'e'; p++)
        if (*p != '.')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    return n;
}

static size_t put_exponent(char *out, int e)
{
    return (size_t)sprintf(out, "e%c%d", e < 0 ? '-' : '+', e < 0 ? -e : e);
}

size_t tpl_number_text(char out[TPL_NUMBER_MAX], double d)
{
    char digits[32];
    int e, n;
    size_t m = 0;

    if (isnan(d))
        return (size_t)sprintf(out, "NaN");
    if (isinf(d))
        return (size_t)sprintf(out, d < 0 ? "-Infinity" : "Infinity");
    if (d == 0)
        return (size_t)sprintf(out, "0");
    if (d == floor(d) && fabs(d) < 9007199254740992.0)
        return (size_t)sprintf(out, "%lld", (long long)d);
    if (d < 0)
        out[m++] = '-';
    n = shortest(digits, &e, fabs(d));
    if (e >= 21 || e < -6) {
        out[m++] = digits[0];
        if (n > 1) {
            out[m++] = '.';
            memcpy(out + m, digits + 1, (size_t)n - 1);
            m += (size_t)n - 1;
        }
        return m + put_exponent(out + m, e);
    }
    if (e < 0) {
        out[m++] = '0';
        out[m++] = '.';
        for (int i = -1; i > e; i--)
            out[m++] = '0';
        memcpy(out + m, digits, (size_t)n);
        return m + (size_t)n;
    }
    for (int i = 0; i <= e; i++)
        out[m++] = i < n ? digits[i] : '0';
    if (n > e + 1) {
        out[m++] = '.';
        memcpy(out + m, digits + e + 1, (size_t)(n - e - 1));
        m += (size_t)(n - e - 1);
    }
    return m;
}

/* ---- reading */

/* The longest beginning of P that is a decimal number, as strtod would have it but without "inf", "nan" and "0x". */
static size_t decimal(const char *p, size_t n)
{
    size_t i = 0, digits = 0;

    if (i < n && (p[i] == '+' || p[i] == '-'))
        i++;
    while (i < n && p[i] >= '0' && p[i] <= '9')
        i++, digits++;
    if (i < n && p[i] == '.') {
        size_t dot = i++;

        while (i < n && p[i] >= '0' && p[i] <= '9')
            i++, digits++;
        if (digits == 0)
            i = dot;
    }
    if (digits == 0)
        return 0;
    if (i < n && (p[i] == 'e' || p[i] == 'E')) {
        size_t k = i + 1;

        if (k < n && (p[k] == '+' || p[k] == '-'))
            k++;
        if (k < n && p[k] >= '0' && p[k] <= '9') {
            while (k < n && p[k] >= '0' && p[k] <= '9')
                k++;
            i = k;
        }
    }
    return i;
}

static double read_decimal(const char *p, size_t n)
{
    char small[128], *copy = n < sizeof(small) ? small : malloc(n + 1);
    double d;

    if (!copy)
        abort();
    memcpy(copy, p, n);
    copy[n] = '\0';
    d = strtod(copy, NULL);
    if (copy != small)
        free(copy);
    return d;
}

static void trim(const char **p, size_t *n, bool end)
{
    size_t m;

    while (*n && tpl_is_space(tpl_decode(*p, *p + *n, &m))) {
        *p += m;
        *n -= m;
    }
    while (end && *n) {
        const char *back = *p + *n - 1;

        while (back > *p && ((unsigned char)*back & 0xc0) == 0x80)
            back--;
        if (!tpl_is_space(tpl_decode(back, *p + *n, &m)))
            break;
        *n = (size_t)(back - *p);
    }
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : 99;
}

static size_t infinity(const char *p, size_t n)
{
    size_t sign = n && (*p == '+' || *p == '-');

    return n >= sign + 8 && memcmp(p + sign, "Infinity", 8) == 0 ? sign + 8 : 0;
}

double tpl_number_of_text(const struct tpl_text *s)
{
    const char *p = s->p;
    size_t n = s->n, m;

    trim(&p, &n, true);
    if (n == 0)
        return 0;
    if (n > 2 && p[0] == '0' && strchr("xXoObB", p[1])) {
        int base = p[1] == 'x' || p[1] == 'X' ? 16 : p[1] == 'o' || p[1] == 'O' ? 8 : 2;
        double d = 0;

        for (size_t i = 2; i < n; i++) {
            if (digit(p[i]) >= base)
                return NAN;
            d = d * base + digit(p[i]);
        }
        return d;
    }
    if ((m = infinity(p, n)) && m == n)
        return *p == '-' ? -INFINITY : INFINITY;
    m = decimal(p, n);
    return m == n ? read_decimal(p, n) : NAN;
}

double tpl_parse_float(const struct tpl_text *s)
{
    const char *p = s->p;
    size_t n = s->n, m;

    trim(&p, &n, false);
    if (infinity(p, n))
        return *p == '-' ? -INFINITY : INFINITY;
    m = decimal(p, n);
    return m ? read_decimal(p, m) : NAN;
}

double tpl_parse_int(const struct tpl_text *s, double base)
{
    const char *p = s->p;
    size_t n = s->n, from;
    bool minus = false;
    int32_t radix = isnan(base) || isinf(base) ? 0 : (int32_t)(uint32_t)(int64_t)fmod(trunc(base), 4294967296.0);
    double d = 0;

    trim(&p, &n, false);
    if (n && (*p == '+' || *p == '-')) {
        minus = *p == '-';
        p++;
        n--;
    }
    if (radix != 0 && (radix < 2 || radix > 36))
        return NAN;
    if ((radix == 0 || radix == 16) && n >= 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
        p += 2;
        n -= 2;
        radix = 16;
    }
    if (radix == 0)
        radix = 10;
    for (from = 0; from < n && digit(p[from]) < radix; from++)
        ;
    if (from == 0)
        return NAN;
    if (radix == 10)
        d = read_decimal(p, from);
    else
        for (size_t i = 0; i < from; i++)
            d = d * radix + digit(p[i]);
    return minus ? -d : d;
}

double tpl_integer(double d)
{
    return isnan(d) ? 0 : trunc(d);
}

/* ---- a given number of digits */

/*
 * The first N digits of D > 0, rounded half up as JavaScript does, and the power of ten of the first. N counts from the
 * first digit, or, when FIXED, behind the point. Returns how many there are: 0 of a number that rounds to nothing.
 */
static int rounded(char *digits, int *exponent, double d, int n, bool fixed)
{
    char *exact = malloc(EXACT + 16);
    int have = 0, want, e;

    if (!exact)
        abort();
    snprintf(exact, EXACT + 16, "%.*e", EXACT - 1, d);
    e = atoi(strchr(exact, 'e') + 1);
    for (const char *p = exact; *p != 'e'; p++)
        if (*p != '.')
            exact[have++] = *p;
    want = fixed ? e + 1 + n : n;
    if (want < 0) {
        free(exact);
        *exponent = e;
        return 0;
    }
    memcpy(digits, exact, (size_t)(want < have ? want : have));
    for (int i = have; i < want; i++)
        digits[i] = '0';
    if (want < have && exact[want] >= '5') {
        int i = want - 1;

        while (i >= 0 && digits[i] == '9')
            digits[i--] = '0';
        if (i >= 0) {
            digits[i]++;
        } else {
            memmove(digits + 1, digits, (size_t)want);
            digits[0] = '1';
            e++;
            if (fixed)
                want++;
        }
    }
    free(exact);
    *exponent = e;
    return want;
}

static struct tpl_text *plain(struct tpl_heap *h, double d)
{
    char out[TPL_NUMBER_MAX];

    return tpl_text(h, out, tpl_number_text(out, d)).s;
}

struct tpl_text *tpl_fixed(struct tpl_heap *h, double d, int n)
{
    char digits[EXACT + 512];
    int have, e;
    struct tpl_buf b;

    if (isnan(d) || fabs(d) >= 1e21)
        return plain(h, d);
    tpl_buf_init(&b, h);
    have = d == 0 ? 0 : rounded(digits, &e, fabs(d), n, true);
    if (d < 0)
        tpl_buf_char(&b, '-');
    for (int i = have - n; i < have; i++) /* digits behind the point are the last N */
        if (i == have - n) {
            if (have > n)
                tpl_buf_add(&b, digits, (size_t)(have - n));
            else
                tpl_buf_char(&b, '0');
            tpl_buf_char(&b, '.');
            tpl_buf_char(&b, i < 0 ? '0' : digits[i]);
        } else {
            tpl_buf_char(&b, i < 0 ? '0' : digits[i]);
        }
    if (n == 0) {
        if (have > 0)
            tpl_buf_add(&b, digits, (size_t)have);
        else
            tpl_buf_char(&b, '0');
    }
    return tpl_buf_done(&b);
}

struct tpl_text *tpl_exponential(struct tpl_heap *h, double d, int n)
{
    char digits[EXACT + 512], tail[16];
    int have, e = 0;
    struct tpl_buf b;

    if (isnan(d) || isinf(d))
        return plain(h, d);
    tpl_buf_init(&b, h);
    if (d < 0)
        tpl_buf_char(&b, '-');
    if (d == 0) {
        have = n < 0 ? 1 : n + 1;
        memset(digits, '0', (size_t)have);
    } else {
        have = n < 0 ? shortest(digits, &e, fabs(d)) : rounded(digits, &e, fabs(d), n + 1, false);
    }
    tpl_buf_char(&b, digits[0]);
    if (have > 1) {
        tpl_buf_char(&b, '.');
        tpl_buf_add(&b, digits + 1, (size_t)have - 1);
    }
    tpl_buf_add(&b, tail, put_exponent(tail, e));
    return tpl_buf_done(&b);
}

struct tpl_text *tpl_precision(struct tpl_heap *h, double d, int n)
{
    char digits[EXACT + 512];
    int e = 0;
    struct tpl_buf b;

    if (isnan(d) || isinf(d))
        return plain(h, d);
    if (d == 0)
        memset(digits, '0', (size_t)n);
    else
        rounded(digits, &e, fabs(d), n, false);
    if (e < -6 || e >= n)
        return tpl_exponential(h, d, n - 1);
    tpl_buf_init(&b, h);
    if (d < 0)
        tpl_buf_char(&b, '-');
    if (e < 0) {
        tpl_buf_add(&b, "0.", 2);
        for (int i = -1; i > e; i--)
            tpl_buf_char(&b, '0');
        tpl_buf_add(&b, digits, (size_t)n);
        return tpl_buf_done(&b);
    }
    tpl_buf_add(&b, digits, (size_t)e + 1);
    if (n > e + 1) {
        tpl_buf_char(&b, '.');
        tpl_buf_add(&b, digits + e + 1, (size_t)(n - e - 1));
    }
    return tpl_buf_done(&b);
}

struct tpl_text *tpl_in_base(struct tpl_heap *h, double d, int base)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    char out[2200];
    int point = 1100, from = point, to = point;
    double whole, part, delta;

    if (base == 10 || isnan(d) || isinf(d) || d == 0)
        return plain(h, d);
    whole = floor(fabs(d));
    part = fabs(d) - whole;
    delta = 0.5 * (nextafter(fabs(d), INFINITY) - fabs(d));
    if (delta < 5e-324)
        delta = 5e-324;
    if (part >= delta) {
        out[to++] = '.';
        do {
            int digit_is;

            part *= base;
            delta *= base;
            digit_is = (int)part;
            out[to++] = letters[digit_is];
            part -= digit_is;
            if (part > 0.5 || (part == 0.5 && (digit_is & 1)))
                if (part + delta > 1) {
                    for (;;) { /* round up, and carry */
                        int at;

                        to--;
                        if (to == point) {
                            whole += 1;
                            break;
                        }
                        at = digit(out[to]);
                        if (at + 1 < base) {
                            out[to++] = letters[at + 1];
                            break;
                        }
                    }
                    break;
                }
        } while (part >= delta);
    }
    while (whole >= 36028797018963968.0) { /* digits past what a double holds are zeros */
        whole /= base;
        out[--from] = '0';
    }
    do {
        double rest = fmod(whole, base);

        out[--from] = letters[(int)rest];
        whole = (whole - rest) / base;
    } while (whole > 0 && from > 1);
    if (d < 0)
        out[--from] = '-';
    return tpl_text(h, out + from, (size_t)(to - from)).s;
}
