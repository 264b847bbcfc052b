#include "server/job/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "catalog/base/clock.h"
#include "catalog/base/thread.h"

struct cb_jobs {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct cb_job *first, *last;
    pthread_t *threads;
    int64_t thread_n, queue_max;
    bool stopping;
    struct cb_jobs_stats stats;
};

static struct cb_job *take(struct cb_jobs *q)
{
    struct cb_job *job = q->first;

    if (job) {
        q->first = job->next;
        if (!q->first)
            q->last = NULL;
        job->next = NULL;
        q->stats.queued_n--;
    }
    return job;
}

/* Why JOB shall not run any more, or CB_OK. */
static enum cb_code excuse(const struct cb_jobs *q, const struct cb_job *job, int64_t now_us)
{
    if (q->stopping)
        return CB_EUNAVAILABLE;
    if (atomic_load_explicit(&job->cancelled, memory_order_relaxed))
        return CB_ECANCELLED;
    if (job->deadline_us && now_us >= job->deadline_us)
        return CB_ETIMEOUT;
    return CB_OK;
}

/* Called and returns with the lock held. JOB is gone afterwards: done() gave it back. */
static void carry_out(struct cb_jobs *q, struct cb_job *job)
{
    int64_t begin = cb_clock_mono_us();
    int64_t end;

    job->dropped = excuse(q, job, begin);
    q->stats.wait_us += begin - job->pushed_us;
    if (job->dropped == CB_OK) {
        q->stats.running_n++;
        pthread_mutex_unlock(&q->lock);
        job->run(job);
        end = cb_clock_mono_us();
        pthread_mutex_lock(&q->lock);
        q->stats.running_n--;
        q->stats.done_n++;
        q->stats.run_us += end - begin;
    } else {
        q->stats.dropped_n++;
    }
    pthread_mutex_unlock(&q->lock);
    job->done(job);
    pthread_mutex_lock(&q->lock);
}

static void *work(void *arg)
{
    struct cb_jobs *q = arg;
    struct cb_job *job;

    cb_thread_begin(CB_THREAD_JOB, "cb-job");
    pthread_mutex_lock(&q->lock);
    for (;;) {
        if ((job = take(q)))
            carry_out(q, job);
        else if (q->stopping)
            break;
        else
            pthread_cond_wait(&q->work, &q->lock);
    }
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

enum cb_code cb_jobs_new(struct cb_jobs **out, int64_t worker_n, int64_t queue_max, struct cb_err *err)
{
    struct cb_jobs *q;

    if (worker_n < 1 || worker_n > CB_JOB_WORKER_MAX)
        return cb_fail(err, CB_EINVAL, "%lld workers: 1 to %d are possible", (long long)worker_n, CB_JOB_WORKER_MAX);
    if (queue_max < 1 || queue_max > CB_JOB_QUEUE_MAX)
        return cb_fail(err, CB_EINVAL, "a queue of %lld jobs: 1 to %d are possible", (long long)queue_max,
                       CB_JOB_QUEUE_MAX);
    q = calloc(1, sizeof(*q));
    if (!q)
        abort();
    q->threads = calloc((size_t)worker_n, sizeof(*q->threads));
    if (!q->threads)
        abort();
    q->queue_max = queue_max;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->work, NULL);
    for (; q->thread_n < worker_n; q->thread_n++) {
        if (pthread_create(&q->threads[q->thread_n], NULL, work, q) != 0) {
            cb_jobs_free(q);
            return cb_fail(err, CB_EUNAVAILABLE, "no thread for a worker: the system's limit of threads is reached");
        }
    }
    q->stats.worker_n = worker_n;
    *out = q;
    return CB_OK;
}

enum cb_code cb_jobs_push(struct cb_jobs *q, struct cb_job *job, struct cb_err *err)
{
    enum cb_code rc = CB_OK;

    job->next = NULL;
    job->dropped = CB_OK;
    job->pushed_us = cb_clock_mono_us();
    pthread_mutex_lock(&q->lock);
    if (q->stopping) {
        rc = cb_fail(err, CB_EUNAVAILABLE, "callboard is stopping");
    } else if (q->stats.queued_n >= q->queue_max) {
        q->stats.refused_n++;
        rc = cb_fail(err, CB_EUNAVAILABLE, "too much is asked at once: %lld jobs wait already; try again in a moment",
                     (long long)q->stats.queued_n);
    } else {
        if (q->last)
            q->last->next = job;
        else
            q->first = job;
        q->last = job;
        q->stats.queued_n++;
        pthread_cond_signal(&q->work);
    }
    pthread_mutex_unlock(&q->lock);
    return rc;
}

void cb_job_cancel(struct cb_job *job)
{
    atomic_store_explicit(&job->cancelled, true, memory_order_relaxed);
}

bool cb_job_over(const struct cb_job *job)
{
    return atomic_load_explicit(&job->cancelled, memory_order_relaxed) ||
           (job->deadline_us && cb_clock_mono_us() >= job->deadline_us);
}

void cb_jobs_stats(struct cb_jobs *q, struct cb_jobs_stats *out)
{
    pthread_mutex_lock(&q->lock);
    *out = q->stats;
    pthread_mutex_unlock(&q->lock);
}

void cb_jobs_free(struct cb_jobs *q)
{
    if (!q)
        return;
    pthread_mutex_lock(&q->lock);
    q->stopping = true;
    pthread_cond_broadcast(&q->work);
    pthread_mutex_unlock(&q->lock);
    for (int64_t i = 0; i < q->thread_n; i++)
        pthread_join(q->threads[i], NULL);
    pthread_cond_destroy(&q->work);
    pthread_mutex_destroy(&q->lock);
    free(q->threads);
    free(q);
}
