#include <errno.h>
#include <linux/filter.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "catalog/base/clock.h"
#include "catalog/base/log.h"
#include "server/auth/policy.h"
#include "server/http/loop.h"

#define BACKLOG 4096
#define HANDSHAKE_MS 10000
#define H2_STREAM_N 32

/* ---- the socket */

static const char *zero_ended(struct cb_arena *a, cb_str s)
{
    return cb_arena_dup(a, s.p, s.n);
}

static int bind_one(const struct addrinfo *ai)
{
    int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, ai->ai_protocol);
    int on = 1, off = 0, saved;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (ai->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)); /* [::] takes IPv4 too */
    if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static enum cb_code open_socket(struct cb_server *srv, struct cb_arena *a, struct cb_err *err)
{
    const struct cb_config *conf = srv->env.config;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    cb_str host = conf->listen_host;
    char port[16];
    int gai;

    if (host.n >= 2 && host.p[0] == '[')
        host = cb_str_sub(host, 1, host.n - 1);
    snprintf(port, sizeof(port), "%lld", (long long)conf->listen_port);
    gai = getaddrinfo(zero_ended(a, host), port, &hints, &list);
    if (gai != 0)
        return cb_fail(err, CB_EINVAL, "listen: '%" CB_FMT "' is not an address of this machine: %s", CB_ARG(host),
                       gai_strerror(gai));
    errno = 0;
    for (struct addrinfo *ai = list; ai && srv->fd < 0; ai = ai->ai_next)
        srv->fd = bind_one(ai);
    freeaddrinfo(list);
    if (srv->fd >= 0)
        return CB_OK;
    if (errno == EADDRINUSE)
        return cb_fail(err, CB_ECONFLICT,
                       "%" CB_FMT " port %s is taken: is another callboard running? Choose another with listen: or --listen",
                       CB_ARG(conf->listen_host), port);
    if (errno == EACCES)
        return cb_fail(err, CB_EDENIED, "port %s needs privileges: choose one above 1023 with listen: or --listen", port);
    return cb_fail(err, CB_EINVAL, "cannot listen on %" CB_FMT " port %s: %s", CB_ARG(conf->listen_host), port,
                   strerror(errno));
}

static void find_port(struct cb_server *srv)
{
    const struct cb_config *conf = srv->env.config;
    struct sockaddr_storage address;
    socklen_t n = sizeof(address);
    cb_str host = conf->listen_host;

    if (getsockname(srv->fd, (struct sockaddr *)&address, &n) == 0)
        srv->port = ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                                        : ((struct sockaddr_in *)&address)->sin_port);
    if (cb_str_eq(host, CB_LIT("0.0.0.0")) || cb_str_eq(host, CB_LIT("::")) || cb_str_eq(host, CB_LIT("[::]")))
        host = CB_LIT("localhost");
    snprintf(srv->url, sizeof(srv->url), cb_str_find_char(host, ':', 0) != SIZE_MAX && host.p[0] != '[' ? "%s://[%" CB_FMT "]:%d" : "%s://%" CB_FMT ":%d",
             srv->tls ? "https" : "http", CB_ARG(cb_str_sub(host, 0, 255)), srv->port);
}

/*
 * Before the socket is closed: the kernel takes no new handshake (a client that tries sends its SYN again, and finds the next
 * callboard), those that are half-way finish, and all that wait are accepted. The filter sees the TCP header at 0.
 */
static void hold_off(int fd)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),          /* flags */
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12),       /* SYN, ACK */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x02, 0, 1), /* SYN alone */
        BPF_STMT(BPF_RET | BPF_K, 0),                    /* is dropped */
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
    };
    struct sock_fprog program = {CB_COUNT(code), code};

    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0)
        cb_log(CB_LOG_WARN, "http.stop", "filter_errno=%d", errno);
}

/* ---- TLS */

static const char *tls_error(void)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    return reason ? reason : "it cannot be read";
}

static enum cb_code open_tls(struct cb_server *srv, struct cb_arena *a, struct cb_err *err)
{
    static const h2o_iovec_t http1_only[] = {{H2O_STRLIT("http/1.1")}, {NULL, 0}};
    const struct cb_config *conf = srv->env.config;
    SSL_CTX *tls;

