#include "server/http/loop.h"

#include <errno.h>
#include <netinet/in.h>
#include <linux/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/hash.h"
#include "catalog/base/log.h"
#include "catalog/base/thread.h"

#define SWEEP_US (INT64_C(1) * 1000000)
#define STOP_TICK_MS 20
#define USER_TIMEOUT_MS 30000 /* bytes that nobody acknowledges */
#define NO_FD_US (INT64_C(100) * 1000)

/* ---- messages from other threads */

void cb_loop_post(struct cb_loop *to, struct cb_message *m)
{
    h2o_multithread_send_message(&to->rx, &m->super);
}

void cb_loop_send(struct cb_loop *to, enum cb_message_type type, int fd, struct cb_exchange *x)
{
    struct cb_message *m = calloc(1, sizeof(*m));

    if (!m)
        abort();
    m->type = type;
    m->fd = fd;
    m->exchange = x;
    cb_loop_post(to, m);
}

/* ---- connections */

static void on_accept(h2o_socket_t *listener, const char *err);

static void resume(struct cb_loop *loop)
{
    loop->resume_us = 0;
    if (!loop->paused)
        return;
    loop->paused = false;
    if (loop->listener)
        h2o_socket_read_start(loop->listener, on_accept);
}

static void pause_accepting(struct cb_loop *loop)
{
    if (loop->paused)
        return;
    loop->paused = true;
    if (loop->listener)
        h2o_socket_read_stop(loop->listener);
}

/* A place among all connections; false when they are too many. */
static bool take_place(struct cb_server *srv)
{
    if (atomic_fetch_add(&srv->link_n, 1) < srv->link_max)
        return true;
    atomic_fetch_sub(&srv->link_n, 1);
    return false;
}

static void give_place(struct cb_server *srv)
{
    atomic_fetch_sub(&srv->link_n, 1);
    if (!atomic_exchange(&srv->paused, false))
        return;
    for (unsigned i = 0; i < srv->loop_n; i++)
        cb_loop_send(&srv->loops[i], CB_MESSAGE_RESUME, -1, NULL);
}

static void free_link(struct cb_link *link)
{
    *link->at = link->next;
    if (link->next)
        link->next->at = link->at;
    link->loop->link_n--;
    free(link);
}

static void on_link_close(void *arg)
{
    struct cb_link *link = arg;
    struct cb_loop *loop = link->loop;

    link->sock = NULL;
    link->closed = true;
    atomic_fetch_sub(&loop->load, 1);
    give_place(loop->srv);
    if (link->busy_n == 0)
        free_link(link);
}

void cb_link_rest(struct cb_link *link)
{
    if (--link->busy_n)
        return;
    link->idle_us = cb_clock_mono_us();
    if (link->closed)
        free_link(link);
}

const char *cb_link_peer(struct cb_link *link)
{
    struct sockaddr_storage address;
    socklen_t n;

    if (link->peer[0])
        return link->peer;
    n = h2o_socket_getpeername(link->sock, (struct sockaddr *)&address);
    if (n) {
        char text[NI_MAXHOST];
        size_t len = h2o_socket_getnumerichost((struct sockaddr *)&address, n, text);

        if (len != SIZE_MAX && len < sizeof(link->peer)) {
            memcpy(link->peer, text, len);
            link->peer[len] = '\0';
        }
    }
    return link->peer;
}

/* FD has its place; it is this loop's from here on. */
static void adopt(struct cb_loop *loop, int fd)
{
    struct cb_link *link = calloc(1, sizeof(*link));
    int on = 1, wait_ms = USER_TIMEOUT_MS;

    if (!link)
        abort();
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &wait_ms, sizeof(wait_ms));
    link->loop = loop;
    link->idle_us = cb_clock_mono_us();
    link->next = loop->links;
    link->at = &loop->links;
    if (loop->links)
        loop->links->at = &link->next;
    loop->links = link;
    loop->link_n++;
    link->sock = h2o_evloop_socket_create(loop->loop, fd, H2O_SOCKET_FLAG_IS_ACCEPTED_CONNECTION);
    link->sock->on_close.cb = on_link_close;
    link->sock->on_close.data = link;
    h2o_accept(&loop->accept, link->sock);
}

/* The loop with the fewest connections, this one first. None of the others once it may have ended. */
static struct cb_loop *choose(struct cb_loop *loop)
{
    struct cb_server *srv = loop->srv;
    struct cb_loop *best = loop;

