/*
 * bare_h2o.c - the limit that GET requests are measured against: libh2o, nothing else, the same
 * bytes.
 *
 *     bare_h2o PORT THREADS FILE
 *
 * Answers the bytes of FILE as application/json at every path of 127.0.0.1:PORT, from THREADS loops
 * that share one listening socket, as the server's own loops do. No route, no lookup, no access
 * log. Ends with SIGTERM.
 *
 * Each loop takes as many connections as the others, as it comes about by itself where an accept
 * takes its time: left to chance, one loop has nearly all of them here, and with the client on the
 * other core answers up to a third more than two loops that share the cores with it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <h2o.h>
#include <h2o/http1.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { THREADS_MAX = 64, BACKLOG = 512 };

struct loop {
    h2o_context_t ctx;
    h2o_accept_ctx_t accept;
    int fd;
    atomic_int taken_n; /* connections */
};

static struct loop loops[THREADS_MAX];
static int loop_n;

static h2o_globalconf_t config;
static h2o_iovec_t body;

static int answer(h2o_handler_t *self, h2o_req_t *req)
{
    static h2o_generator_t nothing;
    h2o_iovec_t bytes = body;

    (void)self;
    req->res.status = 200;
    req->res.reason = "OK";
    req->res.content_length = body.len;
    h2o_add_header(&req->pool, &req->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL,
                   H2O_STRLIT("application/json; charset=utf-8"));
    h2o_start_response(req, &nothing);
    h2o_send(req, &bytes, 1, H2O_SEND_STATE_FINAL);
    return 0;
}

static void on_accept(h2o_socket_t *listener, const char *err)
{
    struct loop *loop = listener->data;
    h2o_socket_t *sock;

    if (err)
        return;
    for (int i = 0; i < loop_n; i++)
        if (atomic_load(&loops[i].taken_n) < atomic_load(&loop->taken_n))
            return; /* that one has been woken, too */
    if ((sock = h2o_evloop_socket_accept(listener)) == NULL)
        return;
    atomic_fetch_add(&loop->taken_n, 1);
    h2o_accept(&loop->accept, sock);
}

static void *run(void *arg)
{
    struct loop *loop = arg;
    h2o_socket_t *listener;

    h2o_context_init(&loop->ctx, h2o_evloop_create(), &config);
    loop->accept.ctx = &loop->ctx;
    loop->accept.hosts = config.hosts;
    listener = h2o_evloop_socket_create(loop->ctx.loop, loop->fd, H2O_SOCKET_FLAG_DONT_READ);
    listener->data = loop;
    h2o_socket_read_start(listener, on_accept);
    for (;;)
        if (h2o_evloop_run(loop->ctx.loop, INT32_MAX) != 0 && errno != EINTR)
            break;
    return NULL;
}

static int read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    long size;

    if (!f || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0)
        return -1;
    body.base = malloc((size_t)size + 1);
    body.len = (size_t)size;
    if (!body.base || fread(body.base, 1, body.len, f) != body.len)
        return -1;
    return fclose(f);
}

static int listen_at(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, BACKLOG) != 0)
        return -1;
    return fd;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    h2o_hostconf_t *host;
    int fd, threads;

    if (argc != 4 || (threads = atoi(argv[2])) < 1 || threads > THREADS_MAX) {
        fprintf(stderr, "usage: bare_h2o PORT THREADS FILE\n");
        return 2;
    }
    if (read_file(argv[3]) != 0) {
        fprintf(stderr, "bare_h2o: %s: %s\n", argv[3], strerror(errno));
        return 3;
    }
    if ((fd = listen_at(atoi(argv[1]))) < 0) {
        fprintf(stderr, "bare_h2o: 127.0.0.1:%s: %s\n", argv[1], strerror(errno));
        return 3;
    }
    loop_n = threads;
    h2o_config_init(&config);
    config.http1.upgrade_to_http2 = 0;
    host = h2o_config_register_host(&config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    h2o_create_handler(h2o_config_register_path(host, "/", 0), sizeof(h2o_handler_t))->on_req =
        answer;
    for (int i = 0; i < threads; i++) {
        loops[i].fd = i == 0 ? fd : dup(fd);
        if (i > 0 && pthread_create(&thread, NULL, run, &loops[i]) != 0)
            return 3;
    }
    run(&loops[0]);
    return 0;
}
