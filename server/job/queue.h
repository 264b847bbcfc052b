/*
 * queue.h - a bounded set of worker threads, and the jobs that wait for them.
 *
 * Whatever blocks (PostgreSQL, a wait) or is long (a dump's compression, a big page) is a job. Workers run at a lower
 * priority than the loops (CB_THREAD_JOB).
 *
 *   push -> queued -> run (a worker) -> done (the same worker)
 *                \--> cancelled, past its deadline, or the queue stops: done alone, with job->dropped set
 *
 * Result    done() is called exactly once for each job that push took, and after it the job belongs to whoever made it.
 *           Posting the result back to the asking loop is done()'s work (server/http does it with h2o's messages)
 * Limits    queue_max jobs wait; one more is CB_EUNAVAILABLE at once, never a wait
 * Order     first in, first out
 * Threads   push, cancel, stats: any
 */
#ifndef CB_JOB_QUEUE_H
#define CB_JOB_QUEUE_H

#include <stdatomic.h>

#include "catalog/base/err.h"

#define CB_JOB_WORKER_MAX 64    /* threads */
#define CB_JOB_QUEUE_MAX 100000 /* what queue_max may be at most */

struct cb_jobs;

/* Part of a bigger struct of the asker's; lives until done() returns at least. */
struct cb_job {
    void (*run)(struct cb_job *job);  /* on a worker */
    void (*done)(struct cb_job *job); /* behind it; or alone when dropped */
    int64_t deadline_us;              /* monotonic; 0: none. Jobs still queued then are dropped; running ones look at cb_job_over */
    atomic_bool cancelled;
    enum cb_code dropped;             /* CB_OK: it ran; CB_ECANCELLED, CB_ETIMEOUT or CB_EUNAVAILABLE (stopping): it did not */
    int64_t pushed_us;                /* monotonic */
    struct cb_job *next;              /* the queue's */
};

struct cb_jobs_stats {
    int64_t queued_n, running_n, worker_n;
    int64_t done_n, dropped_n, refused_n; /* since the start; refused: push found the queue full */
    int64_t wait_us, run_us;              /* sums since the start */
};

enum cb_code cb_jobs_new(struct cb_jobs **out, int64_t worker_n, int64_t queue_max, struct cb_err *err) CB_MUSTCHECK;
/* CB_EUNAVAILABLE when the queue is full or stopping: done() is not called then. */
enum cb_code cb_jobs_push(struct cb_jobs *q, struct cb_job *job, struct cb_err *err) CB_MUSTCHECK;
/* A queued job is dropped when its turn comes; a running one is asked to end (cb_job_over). */
void cb_job_cancel(struct cb_job *job);
/* Should a running job end now: cancelled, or past its deadline? */
bool cb_job_over(const struct cb_job *job);
void cb_jobs_stats(struct cb_jobs *q, struct cb_jobs_stats *out);
/* No more pushes; drops what is queued, waits for what runs, frees. Accepts NULL. */
void cb_jobs_free(struct cb_jobs *q);

#endif
