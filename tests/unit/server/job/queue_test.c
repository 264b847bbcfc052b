#include "server/job/queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "tests/support/unit.h"

/* A job that waits at a gate, and tells what became of it. */
struct probe {
    struct cb_job job;
    pthread_mutex_t *lock;
    pthread_cond_t *turn;
    bool *gate; /* NULL: runs at once */
    bool started, ran, over, done;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;

static void run(struct cb_job *job)
{
    struct probe *p = (struct probe *)job;

    pthread_mutex_lock(&lock);
    p->started = true;
    pthread_cond_broadcast(&turn);
    while (p->gate && !*p->gate)
        pthread_cond_wait(&turn, &lock);
    p->over = cb_job_over(job);
    p->ran = true;
    pthread_mutex_unlock(&lock);
}

static void done(struct cb_job *job)
{
    struct probe *p = (struct probe *)job;

    pthread_mutex_lock(&lock);
    ck_assert(!p->done);
    p->done = true;
    pthread_cond_broadcast(&turn);
    pthread_mutex_unlock(&lock);
}

static struct probe probe(bool *gate)
{
    return (struct probe){.job = {.run = run, .done = done}, .gate = gate};
}

static void wait_for(const bool *flag)
{
    pthread_mutex_lock(&lock);
    while (!*flag)
        pthread_cond_wait(&turn, &lock);
    pthread_mutex_unlock(&lock);
}

static void open_gate(bool *gate)
{
    pthread_mutex_lock(&lock);
    *gate = true;
    pthread_cond_broadcast(&turn);
    pthread_mutex_unlock(&lock);
}

static struct cb_jobs *queue(int64_t workers, int64_t most)
{
    struct cb_err err = {0};
    struct cb_jobs *q = NULL;

