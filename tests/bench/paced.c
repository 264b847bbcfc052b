/*
 * paced.c - requests at a fixed rate, and how long each took from the moment it was due.
 *
 *     paced PORT PATH RATE SECONDS CONNECTIONS
 *
 * GET PATH of 127.0.0.1:PORT, RATE a second, over at most CONNECTIONS kept-alive connections with
 * one request each. A request that had to wait for a free connection counts from when it should
 * have gone out, so a server that stops for a moment cannot hide it. Prints one line of JSON:
 * requests, errors, p50, p99 and max in microseconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 256, HEAD_MAX = 8192, TICK_US = 200, DRAIN_US = 5000000 };

struct conn {
    int fd;
    bool busy;
    int64_t due_us; /* of the request under way */
    char head[HEAD_MAX];
    size_t head_bytes;
    int64_t body_left; /* -1: the head is not complete */
};

static struct conn conns[CONNECTIONS_MAX];
static uint32_t *took_us;
static size_t took_n, error_n;

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int dial(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

/* The answer's head is in C->head: 0 and the body's length, or -1 for an answer that is not 200
 * with a length. */
static int64_t body_length(struct conn *c)
{
    char *line;

    c->head[c->head_bytes] = 0;
    if (strncmp(c->head, "HTTP/1.1 200", 12) != 0)
        return -1;
    for (line = strstr(c->head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, "content-length:", 15) == 0)
            return strtoll(line + 17, NULL, 10);
    return -1;
}

static void done(struct conn *c, bool good)
{
    c->busy = false;
    if (!good)
        error_n++;
    else
        took_us[took_n++] = (uint32_t)(now_us() - c->due_us);
}

/* Take what has arrived. False: the connection is of no use any more. */
static bool take(struct conn *c)
{
    static char scrap[1 << 16];
    ssize_t n = c->body_left < 0 ? recv(c->fd, c->head + c->head_bytes,
                                        HEAD_MAX - 1 - c->head_bytes, MSG_DONTWAIT)
                                 : recv(c->fd, scrap, sizeof(scrap), MSG_DONTWAIT);
    char *end;

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (n <= 0)
        return false;
    if (c->body_left >= 0) {
        c->body_left -= n;
    } else {
        c->head_bytes += (size_t)n;
        c->head[c->head_bytes] = 0;
        if ((end = strstr(c->head, "\r\n\r\n")) == NULL)
            return c->head_bytes < HEAD_MAX - 1;
        if ((c->body_left = body_length(c)) < 0)
            return false;
        c->body_left -= (int64_t)(c->head_bytes - (size_t)(end + 4 - c->head));
    }
    if (c->body_left <= 0)
        done(c, true);
    return true;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static struct {
    char request[2048];
    int request_bytes, port, conn_n, epoll;
    int64_t rate, total, sent, start_us;
} run;

static void watch(int fd, uint32_t name)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.u32 = name};

    if (fd < 0 || epoll_ctl(run.epoll, EPOLL_CTL_ADD, fd, &ev) != 0) {
        fprintf(stderr, "paced: 127.0.0.1:%d: %s\n", run.port, strerror(errno));
        exit(3);
    }
}

/* Every request that is due goes out, as far as there are free connections. */
static void send_due(void)
{
    for (int i = 0; i < run.conn_n && run.sent < run.total; i++) {
        struct conn *c = &conns[i];
        int64_t due_us = run.start_us + run.sent * 1000000 / run.rate;

        if (due_us > now_us())
            break;
        if (c->busy)
            continue;
        run.sent++;
        c->busy = true;
        c->due_us = due_us;
        c->head_bytes = 0;
        c->body_left = -1;
        if (send(c->fd, run.request, (size_t)run.request_bytes, MSG_NOSIGNAL) != run.request_bytes)
            done(c, false);
    }
}

static void on_ready(uint32_t name, int timer)
{
    struct conn *c = &conns[name];
    uint64_t ticks;

    if (name == CONNECTIONS_MAX) {
        if (read(timer, &ticks, sizeof(ticks)) < 0 && errno != EAGAIN)
            exit(3);
    } else if (!take(c)) { /* it closed: say so, and open another */
        if (c->busy)
            done(c, false);
        close(c->fd);
        watch(c->fd = dial(run.port), name);
    }
}

static void report(void)
{
    qsort(took_us, took_n, sizeof(*took_us), by_size);
    printf(
        "{\"requests\": %zu, \"errors\": %lld, \"p50_us\": %u, \"p99_us\": %u, \"max_us\": %u}\n",
        took_n, (long long)(run.total - (int64_t)took_n), took_n ? took_us[took_n / 2] : 0,
        took_n ? took_us[took_n * 99 / 100] : 0, took_n ? took_us[took_n - 1] : 0);
}

int main(int argc, char **argv)
{
    struct itimerspec tick = {.it_interval.tv_nsec = TICK_US * 1000,
                              .it_value.tv_nsec = TICK_US * 1000};
    struct epoll_event ready[CONNECTIONS_MAX];
    int64_t end_us;
    int timer;

    if (argc != 6 || (run.rate = atoll(argv[3])) < 1 ||
        (run.total = run.rate * atoll(argv[4])) < 1 || (run.conn_n = atoi(argv[5])) < 1 ||
        run.conn_n > CONNECTIONS_MAX) {
        fprintf(stderr, "usage: paced PORT PATH RATE SECONDS CONNECTIONS\n");
        return 2;
    }
    run.port = atoi(argv[1]);
    run.request_bytes =
        snprintf(run.request, sizeof(run.request), "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n",
                 argv[2], run.port);
    took_us = calloc((size_t)run.total, sizeof(*took_us));
    run.epoll = epoll_create1(EPOLL_CLOEXEC);
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (!took_us || run.request_bytes >= (int)sizeof(run.request) || timer < 0 ||
        timerfd_settime(timer, 0, &tick, NULL) != 0)
        return 3;
    for (int i = 0; i < run.conn_n; i++)
        watch(conns[i].fd = dial(run.port), (uint32_t)i);
    watch(timer, CONNECTIONS_MAX);
    run.start_us = now_us();
    end_us = run.start_us + run.total * 1000000 / run.rate + DRAIN_US;
    while ((int64_t)(took_n + error_n) < run.total && now_us() < end_us) {
        send_due();
        for (int i = 0, n = epoll_wait(run.epoll, ready, CONNECTIONS_MAX, 100); i < n; i++)
            on_ready(ready[i].data.u32, timer);
    }
    report();
    return 0;
}
