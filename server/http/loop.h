/*
 * loop.h - one event loop: its thread, its connections, and the exchanges under way. Private to server/http; h2o is
 * named here, in loop.c, exchange.c and listen.c alone.
 *
 *   listen.c    the shared socket, TLS, start and stop of all loops
 *   loop.c      a thread: h2o's context, messages from elsewhere, accepting, connections, stalled readers
 *   exchange.c  one request and its answer: from h2o to the router and back, jobs, streams, compression
 *   park.c      exchanges that wait for a generation or for news
 *
 * Threads   a loop's fields belong to its thread, but for those marked atomic
 */
#ifndef CB_HTTP_LOOP_H
#define CB_HTTP_LOOP_H

#include <h2o.h>
#include <pthread.h>
#include <stdatomic.h>

#include "server/http/access.h"
#include "server/http/asset.h"
#include "server/http/feed.h"
#include "server/http/gzip.h"
#include "server/http/metrics.h"
#include "server/http/park.h"
#include "server/http/router.h"

#define CB_LOOP_MAX 64             /* threads */
#define CB_ACCEPT_BATCH 16         /* connections taken at one wake-up */
#define CB_STALL_US (INT64_C(30) * 1000000) /* a reader that takes nothing for so long is cut off */
#define CB_STOP_BACKLOG_US (INT64_C(100) * 1000) /* half-open handshakes may still finish */
#define CB_STOP_IDLE_US (INT64_C(500) * 1000)    /* a kept-alive connection may still ask once */
#define CB_H2_RESET_MAX 200        /* streams one HTTP/2 connection may have reset before it is cut off */
#define CB_GZIP_MIN 1024           /* bytes worth compressing, as Backstage's */
#define CB_GZIP_LOOP_MAX 65536     /* bytes a loop compresses itself; more is a job */
#define CB_JOB_US (INT64_C(60) * 1000000) /* deadline of a request's job */

struct cb_loop;
struct cb_exchange;

/* An accepted connection. */
struct cb_link {
    h2o_socket_t *sock;
    struct cb_loop *loop;
    struct cb_link *next, **at;
    size_t busy_n;         /* exchanges under way */
    size_t sending_n;      /* of these: bytes are going out */
    uint64_t acked;        /* bytes the other end has taken, at the last look */
    int64_t moved_us;      /* when that last grew */
    int64_t idle_us;       /* since when busy_n is 0 */
    unsigned reset_n;      /* HTTP/2 streams that went before their answer */
    bool closed;           /* the socket is gone; freed with the last exchange */
    char peer[64];         /* numeric address, made on first use */
};

enum cb_message_type { CB_MESSAGE_FD, CB_MESSAGE_DONE, CB_MESSAGE_STOP, CB_MESSAGE_RESUME, CB_MESSAGE_NEWS, CB_MESSAGE_WOKEN };

struct cb_message {
    h2o_multithread_message_t super;
    enum cb_message_type type;
    int fd;
    struct cb_exchange *exchange;
};

enum cb_step { CB_STEP_ANSWER, CB_STEP_GZIP, CB_STEP_SLICE };

struct cb_exchange {
    h2o_generator_t generator; /* first: h2o gives it back */
    struct cb_request rq;
    struct cb_reply rp;
    h2o_req_t *req;            /* NULL once the connection is gone */
    struct cb_loop *loop;
    struct cb_link *link;
    struct cb_exchange *next;  /* in the free list */
    struct cb_job job;
    struct cb_message done;    /* the job's end, on its way back */
    struct cb_outside outside; /* what it waits for elsewhere */
    struct cb_past_wait past_wait; /* for the end of a load of the past */
    enum cb_step step;
    bool in_job, started, more, sending, http2;
    enum cb_park parked;       /* the list it waits on */
    struct cb_exchange *park_next, *park_prev;
    int64_t park_due_us;
    struct cb_buf slice;       /* of a stream, going out */
    struct cb_buf raw;         /* the slice before compression */
    struct cb_gzip *gzip;      /* of a compressed stream */
    int64_t begin_us;
    uint64_t sent_bytes;
};

struct cb_loop {
    struct cb_server *srv;
    unsigned index;
    pthread_t thread;
    h2o_loop_t *loop;
    h2o_context_t ctx;
    h2o_accept_ctx_t accept;
    h2o_multithread_receiver_t rx;
    h2o_socket_t *listener;    /* NULL once closed */
    bool paused;               /* the listener is not read: too many connections, or no descriptors */
    int64_t resume_us;         /* no descriptors: look again then; 0: not so */
    struct cb_link *links;
    size_t link_n, exchange_n, sending_n;
    atomic_size_t load;        /* connections, for choosing a loop */
    struct cb_exchange *spare;
    size_t spare_n;
    struct cb_parked parked[CB_PARK_N];
    atomic_size_t park_n;      /* on all of these */
    struct cb_message news;    /* of cb_park_news; under way when news_sent */
    atomic_bool news_sent;
    struct cb_gzip *gzip;
    struct cb_metrics *metrics;
    struct cb_access *access;
    uint64_t request_n;
    char id_prefix[9];
    int64_t swept_us;
    int64_t stop_us;           /* since when it is stopping; 0: it is not */
    bool cut;                  /* something was cut off at the deadline */
};

struct cb_server {
    struct cb_server_env env;
    const struct cb_config *_Atomic config; /* the newest; env.config is the one it began with */
    struct cb_assets *assets;
    struct cb_access *access;
    h2o_globalconf_t conf;
    h2o_hostconf_t *host;
    SSL_CTX *tls;
    struct cb_loop *loops;
    unsigned loop_n, started_n;
    int fd;                    /* the listening socket */
    int port;
    char url[300];
    pthread_barrier_t ready, ended; /* all loops run; none sends messages to others any more */
    atomic_size_t link_n;      /* connections of all loops */
    size_t link_max;
    atomic_bool stopping, paused;
    _Atomic int64_t deadline_us;
    _Atomic int64_t generation; /* that the follower told last: for requests that wait for one */
    atomic_size_t waiting_n;    /* such requests */
    atomic_uint_least64_t news_n; /* how often there were news, so that none is missed on the way to bed */
    struct cb_feed *feed;
    int64_t started_us;
};

/* loop.c */
void *cb_loop_main(void *loop);
void cb_loop_send(struct cb_loop *to, enum cb_message_type type, int fd, struct cb_exchange *x);
/* Any thread; the message was made before (a job's end must not fail). */
void cb_loop_post(struct cb_loop *to, struct cb_message *m);
const char *cb_link_peer(struct cb_link *link);
/* One exchange of LINK less. */
void cb_link_rest(struct cb_link *link);

/* exchange.c */
int cb_exchange_on_req(h2o_handler_t *self, h2o_req_t *req);
void cb_exchange_job_done(struct cb_exchange *x);
/* What X waited for outside is there. */
void cb_exchange_woken(struct cb_exchange *x);
/* X waits for something outside: is its client still there? */
void cb_exchange_look(struct cb_exchange *x, int64_t now_us);
/* X waited (park.h) and goes on. */
void cb_exchange_wake(struct cb_exchange *x);
void cb_exchange_free_spare(struct cb_loop *loop);

#endif
