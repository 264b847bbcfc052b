#include "catalog/base/thread.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "catalog/base/str.h"
#include "tests/support/unit.h"

static const struct {
    enum cb_thread kind;
    int nice, policy;
} kinds[] = {
    {CB_THREAD_LOOP, 0, SCHED_OTHER},    {CB_THREAD_DUTY, 0, SCHED_OTHER}, {CB_THREAD_FOLLOWER, 5, SCHED_OTHER},
    {CB_THREAD_READER, 5, SCHED_BATCH},  {CB_THREAD_JOB, 10, SCHED_BATCH}, {CB_THREAD_TIDY, 10, SCHED_BATCH},
};

struct seen {
    enum cb_thread kind;
    int nice, policy;
    char name[16];
};

static void *begin(void *ctx)
{
    struct seen *seen = ctx;

    cb_thread_begin(seen->kind, "cb-fifteen-long");
    seen->nice = getpriority(PRIO_PROCESS, (id_t)gettid());
    seen->policy = sched_getscheduler(0);
    pthread_getname_np(pthread_self(), seen->name, sizeof(seen->name));
    return NULL;
}

static void look(struct seen *seen)
{
    pthread_t thread;

    ck_assert_int_eq(pthread_create(&thread, NULL, begin, seen), 0);
    pthread_join(thread, NULL);
}

START_TEST(each_kind_has_its_place_and_name)
{
    struct seen seen = {.kind = kinds[_i].kind};

    look(&seen);
    ck_assert_int_eq(seen.nice, getpriority(PRIO_PROCESS, (id_t)getpid()) + kinds[_i].nice);
    ck_assert_int_eq(seen.policy, kinds[_i].policy);
    ck_assert_str_eq(seen.name, "cb-fifteen-long");
}
END_TEST

/* A child process of its own is what a test is: nothing is left of it. */
START_TEST(a_nice_process_has_nicer_threads_up_to_the_systems_limit)
{
    struct seen reader = {.kind = CB_THREAD_READER}, job = {.kind = CB_THREAD_JOB};

    ck_assert_int_eq(setpriority(PRIO_PROCESS, (id_t)getpid(), 12), 0);
    look(&reader);
    look(&job);
    ck_assert_int_eq(reader.nice, 17);
    ck_assert_int_eq(job.nice, 19);
    cb_thread_begin_database();
    ck_assert_int_eq(getpriority(PRIO_PROCESS, (id_t)getpid()), 17);
}
END_TEST

CB_SUITE(thread)
{
    CB_LOOP_TEST(suite, each_kind_has_its_place_and_name, CB_COUNT(kinds));
    CB_TEST(suite, a_nice_process_has_nicer_threads_up_to_the_systems_limit);
}
