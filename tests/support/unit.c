/* The main() of every Check program: runs the suites that registered themselves. */
#include "tests/support/unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUITE_MAX 64
#define EXIT_SKIP 77 /* what automake calls SKIP */

static struct {
    const char *name;
    void (*fill)(Suite *suite);
} suites[SUITE_MAX];
static int suite_n;
static const char *skip_why;
static void (*at_end)(void);

void cb_unit_add(const char *name, void (*fill)(Suite *suite))
{
    if (suite_n == SUITE_MAX)
        abort();
    suites[suite_n].name = name;
    suites[suite_n++].fill = fill;
}

void cb_unit_skip(const char *why)
{
    skip_why = why;
}

void cb_unit_at_end(void (*fn)(void))
{
    if (at_end)
        abort();
    at_end = fn;
}

void cb_unit_test(Suite *suite, const TTest *test, int from, int to)
{
    TCase *one = tcase_create(test->name);

    tcase_set_timeout(one, CB_UNIT_TIMEOUT_S);
    _tcase_add_test(one, test, 0, 0, from, to);
    suite_add_tcase(suite, one);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int main(int argc, char **argv)
{
    SRunner *runner = srunner_create(NULL);
    int failed;

    qsort(suites, (size_t)suite_n, sizeof(suites[0]), by_name);
    for (int i = 0; i < suite_n; i++) {
        bool wanted = argc < 2;

        for (int k = 1; k < argc; k++)
            wanted |= strcmp(argv[k], suites[i].name) == 0;
        if (wanted) {
            Suite *suite = suite_create(suites[i].name);

            suites[i].fill(suite);
            srunner_add_suite(runner, suite);
        }
    }
    if (skip_why) {
        printf("skipped: %s\n", skip_why);
        srunner_free(runner);
        return EXIT_SKIP;
    }
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (at_end)
        at_end();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