    if (atomic_load(&srv->stopping))
        return loop;
    for (unsigned i = 0; i < srv->loop_n; i++)
        if (atomic_load_explicit(&srv->loops[i].load, memory_order_relaxed) <
            atomic_load_explicit(&best->load, memory_order_relaxed))
            best = &srv->loops[i];
    return best;
}

/* Take one connection; false when there is none, or no room for it. */
static bool accept_one(struct cb_loop *loop)
{
    struct cb_server *srv = loop->srv;
    struct cb_loop *to;
    int fd;

    if (!take_place(srv)) {
        atomic_store(&srv->paused, true);
        pause_accepting(loop);
        if (atomic_load(&srv->link_n) < srv->link_max) /* one went between the two */
            resume(loop);
        return false;
    }
    do
        fd = accept4(h2o_socket_get_fd(loop->listener), NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            cb_log(CB_LOG_WARN, "http.accept", "errno=%d connections=%zu", errno, atomic_load(&srv->link_n));
            pause_accepting(loop);
            loop->resume_us = cb_clock_mono_us() + NO_FD_US;
        }
        give_place(srv);
        return false;
    }
    to = choose(loop);
    atomic_fetch_add(&to->load, 1);
    if (to == loop)
        adopt(loop, fd);
    else
        cb_loop_send(to, CB_MESSAGE_FD, fd, NULL);
    return true;
}

static void on_accept(h2o_socket_t *listener, const char *err)
{
    struct cb_loop *loop = listener->data;

    if (err)
        return;
    for (int i = 0; i < CB_ACCEPT_BATCH && accept_one(loop); i++)
        ;
}

/* Readers that take nothing: they hold a buffer each. */
static void sweep(struct cb_loop *loop, int64_t now_us)
{
    loop->swept_us = now_us;
    for (struct cb_link *link = loop->links; link; link = link->next) {
        struct tcp_info info = {0};
        socklen_t n = sizeof(info);
        int fd;

        if (!link->sending_n || link->closed)
            continue;
        fd = h2o_socket_get_fd(link->sock);
        if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) == 0 && info.tcpi_bytes_acked != link->acked) {
            link->acked = info.tcpi_bytes_acked;
            link->moved_us = now_us;
        } else if (now_us - link->moved_us > CB_STALL_US) {
            cb_metrics_stalled(loop->metrics);
            shutdown(fd, SHUT_RDWR);
        }
    }
}

/* ---- stopping */

static void close_listener(struct cb_loop *loop)
{
    while (accept_one(loop))
        ;
    h2o_socket_close(loop->listener);
    loop->listener = NULL;
}

/*
 * An idle connection is told by the end of its input; a request that is on its way is still read and answered. One that has
 * sent part of a request is left to finish.
 */
static void close_idle(struct cb_loop *loop, int64_t now_us)
{
    struct cb_link *next;

    for (struct cb_link *link = loop->links; link; link = next) {
        next = link->next;
        if (!link->busy_n && !link->closed && now_us - link->idle_us >= CB_STOP_IDLE_US &&
            now_us - loop->stop_us >= CB_STOP_IDLE_US && (!link->sock->input || link->sock->input->size == 0))
            shutdown(h2o_socket_get_fd(link->sock), SHUT_RD);
    }
}

/* True when this loop may end. */
static bool stop_step(struct cb_loop *loop, int64_t now_us)
{
    int64_t deadline_us = atomic_load(&loop->srv->deadline_us);

    if (loop->listener && now_us - loop->stop_us >= CB_STOP_BACKLOG_US)
        close_listener(loop);
    if (!loop->listener)
        close_idle(loop, now_us);
    if (!loop->listener && loop->link_n == 0 && loop->exchange_n == 0 && atomic_load(&loop->load) == 0)
        return true;
    if (now_us < deadline_us)
        return false;
    if (loop->listener)
        close_listener(loop);
    loop->cut = loop->link_n || loop->exchange_n;
    return true;
}

static void begin_stop(struct cb_loop *loop)
{
    if (loop->stop_us)
        return;
    loop->stop_us = cb_clock_mono_us();
    h2o_context_request_shutdown(&loop->ctx);
    resume(loop);
    cb_park_end(loop);
}

/* ---- the thread */

