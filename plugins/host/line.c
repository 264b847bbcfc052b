#include "plugins/host/line.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "plugins/abi/wire.h"

#define WAIT_STEP_US 100000 /* how often one who waits looks whether he was cancelled */

struct question {
    int64_t id;
    bool answered;
    int code;
    char *body;
    size_t body_n;
    char error[CALLBOARD_SENTENCE_MAX];
    struct question *next;
};

static pthread_mutex_t write_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t answered;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct question *questions;
static int64_t question_n;

static void make_ready(void)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&answered, &attr);
    pthread_condattr_destroy(&attr);
}

static void write_all(struct iovec *v, int n)
{
    while (n) {
        ssize_t wrote = writev(CB_WIRE_FD, v, n);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            _exit(0);
        while (n && (size_t)wrote >= v->iov_len) {
            wrote -= (ssize_t)v->iov_len;
            v++;
            n--;
        }
        if (n) {
            v->iov_base = (char *)v->iov_base + wrote;
            v->iov_len -= (size_t)wrote;
        }
    }
}

void cb_line_put(json_t *head, const char *body, size_t body_n)
{
    char *text = json_dumps(head, JSON_COMPACT);
    char prefix[CB_WIRE_PREFIX];

    json_decref(head);
    if (!text)
        abort();
    if (cb_wire_prefix(prefix, strlen(text), body_n)) {
        struct iovec v[] = {{prefix, sizeof(prefix)}, {text, strlen(text)}, {(char *)(uintptr_t)body, body_n}};

        pthread_mutex_lock(&write_lock);
        write_all(v, body_n ? 3 : 2);
        pthread_mutex_unlock(&write_lock);
    }
    free(text);
}

static void forget(struct question *q)
{
    struct question **at = &questions;

    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
}

/* With the lock. False: it was given up. */
static bool wait_for(struct question *q, const struct callboard_call *call)
{
    int64_t until = cb_call_now_us() + CB_LINE_ASK_MS * INT64_C(1000);

    if (until > call->deadline_us)
        until = call->deadline_us;
    while (!q->answered) {
        int64_t now = cb_call_now_us(), step = now + WAIT_STEP_US < until ? now + WAIT_STEP_US : until;
        struct timespec t = {.tv_sec = step / 1000000, .tv_nsec = step % 1000000 * 1000};

        if (now >= until || atomic_load(&call->cancelled))
            return false;
        pthread_cond_timedwait(&answered, &lock, &t);
    }
    return true;
}

int cb_line_ask(struct callboard_call *call, const char *what, json_t *head, const char *body, size_t body_n, char **out, size_t *out_n)
{
    struct question q = {0};
    bool came;

    if (body_n > CB_WIRE_BODY_MAX) {
        json_decref(head);
        return cb_call_error(call, CALLBOARD_ELIMIT, "%s: %zu bytes are too much", what, body_n);
    }
    pthread_once(&once, make_ready);
    pthread_mutex_lock(&lock);
    q.id = ++question_n;
    q.next = questions;
    questions = &q;
    pthread_mutex_unlock(&lock);
    json_object_set_new(head, "op", json_string("ask"));
    json_object_set_new(head, "id", json_integer(q.id));
    json_object_set_new(head, "call", json_integer(call->id));
    json_object_set_new(head, "what", json_string(what));
    cb_line_put(head, body, body_n);
    pthread_mutex_lock(&lock);
    came = wait_for(&q, call);
    forget(&q);
    pthread_mutex_unlock(&lock);
    if (!came)
        return cb_call_error(call, atomic_load(&call->cancelled) ? CALLBOARD_ECANCELLED : CALLBOARD_ETIMEOUT,
                             "%s: callboard did not answer in time", what);
    if (q.code) {
        free(q.body);
        return cb_call_error(call, q.code, "%s", q.error);
    }
    if (out) {
        *out = q.body;
        *out_n = q.body_n;
    } else {
        free(q.body);
    }
    return 0;
}

void cb_line_answer(const json_t *head, const char *body, size_t body_n)
{
    int64_t id = json_integer_value(json_object_get(head, "id"));
    const char *error = json_string_value(json_object_get(head, "error"));

    pthread_once(&once, make_ready);
    pthread_mutex_lock(&lock);
    for (struct question *q = questions; q; q = q->next) {
        if (q->id != id || q->answered)
            continue;
        q->answered = true;
        q->code = (int)json_integer_value(json_object_get(head, "code"));
        strncpy(q->error, error ? error : "callboard could not", sizeof(q->error) - 1);
        q->body = malloc(body_n + 1);
        if (!q->body)
            abort();
        memcpy(q->body, body, body_n);
        q->body[body_n] = '\0';
        q->body_n = body_n;
    }
    pthread_cond_broadcast(&answered);
    pthread_mutex_unlock(&lock);
}