    if (conf->tls_certificate.n == 0)
        return CB_OK;
    tls = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(tls, zero_ended(a, conf->tls_certificate)) != 1) {
        SSL_CTX_free(tls);
        return cb_fail(err, CB_EINVAL, "tls.certificate %" CB_FMT ": %s; it must be a PEM file, its chain behind it",
                       CB_ARG(conf->tls_certificate), tls_error());
    }
    if (SSL_CTX_use_PrivateKey_file(tls, zero_ended(a, conf->tls_key), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(tls) != 1) {
        SSL_CTX_free(tls);
        return cb_fail(err, CB_EINVAL, "tls.key %" CB_FMT ": %s; it must be the certificate's key, PEM, without a password",
                       CB_ARG(conf->tls_key), tls_error());
    }
    h2o_ssl_register_alpn_protocols(tls, conf->http2 ? h2o_alpn_protocols : http1_only);
    srv->tls = tls;
    return CB_OK;
}

/* ---- h2o's configuration, shared by all loops and read only once they run */

/* One limit for all routes; each looks at its own once the body is there. */
static int64_t body_max(const struct cb_config *conf)
{
    int64_t most = conf->body_max_bytes > conf->task_body_max_bytes ? conf->body_max_bytes : conf->task_body_max_bytes;

    return cb_config_hears_webhooks(conf) && conf->webhook_body_max_bytes > most ? conf->webhook_body_max_bytes : most;
}

