#include "catalog/base/clock.h"

#include "tests/support/unit.h"

static const struct {
    int64_t at_us;
    const char *text;
} instants[] = {
    {0, "1970-01-01T00:00:00.000Z"},
    {-1, "1969-12-31T23:59:59.999Z"},
    {INT64_C(1795341600123999), "2026-11-22T10:00:00.123Z"},
    {INT64_C(951782400000000), "2000-02-29T00:00:00.000Z"},
    {INT64_C(4107542399999000), "2100-02-28T23:59:59.999Z"},
    {INT64_C(4107542400000000), "2100-03-01T00:00:00.000Z"},
    {INT64_C(253402300799999000), "9999-12-31T23:59:59.999Z"},
    {INT64_C(253402300800000000), "+010000-01-01T00:00:00.000Z"},
    {INT64_C(-62167219200000000), "0000-01-01T00:00:00.000Z"},
    {INT64_C(-62167219200000001), "-000001-12-31T23:59:59.999Z"},
};

START_TEST(instants_are_written_in_utc)
{
    char text[32];

    cb_clock_format(text, instants[_i].at_us);
    ck_assert_str_eq(text, instants[_i].text);
}
END_TEST

START_TEST(any_instant_fits_its_text)
{
    char text[32];

    cb_clock_format(text, INT64_MAX);
    ck_assert_str_eq(text, "+294247-01-10T04:00:54.775Z");
    cb_clock_format(text, INT64_MIN);
    ck_assert_str_eq(text, "-290308-12-21T19:59:05.224Z");
}
END_TEST

static const struct {
    const char *text, *utc; /* NULL: refused */
} texts[] = {
    {"2026-11-22T10:00:00.123Z", "2026-11-22T10:00:00.123Z"},
    {"2026-11-22", "2026-11-22T00:00:00.000Z"},
    {"2026-11-22T10:00Z", "2026-11-22T10:00:00.000Z"},
    {"2026-11-22 10:00:05z", "2026-11-22T10:00:05.000Z"},
    {"2026-11-22T10:00:00+02:00", "2026-11-22T08:00:00.000Z"},
    {"2026-11-22T10:00:00-0530", "2026-11-22T15:30:00.000Z"},
    {"2026-01-01T00:30:00+01", "2025-12-31T23:30:00.000Z"},
    {"2024-02-29", "2024-02-29T00:00:00.000Z"},
    {"1969-07-20T20:17:40.5Z", "1969-07-20T20:17:40.500Z"},
    {"2026-11-22T10:00:00.1234567899Z", "2026-11-22T10:00:00.123Z"},
    {"2023-02-29", NULL},
    {"2100-02-29", NULL},
    {"2026-13-01", NULL},
    {"2026-00-01", NULL},
    {"2026-04-31", NULL},
    {"2026-04-00", NULL},
    {"2026-11-22T10:00:00", NULL},
    {"2026-11-22T24:00:00Z", NULL},
    {"2026-11-22T10:60:00Z", NULL},
    {"2026-11-22T10:00:60Z", NULL},
    {"2026-11-22T10:00:00.Z", NULL},
    {"2026-11-22T10:00:00Zx", NULL},
    {"2026-11-22T10:00:00+2:00", NULL},
    {"2026-11-22T10:00:00+24:00", NULL},
    {"2026-11-22T", NULL},
    {"26-11-22", NULL},
    {"", NULL},
    {"now", NULL},
};

START_TEST(iso_8601_is_read)
{
    int64_t at_us = 42;
    char text[32];

    if (!texts[_i].utc) {
        ck_assert(!cb_clock_parse(&at_us, cb_str_cstr(texts[_i].text)));
        ck_assert_int_eq(at_us, 42);
        return;
    }
    ck_assert(cb_clock_parse(&at_us, cb_str_cstr(texts[_i].text)));
    cb_clock_format(text, at_us);
    ck_assert_str_eq(text, texts[_i].utc);
}
END_TEST

START_TEST(every_day_reads_back)
{
    for (int64_t day = -800000; day < 800000; day += 13) {
        int64_t at_us;
        char text[32];

        cb_clock_format(text, day * 86400 * CB_S_US);
        if (text[0] == '-' || text[0] == '+')
            continue;
        ck_assert(cb_clock_parse(&at_us, cb_str_cstr(text)));
        ck_assert_int_eq(at_us, day * 86400 * CB_S_US);
    }
}
END_TEST

static const struct {
    const char *text;
    int64_t us; /* -1: refused */
} durations[] = {
    {"90s", 90 * CB_S_US},
    {"90", 90 * CB_S_US},
    {"0", 0},
    {"5m", 300 * CB_S_US},
    {"1h", 3600 * CB_S_US},
    {"250ms", 250 * CB_MS_US},
    {"2d", 172800 * CB_S_US},
    {"106751991d", INT64_C(106751991) * 86400 * CB_S_US},
    {"106751992d", -1},
    {"", -1},
    {"s", -1},
    {"-1s", -1},
    {"+1s", -1},
    {"1 s", -1},
    {"1.5h", -1},
    {"1w", -1},
    {"1S", -1},
    {"99999999999999999999s", -1},
};

START_TEST(durations_are_read)
{
    int64_t us = -1;

    ck_assert_int_eq(cb_duration_parse(&us, cb_str_cstr(durations[_i].text)),
                     durations[_i].us >= 0);
    ck_assert_int_eq(us, durations[_i].us);
}
END_TEST

static int64_t fixed(void)
{
    return 42;
}

START_TEST(tests_may_set_the_clock)
{
    int64_t mono;

    cb_clock_fake(fixed);
    ck_assert_int_eq(cb_clock_now_us(), 42);
    ck_assert_int_eq(cb_clock_mono_us(), 42);
    cb_clock_fake(NULL);
    ck_assert_int_gt(cb_clock_now_us(), INT64_C(1700000000) * CB_S_US);
    mono = cb_clock_mono_us();
    ck_assert_int_ge(cb_clock_mono_us(), mono);
    ck_assert_int_ge(cb_clock_cpu_us(), 0);
}
END_TEST

CB_SUITE(clock)
{
    CB_LOOP_TEST(suite, instants_are_written_in_utc, CB_COUNT(instants));
    CB_TEST(suite, any_instant_fits_its_text);
    CB_LOOP_TEST(suite, iso_8601_is_read, CB_COUNT(texts));
    CB_TEST(suite, every_day_reads_back);
    CB_LOOP_TEST(suite, durations_are_read, CB_COUNT(durations));
    CB_TEST(suite, tests_may_set_the_clock);
}