static void on_messages(h2o_multithread_receiver_t *rx, h2o_linklist_t *messages)
{
    struct cb_loop *loop = H2O_STRUCT_FROM_MEMBER(struct cb_loop, rx, rx);

    while (!h2o_linklist_is_empty(messages)) {
        struct cb_message *m = H2O_STRUCT_FROM_MEMBER(struct cb_message, super.link, messages->next);

        h2o_linklist_unlink(&m->super.link);
        switch (m->type) {
        case CB_MESSAGE_DONE:
            cb_exchange_job_done(m->exchange); /* the message is part of it */
            continue;
        case CB_MESSAGE_WOKEN:
            cb_exchange_woken(m->exchange);
            continue;
        case CB_MESSAGE_NEWS: /* and this one of the loop */
            atomic_store(&loop->news_sent, false);
            cb_park_wake(loop);
            continue;
        case CB_MESSAGE_FD:
            adopt(loop, m->fd);
            break;
        case CB_MESSAGE_STOP:
            begin_stop(loop);
            break;
        case CB_MESSAGE_RESUME:
            resume(loop);
            break;
        }
        free(m);
    }
}

static void open_loop(struct cb_loop *loop)
{
    struct cb_server *srv = loop->srv;
    uint8_t random[4];

    cb_random(random, sizeof(random));
    cb_hex(loop->id_prefix, random, sizeof(random));
    loop->loop = h2o_evloop_create();
    h2o_context_init(&loop->ctx, loop->loop, &srv->conf);
    h2o_multithread_register_receiver(loop->ctx.queue, &loop->rx, on_messages);
    loop->accept = (h2o_accept_ctx_t){.ctx = &loop->ctx, .hosts = srv->conf.hosts, .ssl_ctx = srv->tls};
    loop->listener = h2o_evloop_socket_create(loop->loop, dup(srv->fd), H2O_SOCKET_FLAG_DONT_READ);
    loop->listener->data = loop;
    loop->gzip = cb_gzip_new();
    loop->news = (struct cb_message){.type = CB_MESSAGE_NEWS};
    h2o_socket_read_start(loop->listener, on_accept);
}

static void close_loop(struct cb_loop *loop)
{
    h2o_multithread_unregister_receiver(loop->ctx.queue, &loop->rx);
    if (h2o_timeout_is_linked(&loop->ctx.http2._graceful_shutdown_timeout)) /* h2o leaves it there, and asserts it is not */
        h2o_timeout_unlink(&loop->ctx.http2._graceful_shutdown_timeout);
    h2o_context_dispose(&loop->ctx);
    h2o_evloop_destroy(loop->loop);
    cb_exchange_free_spare(loop);
    cb_gzip_free(loop->gzip);
}

static int wait_ms(const struct cb_loop *loop)
{
    int64_t most_ms = loop->stop_us      ? STOP_TICK_MS
                      : loop->resume_us  ? NO_FD_US / 1000
                      : loop->sending_n  ? SWEEP_US / 1000
                                         : INT32_MAX;
    int64_t due_us = cb_park_due(loop), left_ms;

    if (due_us == INT64_MAX)
        return (int)most_ms;
    left_ms = due_us ? (due_us - cb_clock_mono_us() + 999) / 1000 : 0;
    return (int)(left_ms < 0 ? 0 : left_ms < most_ms ? left_ms : most_ms);
}

void *cb_loop_main(void *arg)
{
    struct cb_loop *loop = arg;
    int64_t now_us;

    cb_thread_begin(CB_THREAD_LOOP, "cb-loop");
    open_loop(loop);
    pthread_barrier_wait(&loop->srv->ready);
    for (;;) {
        if (h2o_evloop_run(loop->loop, wait_ms(loop)) != 0 && errno != EINTR)
            cb_log(CB_LOG_ERROR, "http.loop", "errno=%d", errno);
        if (!loop->stop_us && !loop->sending_n && !loop->resume_us && !atomic_load_explicit(&loop->park_n, memory_order_relaxed))
            continue;
        now_us = cb_clock_mono_us();
        cb_park_turn(loop, now_us);
        if (loop->sending_n && now_us - loop->swept_us >= SWEEP_US)
            sweep(loop, now_us);
        if (loop->resume_us && now_us >= loop->resume_us)
            resume(loop);
        if (loop->stop_us && stop_step(loop, now_us))
            break;
    }
    pthread_barrier_wait(&loop->srv->ended);
    if (!loop->cut)
        close_loop(loop);
    return NULL;
}