static void configure(struct cb_server *srv)
{
    const struct cb_config *conf = srv->env.config;
    h2o_pathconf_t *path;
    uint64_t request_ms = (uint64_t)(conf->request_timeout_us / 1000);

    h2o_config_init(&srv->conf);
    srv->conf.server_name = h2o_iovec_init(NULL, 0);
    srv->conf.max_request_entity_size = (size_t)body_max(conf) + CB_REQUEST_BODY_SLACK;
    srv->conf.handshake_timeout = HANDSHAKE_MS;
    srv->conf.http1.req_timeout = request_ms ? request_ms : 10000;
    srv->conf.http1.upgrade_to_http2 = conf->http2;
    srv->conf.http2.idle_timeout = srv->conf.http1.req_timeout;
    srv->conf.http2.max_concurrent_requests_per_connection = H2_STREAM_N;
    srv->host = h2o_config_register_host(&srv->conf, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    path = h2o_config_register_path(srv->host, "/", 0);
    h2o_create_handler(path, sizeof(h2o_handler_t))->on_req = cb_exchange_on_req;
}

/* ---- start and stop */

static unsigned loop_count(const struct cb_config *conf)
{
    long n = conf->threads ? (long)conf->threads : sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > CB_LOOP_MAX ? CB_LOOP_MAX : (unsigned)n;
}

static enum cb_code start_loops(struct cb_server *srv, struct cb_err *err)
{
    srv->loop_n = loop_count(srv->env.config);
    srv->loops = calloc(srv->loop_n, sizeof(*srv->loops));
    if (!srv->loops)
        abort();
    if (srv->env.config->access_log)
        srv->access = cb_access_new(srv->loop_n);
    pthread_barrier_init(&srv->ready, NULL, srv->loop_n + 1);
    pthread_barrier_init(&srv->ended, NULL, srv->loop_n);
    for (unsigned i = 0; i < srv->loop_n; i++) {
        struct cb_loop *loop = &srv->loops[i];

        loop->srv = srv;
        loop->index = i;
        loop->metrics = cb_metrics_new();
        loop->access = srv->access;
        if (pthread_create(&loop->thread, NULL, cb_loop_main, loop) != 0)
            return cb_fail(err, CB_EUNAVAILABLE, "no thread for a loop: the system's limit of threads is reached");
        srv->started_n++;
    }
    pthread_barrier_wait(&srv->ready);
    return CB_OK;
}

static void feed_news(void *ctx)
{
    cb_park_news(ctx);
}

enum cb_code cb_server_start(struct cb_server **out, const struct cb_server_env *env, struct cb_err *err)
{
    struct cb_server *srv = calloc(1, sizeof(*srv));
    struct cb_arena *a = cb_arena_new();
    enum cb_code rc;

    if (!srv)
        abort();
    srv->env = *env;
    atomic_init(&srv->config, env->config);
    srv->fd = -1;
    srv->link_max = env->config->connections_max > 0 ? (size_t)env->config->connections_max : 4096;
    srv->started_us = cb_clock_mono_us();
    cb_router_init();
    if ((rc = cb_policy_listen(env->config->listen_host, env->config->auth_configured, err)) != CB_OK ||
        (rc = open_tls(srv, a, err)) != CB_OK || (rc = cb_assets_load(&srv->assets, env->config->portal_dir, err)) != CB_OK ||
        (rc = open_socket(srv, a, err)) != CB_OK)
        goto out;
    find_port(srv);
    configure(srv);
    if ((rc = cb_feed_start(&srv->feed, env->pool, feed_news, srv, err)) != CB_OK)
        goto out;
    if ((rc = start_loops(srv, err)) != CB_OK)
        goto out; /* loops that run already wait at the barrier: the process is about to end */
    cb_log(CB_LOG_INFO, "http.listen", "url=%s loops=%u", srv->url, srv->loop_n);
    *out = srv;
    srv = NULL;

out:
    cb_arena_free(a);
    if (srv && !srv->started_n) {
        if (srv->fd >= 0)
            close(srv->fd);
        cb_feed_stop(srv->feed);
        cb_feed_free(srv->feed);
        cb_assets_free(srv->assets);
        SSL_CTX_free(srv->tls);
        free(srv);
    }
    return rc;
}

struct cb_feed *cb_server_feed(struct cb_server *srv)
{
    return srv->feed;
}

bool cb_server_stopping(const struct cb_server *srv)
{
    return atomic_load_explicit(&srv->stopping, memory_order_relaxed);
}

int cb_server_port(const struct cb_server *srv)
{
    return srv->port;
}

const char *cb_server_url(const struct cb_server *srv)
{
    return srv->url;
}

void cb_server_configure(struct cb_server *srv, const struct cb_config *config)
{
    atomic_store_explicit(&srv->config, config, memory_order_release);
}

void cb_server_news(struct cb_server *srv)
{
    cb_park_news(srv);
}

void cb_server_published(struct cb_server *srv, int64_t generation)
{
    atomic_store(&srv->generation, generation);
    cb_park_news(srv);
    cb_feed_published(srv->feed, generation);
}

/* The loop's thread has ended. A loop that still has connections or jobs is left as it is: the process ends. */
static bool free_loop(struct cb_loop *loop)
{
    if (loop->cut)
        return false;
    cb_metrics_free(loop->metrics);
    return true;
}

bool cb_server_stop(struct cb_server *srv, int64_t deadline_us)
{
    bool whole = true;

    if (!srv)
        return true;
    atomic_store(&srv->deadline_us, deadline_us);
    atomic_store(&srv->stopping, true);
    hold_off(srv->fd);
    cb_feed_stop(srv->feed); /* before the loops, which it sends messages */
    for (unsigned i = 0; i < srv->loop_n; i++)
        cb_loop_send(&srv->loops[i], CB_MESSAGE_STOP, -1, NULL);
    for (unsigned i = 0; i < srv->loop_n; i++)
        pthread_join(srv->loops[i].thread, NULL);
    close(srv->fd);
    for (unsigned i = 0; i < srv->loop_n; i++)
        whole &= free_loop(&srv->loops[i]);
    cb_log(whole ? CB_LOG_INFO : CB_LOG_WARN, "http.stop", "cut=%zu", atomic_load(&srv->link_n));
    cb_access_free(srv->access);
    if (!whole)
        return false;
    pthread_barrier_destroy(&srv->ready);
    pthread_barrier_destroy(&srv->ended);
    free(srv->loops);
    cb_feed_free(srv->feed);
    cb_assets_free(srv->assets);
    SSL_CTX_free(srv->tls);
    h2o_config_dispose(&srv->conf);
    free(srv);
    return true;
}
