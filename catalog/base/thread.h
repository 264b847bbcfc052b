/*
 * thread.h - what each kind of thread is called and how it stands beside the others: whoever answers a reader goes first.
 *
 * Niceness  is beside the process's own, so `nice callboard serve` moves all of them; children inherit their thread's
 * Slice     a loop works for fractions of a millisecond: a scheduler that is told so (Linux 6.12 and later) runs it before
 *           a thread that computes for as long as it may. Needs no privilege; an older kernel knows the niceness alone
 * Names     as `top -H` and `ps -L` show them; the process's own first thread keeps the program's
 */
#ifndef CB_BASE_THREAD_H
#define CB_BASE_THREAD_H

enum cb_thread {
    CB_THREAD_LOOP,     /* event loops: answers from memory */
    CB_THREAD_DUTY,     /* seldom awake, and then briefly: schedulers, keepers, supervisors */
    CB_THREAD_FOLLOWER, /* brings what was written into memory: readers wait for it, but not at each other's cost */
    CB_THREAD_READER,   /* reads sources: Git, parsing, writing */
    CB_THREAD_JOB,      /* whatever blocks or is long */
    CB_THREAD_TIDY,     /* merging, pruning: nobody waits */
};

/* For the calling thread, first thing; NAME of at most 15 bytes. What the system refuses stays as it was. */
void cb_thread_begin(enum cb_thread kind, const char *name);

/* The private database serves passes before readers: its processes are as nice as who writes through them. In a child, before it executes. */
void cb_thread_begin_database(void);

#endif
