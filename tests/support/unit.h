/*
 * unit.h - how a file of Check tests names itself; tests/support/unit.c has the main() they share.
 *
 *   CB_SUITE(ref)            once a file: the suite "ref"
 *   {
 *       CB_TEST(suite, parse_fills_defaults);
 *       CB_LOOP_TEST(suite, parse_rejects, CB_COUNT(wrong));
 *   }
 *
 * Run one suite: tests/unit/catalog/entity_tests ref. A test that needs what is not there exits 77
 * from cb_unit_skip() before any suite ran.
 */
#ifndef CB_TESTS_SUPPORT_UNIT_H
#define CB_TESTS_SUPPORT_UNIT_H

#include <check.h>

#define CB_UNIT_TIMEOUT_S 60 /* of one test */

void cb_unit_add(const char *name, void (*fill)(Suite *suite));
/* Call from a constructor or a CB_SUITE: the whole program is skipped, and says why. */
void cb_unit_skip(const char *why);
/* FN runs behind the last test, before main() returns: libraries still work, as they may not in atexit(). */
void cb_unit_at_end(void (*fn)(void));
void cb_unit_test(Suite *suite, const TTest *test, int from, int to);

#define CB_SUITE(name)                                                                             \
    static void name##_fill(Suite *suite);                                                         \
    __attribute__((constructor)) static void name##_register(void)                                 \
    {                                                                                              \
        cb_unit_add(#name, name##_fill);                                                           \
    }                                                                                              \
    static void name##_fill(Suite *suite)

#define CB_TEST(suite, test) cb_unit_test((suite), (test), 0, 1)
/* The test runs with _i from 0 to N - 1. */
#define CB_LOOP_TEST(suite, test, n) cb_unit_test((suite), (test), 0, (int)(n))

#endif
