#include "catalog/base/clock.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define DAY_S INT64_C(86400)

static int64_t (*_Atomic fake)(void);

static int64_t read_clock(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * CB_S_US + ts.tv_nsec / 1000;
}

int64_t cb_clock_now_us(void)
{
    int64_t (*fn)(void) = fake;

    return fn ? fn() : read_clock(CLOCK_REALTIME);
}

int64_t cb_clock_mono_us(void)
{
    int64_t (*fn)(void) = fake;

    return fn ? fn() : read_clock(CLOCK_MONOTONIC);
}

int64_t cb_clock_cpu_us(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

void cb_clock_fake(int64_t (*fn)(void))
{
    fake = fn;
}

/*
 * Days since 1970 of a Gregorian date. The year is made to begin in March, so that the odd day is
 * its last one; 146097 days are 400 years.
 */
static int64_t days_of(int64_t year, int month, int day)
{
    int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
    int64_t in_era = y - era * 400,
            in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static void date_of(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, in_era = z - era * 146097;
    int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * y + y / 4 - y / 100);
    int m = (int)((5 * in_year + 2) / 153);

    *day = (int)(in_year - (153 * m + 2) / 5) + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = y + era * 400 + (*month <= 2);
}

static char *put_digits(char *out, unsigned value, int n)
{
    for (int i = n - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + n;
}

static char *put_year(char *out, int64_t year)
{
    if (year >= 0 && year <= 9999)
        return put_digits(out, (unsigned)year, 4);
    *out = year < 0 ? '-' : '+';
    return put_digits(out + 1, (unsigned)((year < 0 ? -year : year) % 1000000), 6);
}

/* By hand: each line of the access log has a time. */
void cb_clock_format(char out[32], int64_t at_us)
{
    int64_t us = at_us % CB_S_US, s = at_us / CB_S_US - (us < 0), year;
    int64_t days = s / DAY_S - (s % DAY_S < 0);
    int of_day = (int)(s - days * DAY_S), ms, month, day;

    us += us < 0 ? CB_S_US : 0;
    ms = (int)(us / CB_MS_US);
    date_of(days, &year, &month, &day);
    out = put_year(out, year);
    *out++ = '-';
    out = put_digits(out, (unsigned)month, 2);
    *out++ = '-';
    out = put_digits(out, (unsigned)day, 2);
    *out++ = 'T';
    out = put_digits(out, (unsigned)of_day / 3600, 2);
    *out++ = ':';
    out = put_digits(out, (unsigned)of_day / 60 % 60, 2);
    *out++ = ':';
    out = put_digits(out, (unsigned)of_day % 60, 2);
    *out++ = '.';
    out = put_digits(out, (unsigned)ms, 3);
    memcpy(out, "Z", 2);
}

/* Take N digits off *REST. */
static bool take_digits(int *out, cb_str *rest, size_t n)
{
    int value = 0;

    if (rest->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (rest->p[i] < '0' || rest->p[i] > '9')
            return false;
        value = value * 10 + (rest->p[i] - '0');
    }
    *out = value;
    *rest = cb_str_sub(*rest, n, rest->n);
    return true;
}

static bool take_char(cb_str *rest, const char *set)
{
    if (rest->n == 0 || rest->p[0] == '\0' || !strchr(set, rest->p[0]))
        return false;
    *rest = cb_str_sub(*rest, 1, rest->n);
    return true;
}

static bool take_date(int64_t *days, cb_str *rest)
{
    static const char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day, last;

    if (!take_digits(&year, rest, 4) || !take_char(rest, "-") || !take_digits(&month, rest, 2) ||
        !take_char(rest, "-") || !take_digits(&day, rest, 2) || month < 1 || month > 12)
        return false;
    last = lengths[month - 1];
    if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
        last = 29;
    if (day < 1 || day > last)
        return false;
    *days = days_of(year, month, day);
    return true;
}

/* "10:00", "10:00:00", "10:00:00.123456"; digits behind the sixth are dropped. */
static bool take_time(int64_t *us, cb_str *rest)
{
    int hour, minute, second = 0;
    int64_t scale = CB_S_US, part = 0;

    if (!take_digits(&hour, rest, 2) || !take_char(rest, ":") || !take_digits(&minute, rest, 2) ||
        hour > 23 || minute > 59)
        return false;
    if (take_char(rest, ":")) {
        if (!take_digits(&second, rest, 2) || second > 59)
            return false;
        if (take_char(rest, ".,")) {
            int digit;

            if (!take_digits(&digit, rest, 1))
                return false;
            do {
                scale /= 10;
                part += digit * scale;
            } while (take_digits(&digit, rest, 1));
        }
    }
    *us = ((int64_t)hour * 3600 + minute * 60 + second) * CB_S_US + part;
    return true;
}

/* "Z", "+02:00", "+0200", "+02" */
static bool take_zone(int64_t *us, cb_str *rest)
{
    int hour, minute = 0, sign;

    *us = 0;
    if (take_char(rest, "Zz"))
        return true;
    sign = rest->n > 0 && rest->p[0] == '-' ? -1 : 1;
    if (!take_char(rest, "+-") || !take_digits(&hour, rest, 2))
        return false;
    if (rest->n > 0) {
        take_char(rest, ":");
        if (!take_digits(&minute, rest, 2))
            return false;
    }
    if (hour > 23 || minute > 59)
        return false;
    *us = sign * ((int64_t)hour * 3600 + minute * 60) * CB_S_US;
    return true;
}

bool cb_clock_parse(int64_t *at_us, cb_str text)
{
    int64_t days, of_day = 0, zone = 0;
    cb_str rest = text;

    if (!take_date(&days, &rest))
        return false;
    if (rest.n > 0 && (!take_char(&rest, "Tt ") || !take_time(&of_day, &rest) ||
                       !take_zone(&zone, &rest) || rest.n > 0))
        return false;
    *at_us = days * DAY_S * CB_S_US + of_day - zone;
    return true;
}

bool cb_duration_parse(int64_t *out_us, cb_str text)
{
    static const struct {
        const char *unit;
        int64_t us;
    } units[] = {{"ms", CB_MS_US},      {"s", CB_S_US},         {"m", 60 * CB_S_US},
                 {"h", 3600 * CB_S_US}, {"d", DAY_S * CB_S_US}, {"", CB_S_US}};
    int64_t count, us;
    size_t n = 0;
    cb_str unit;

    while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9')
        n++;
    unit = cb_str_sub(text, n, text.n);
    if (!cb_str_to_int(&count, cb_str_sub(text, 0, n), 0, INT64_MAX))
        return false;
    for (size_t i = 0; i < CB_COUNT(units); i++) {
        if (!cb_str_eq(unit, cb_str_cstr(units[i].unit)))
            continue;
        if (__builtin_mul_overflow(count, units[i].us, &us))
            return false;
        *out_us = us;
        return true;
    }
    return false;
}
