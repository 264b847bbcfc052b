#include "catalog/base/log.h"

#include <unistd.h>

#include "catalog/base/clock.h"
#include "tests/support/unit.h"

static int ends[2];

static int64_t fixed(void)
{
    return INT64_C(1795341600123456); /* 2026-11-22T10:00:00.123456Z */
}

static void begin(void)
{
    ck_assert_int_eq(pipe(ends), 0);
    cb_log_set_fd(ends[1]);
    cb_clock_fake(fixed);
}

static void end(void)
{
    cb_log_set_fd(2);
    cb_log_set_level(CB_LOG_INFO);
    cb_clock_fake(NULL);
    close(ends[0]);
    close(ends[1]);
}

/* All that was logged up to now. */
static const char *logged(void)
{
    static char text[3 * CB_LOG_LINE_MAX];
    ssize_t n;

    ck_assert_int_eq(write(ends[1], "$", 1), 1);
    n = read(ends[0], text, sizeof(text) - 1);
    ck_assert_int_gt(n, 0);
    text[n - 1] = '\0';
    return text;
}

START_TEST(an_event_is_a_line)
{
    cb_log(CB_LOG_INFO, "pass.done", "source=%s entities=%d", "acme", 412);
    cb_log(CB_LOG_ERROR, "stop", "%s", "");
    ck_assert_str_eq(logged(), "2026-11-22T10:00:00.123Z info pass.done source=acme entities=412\n"
                               "2026-11-22T10:00:00.123Z error stop\n");
}
END_TEST

START_TEST(what_is_below_the_level_is_not_written)
{
    enum cb_log_level level;

    cb_log(CB_LOG_DEBUG, "quiet", "x=1");
    ck_assert(cb_log_level_parse(&level, CB_LIT("error")));
    cb_log_set_level(level);
    cb_log(CB_LOG_WARN, "quiet", "x=1");
    ck_assert_str_eq(logged(), "");
    ck_assert(!cb_log_level_parse(&level, CB_LIT("loud")));
}
END_TEST

START_TEST(an_event_stays_one_line_whatever_its_facts_hold)
{
    cb_log(CB_LOG_INFO, "x", "a=%s", "1\n2026 forged\r\x1b[31m");
    ck_assert_str_eq(logged(), "2026-11-22T10:00:00.123Z info x a=1 2026 forged  [31m\n");
}
END_TEST

START_TEST(a_long_line_is_cut_and_says_so)
{
    static char long_text[CB_LOG_LINE_MAX + 50];
    const char *text;

    memset(long_text, 'x', sizeof(long_text) - 1);
    cb_log(CB_LOG_INFO, "e", "%s", long_text);
    text = logged();
    ck_assert_uint_eq(strlen(text), CB_LOG_LINE_MAX);
    ck_assert_str_eq(text + CB_LOG_LINE_MAX - 5, "x...\n");
    /* The longest that fits: the head is 32 bytes, the line feed one. */
    cb_log(CB_LOG_INFO, "e", "%.*s", CB_LOG_LINE_MAX - 33, long_text);
    text = logged();
    ck_assert_uint_eq(strlen(text), CB_LOG_LINE_MAX);
    ck_assert_str_eq(text + CB_LOG_LINE_MAX - 5, "xxxx\n");
}
END_TEST

static const struct {
    const char *text, *quoted;
} quotes[] = {
    {"plain", "plain"},
    {"", "\"\""},
    {"two words", "\"two words\""},
    {"a\"b\\c", "\"a\\\"b\\\\c\""},
    {"a\nb\x01", "\"a\\nb\\x01\""},
    {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
    {"\xff", "\"\\xff\""},
    {"1234567890123456", "1234567890123456"},
    {"12345678901234567", "\"1234567890123456...\""},
};

START_TEST(values_are_quoted_only_when_they_must_be)
{
    struct cb_arena *a = cb_arena_new();

    ck_assert_str_eq(cb_log_quote(a, cb_str_cstr(quotes[_i].text), 16), quotes[_i].quoted);
    cb_arena_free(a);
}
END_TEST

static void add(Suite *suite, const TTest *test, size_t n)
{
    TCase *one = tcase_create(test->name);

    tcase_add_checked_fixture(one, begin, end);
    tcase_add_loop_test(one, test, 0, (int)n);
    suite_add_tcase(suite, one);
}

CB_SUITE(log)
{
    add(suite, an_event_is_a_line, 1);
    add(suite, what_is_below_the_level_is_not_written, 1);
    add(suite, an_event_stays_one_line_whatever_its_facts_hold, 1);
    add(suite, a_long_line_is_cut_and_says_so, 1);
    CB_LOOP_TEST(suite, values_are_quoted_only_when_they_must_be, CB_COUNT(quotes));
}