    ck_assert_msg(cb_jobs_new(&q, workers, most, &err) == CB_OK, "%s", err.text);
    return q;
}

START_TEST(each_job_runs_once_and_is_done_once)
{
    struct probe p[100];
    struct cb_jobs *q = queue(4, 100);
    struct cb_jobs_stats st;

    for (size_t i = 0; i < CB_COUNT(p); i++) {
        p[i] = probe(NULL);
        ck_assert_int_eq(cb_jobs_push(q, &p[i].job, NULL), CB_OK);
    }
    for (size_t i = 0; i < CB_COUNT(p); i++) {
        wait_for(&p[i].done);
        ck_assert(p[i].ran);
        ck_assert_int_eq(p[i].job.dropped, CB_OK);
    }
    cb_jobs_stats(q, &st);
    ck_assert_int_eq(st.done_n, 100);
    ck_assert_int_eq(st.queued_n, 0);
    ck_assert_int_eq(st.worker_n, 4);
    cb_jobs_free(q);
}
END_TEST

START_TEST(a_full_queue_refuses_the_next_at_once)
{
    bool gate = false;
    struct probe busy = probe(&gate), first = probe(&gate), second = probe(&gate), third = probe(&gate);
    struct cb_jobs *q = queue(1, 2);
    struct cb_err err = {0};
    struct cb_jobs_stats st;

    ck_assert_int_eq(cb_jobs_push(q, &busy.job, NULL), CB_OK);
    wait_for(&busy.started);
    ck_assert_int_eq(cb_jobs_push(q, &first.job, NULL), CB_OK);
    ck_assert_int_eq(cb_jobs_push(q, &second.job, NULL), CB_OK);
    ck_assert_int_eq(cb_jobs_push(q, &third.job, &err), CB_EUNAVAILABLE);
    ck_assert_str_eq(err.text, "too much is asked at once: 2 jobs wait already; try again in a moment");
    cb_jobs_stats(q, &st);
    ck_assert_int_eq(st.refused_n, 1);
    open_gate(&gate);
    wait_for(&second.done);
    ck_assert(!third.done);
    cb_jobs_free(q);
}
END_TEST

START_TEST(a_cancelled_job_is_dropped_when_its_turn_comes)
{
    bool gate = false;
    struct probe busy = probe(&gate), gone = probe(NULL);
    struct cb_jobs *q = queue(1, 10);

    ck_assert_int_eq(cb_jobs_push(q, &busy.job, NULL), CB_OK);
    wait_for(&busy.started);
    ck_assert_int_eq(cb_jobs_push(q, &gone.job, NULL), CB_OK);
    cb_job_cancel(&gone.job);
    cb_job_cancel(&busy.job);
    open_gate(&gate);
    wait_for(&gone.done);
    ck_assert(!gone.ran);
    ck_assert_int_eq(gone.job.dropped, CB_ECANCELLED);
    ck_assert_msg(busy.ran && busy.over, "a running one is asked to end");
    cb_jobs_free(q);
}
END_TEST

START_TEST(a_job_that_waited_past_its_deadline_does_not_run)
{
    bool gate = false;
    struct probe busy = probe(&gate), late = probe(NULL), early = probe(NULL);
    struct cb_jobs *q = queue(1, 10);

    ck_assert_int_eq(cb_jobs_push(q, &busy.job, NULL), CB_OK);
    wait_for(&busy.started);
    late.job.deadline_us = cb_clock_mono_us() + 1000;
    early.job.deadline_us = cb_clock_mono_us() + 60 * CB_S_US;
    ck_assert_int_eq(cb_jobs_push(q, &late.job, NULL), CB_OK);
    ck_assert_int_eq(cb_jobs_push(q, &early.job, NULL), CB_OK);
    usleep(5000);
    open_gate(&gate);
    wait_for(&early.done);
    ck_assert(!late.ran && late.done);
    ck_assert_int_eq(late.job.dropped, CB_ETIMEOUT);
    ck_assert(early.ran && !early.over);
    cb_jobs_free(q);
}
END_TEST

static void *open_later(void *gate)
{
    usleep(20000);
    open_gate(gate);
    return NULL;
}

START_TEST(stopping_waits_for_what_runs_and_drops_what_waits)
{
    bool gate = false;
    struct probe busy = probe(&gate), waiting[5];
    struct cb_jobs *q = queue(1, 10);
    pthread_t opener;

    ck_assert_int_eq(cb_jobs_push(q, &busy.job, NULL), CB_OK);
    wait_for(&busy.started);
    for (size_t i = 0; i < CB_COUNT(waiting); i++) {
        waiting[i] = probe(NULL);
        ck_assert_int_eq(cb_jobs_push(q, &waiting[i].job, NULL), CB_OK);
    }
    pthread_create(&opener, NULL, open_later, &gate);
    cb_jobs_free(q);
    pthread_join(opener, NULL);
    ck_assert(busy.ran && busy.done);
    for (size_t i = 0; i < CB_COUNT(waiting); i++) {
        ck_assert(waiting[i].done && !waiting[i].ran);
        ck_assert_int_eq(waiting[i].job.dropped, CB_EUNAVAILABLE);
    }
}
END_TEST

static const struct {
    int64_t workers, most;
    bool fine;
} sizes[] = {
    {1, 1, true},  {CB_JOB_WORKER_MAX, CB_JOB_QUEUE_MAX, true}, {0, 1, false}, {CB_JOB_WORKER_MAX + 1, 1, false},
    {1, 0, false}, {1, CB_JOB_QUEUE_MAX + 1, false},
};

START_TEST(sizes_have_bounds)
{
    struct cb_jobs *q = NULL;
    struct cb_err err = {0};

    ck_assert_int_eq(cb_jobs_new(&q, sizes[_i].workers, sizes[_i].most, &err), sizes[_i].fine ? CB_OK : CB_EINVAL);
    cb_jobs_free(q);
}
END_TEST

CB_SUITE(queue)
{
    CB_TEST(suite, each_job_runs_once_and_is_done_once);
    CB_TEST(suite, a_full_queue_refuses_the_next_at_once);
    CB_TEST(suite, a_cancelled_job_is_dropped_when_its_turn_comes);
    CB_TEST(suite, a_job_that_waited_past_its_deadline_does_not_run);
    CB_TEST(suite, stopping_waits_for_what_runs_and_drops_what_waits);
    CB_LOOP_TEST(suite, sizes_have_bounds, CB_COUNT(sizes));
}
