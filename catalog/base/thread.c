#include "catalog/base/thread.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SLICE_NS (200 * 1000) /* a loop's; far below the scheduler's own millisecond or three, far above a request's work */
#define NICE_MAX 19
#define DATABASE_NICE 5

static const struct {
    int nice;          /* beside the process's own */
    int policy;        /* batch: waking up does not interrupt whoever runs */
    uint64_t slice_ns; /* 0: the scheduler's own */
} kinds[] = {
    [CB_THREAD_LOOP] = {0, SCHED_OTHER, SLICE_NS},
    [CB_THREAD_DUTY] = {0, SCHED_OTHER, 0},
    [CB_THREAD_FOLLOWER] = {5, SCHED_OTHER, 0},
    [CB_THREAD_READER] = {5, SCHED_BATCH, 0},
    [CB_THREAD_JOB] = {10, SCHED_BATCH, 0},
    [CB_THREAD_TIDY] = {10, SCHED_BATCH, 0},
};

/* The kernel's struct sched_attr, first version: glibc 2.36 has neither it nor the call. */
struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_ns, deadline_ns, period_ns;
};

/* The first thread has the niceness that the process was started with, whoever asks. */
static int beside_own(int nice)
{
    int all = getpriority(PRIO_PROCESS, (id_t)getpid()) + nice;

    return all > NICE_MAX ? NICE_MAX : all;
}

void cb_thread_begin(enum cb_thread kind, const char *name)
{
    struct attributes at = {.size = sizeof(at), .policy = (uint32_t)kinds[kind].policy,
                            .nice = beside_own(kinds[kind].nice), .runtime_ns = kinds[kind].slice_ns};

    pthread_setname_np(pthread_self(), name);
    if (syscall(SYS_sched_setattr, 0, &at, 0) != 0) /* a sandbox may know only the older call */
        setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), at.nice);
}

void cb_thread_begin_database(void)
{
    setpriority(PRIO_PROCESS, 0, beside_own(DATABASE_NICE));
}
