#include "catalog/persist/notify.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "catalog/persist/stmt.h"

#define CONNECT_US (INT64_C(5) * 1000000)
#define BACKOFF_LEAST_US (100 * CB_MS_US)
#define BACKOFF_MOST_US (10 * CB_S_US)
#define EVERYTHING (CB_NOTIFY_GENERATION | CB_NOTIFY_NUDGE | CB_NOTIFY_ACCESS)

struct cb_notify {
    char *url;
    int wake_fd;
    struct cb_conn *conn; /* NULL while there is none */
    int64_t again_us;     /* do not try to connect before */
    int64_t backoff_us;
    void (*hear)(void *ctx, cb_str notice); /* NULL: nobody wants to know of tasks */
    void *ctx;
};

static enum cb_code listen_on(struct cb_conn **out, const char *url, struct cb_err *err)
{
    struct cb_conn *c = NULL;
    enum cb_code rc;

    if ((rc = cb_conn_open(&c, url, CONNECT_US, err)) != CB_OK)
        return rc;
    if ((rc = cb_stmt_do(c, CB_SQL_NOTIFY_LISTEN, NULL, NULL, err)) != CB_OK) {
        cb_conn_close(c);
        return rc;
    }
    *out = c;
    return CB_OK;
}

enum cb_code cb_notify_open(struct cb_notify **out, const char *url, struct cb_err *err)
{
    struct cb_notify *n = calloc(1, sizeof(*n));
    enum cb_code rc;

    if (!n || !(n->url = strdup(url)))
        abort();
    n->backoff_us = BACKOFF_LEAST_US;
    n->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (n->wake_fd < 0) {
        rc = cb_fail(err, CB_EUNAVAILABLE, "no event descriptor: %s", strerror(errno));
        goto fail;
    }
    if ((rc = listen_on(&n->conn, url, err)) != CB_OK)
        goto fail;
    *out = n;
    return CB_OK;

fail:
    cb_notify_close(n);
    return rc;
}

void cb_notify_close(struct cb_notify *n)
{
    if (!n)
        return;
    cb_conn_close(n->conn);
    if (n->wake_fd >= 0)
        close(n->wake_fd);
    free(n->url);
    free(n);
}

void cb_notify_hear(struct cb_notify *n, void (*hear)(void *ctx, cb_str notice), void *ctx)
{
    n->hear = hear;
    n->ctx = ctx;
}

void cb_notify_wake(struct cb_notify *n)
{
    uint64_t one = 1;

    while (write(n->wake_fd, &one, sizeof(one)) < 0 && errno == EINTR)
        ;
}

static unsigned heard(struct cb_notify *n)
{
    unsigned bits = 0;
    PGnotify *note;

    while ((note = PQnotifies(n->conn->pg))) {
        cb_str text = cb_str_cstr(note->extra);

        if (cb_str_starts(text, CB_LIT("generation")))
            bits |= CB_NOTIFY_GENERATION;
        else if (cb_str_starts(text, CB_LIT("nudge")))
            bits |= CB_NOTIFY_NUDGE;
        else if (cb_str_starts(text, CB_LIT("access")))
            bits |= CB_NOTIFY_ACCESS;
        else if (cb_str_starts(text, CB_LIT("task ")) && n->hear)
            n->hear(n->ctx, cb_str_sub(text, 5, text.n));
        PQfreemem(note);
    }
    return bits;
}

/* Connect again; what was said meanwhile is not known, so all bits. */
static unsigned reconnect(struct cb_notify *n)
{
    struct cb_err err = {0};

    if (listen_on(&n->conn, n->url, &err) == CB_OK) {
        n->backoff_us = BACKOFF_LEAST_US;
        if (n->hear)
            n->hear(n->ctx, CB_LIT(""));
        return EVERYTHING;
    }
    n->conn = NULL;
    cb_log(CB_LOG_WARN, "notify.lost", "%s", err.text);
    n->again_us = cb_clock_mono_us() + n->backoff_us;
    n->backoff_us = n->backoff_us * 2 > BACKOFF_MOST_US ? BACKOFF_MOST_US : n->backoff_us * 2;
    return 0;
}

/* What lies on the socket. */
static unsigned receive(struct cb_notify *n)
{
    unsigned bits;

    if (PQconsumeInput(n->conn->pg) == 0 || PQstatus(n->conn->pg) != CONNECTION_OK) {
        bits = heard(n);
        cb_conn_close(n->conn);
        n->conn = NULL;
        n->again_us = 0;
        return bits;
    }
    return heard(n);
}

unsigned cb_notify_wait(struct cb_notify *n, int64_t wait_us)
{
    int64_t until_us = cb_clock_mono_us() + wait_us;
    unsigned bits = 0;

    for (;;) {
        struct pollfd fds[2] = {{.fd = n->wake_fd, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
        int64_t now_us = cb_clock_mono_us(), left_us = until_us - now_us;
        uint64_t count;

        if (!n->conn && now_us >= n->again_us)
            bits |= reconnect(n);
        if (n->conn) {
            bits |= heard(n);
            fds[1].fd = PQsocket(n->conn->pg);
        } else if (n->again_us - now_us < left_us) {
            left_us = n->again_us - now_us;
        }
        if (bits || cb_clock_mono_us() >= until_us)
            return bits;
        left_us = left_us < 0 ? 0 : left_us > CB_S_US * 3600 ? CB_S_US * 3600 : left_us;
        if (poll(fds, 2, (int)((left_us + CB_MS_US - 1) / CB_MS_US)) < 0 && errno != EINTR)
            return EVERYTHING;
        if (fds[0].revents & POLLIN && read(n->wake_fd, &count, sizeof(count)) > 0)
            return bits | (n->conn ? heard(n) : 0);
        if (n->conn && fds[1].revents)
            bits |= receive(n);
    }
}
