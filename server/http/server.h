/*
 * server.h - the HTTP server: one listening socket, a loop a core, the routes of router.h.
 *
 * Start     binds, reads the portal's files, starts the loops; answers from then on
 * Publish   the follower tells each new generation: every loop takes the new snapshot and wakes those who wait for it
 * Stop      new connections are held off while the ones that wait in the backlog are taken; each connection's next
 *           answer says Connection: close; idle ones are closed; then, or at the deadline, the loops end
 * Threads   start, stop: main. published, stats: any
 */
#ifndef CB_HTTP_SERVER_H
#define CB_HTTP_SERVER_H

#include "catalog/persist/conn.h"
#include "catalog/relate/follow.h"
#include "catalog/relate/past.h"
#include "server/auth/identity.h"
#include "server/config/config.h"
#include "server/job/queue.h"

struct cb_server;
struct cb_schedule;
struct cb_feed;
struct cb_plugins;
struct cb_panels;
struct cb_runner;

/* Borrowed until cb_server_stop has returned. FOLLOW, SCHEDULE, POOL, PAST, PLUGINS, PANELS and RUNNER may be NULL in tests: what needs them is 503. */
struct cb_server_env {
    const struct cb_config *config;
    struct cb_catalog *catalog;
    struct cb_follow *follow;
    struct cb_schedule *schedule;
    struct cb_pool *pool;
    struct cb_jobs *jobs;
    struct cb_identity *identity;
    struct cb_past *past;
    struct cb_plugins *plugins;
    struct cb_panels *panels;
    struct cb_runner *runner;
};

/*
 * CB_EDENIED: an address that is not loopback without configured authentication. CB_ECONFLICT: the address is taken.
 * CB_EINVAL: no such address, a certificate or key that cannot be used. The sentence says what to do.
 */
enum cb_code cb_server_start(struct cb_server **out, const struct cb_server_env *env, struct cb_err *err) CB_MUSTCHECK;
/* For routes: what watchers are told, and whether it is stopping. */
struct cb_feed *cb_server_feed(struct cb_server *srv);
bool cb_server_stopping(const struct cb_server *srv);
/* The port it listens on: what the kernel chose when the configuration says 0. */
int cb_server_port(const struct cb_server *srv);
/* "http://127.0.0.1:7007": for people; [::] and 0.0.0.0 are shown as localhost. */
const char *cb_server_url(const struct cb_server *srv);
/* GENERATION is served now (cb_follow_hooks.published). */
void cb_server_published(struct cb_server *srv, int64_t generation);
/* Streams have more to say: those that wait for news are asked. */
void cb_server_news(struct cb_server *srv);
/* A reload: requests from now on see CONFIG. Both it and the one before live until cb_server_stop has returned. */
void cb_server_configure(struct cb_server *srv, const struct cb_config *config);
/*
 * Graceful: returns when every connection has had its answers, or at DEADLINE_US (monotonic), and frees. True when nothing was cut off.
 * Call while jobs still run: what is in flight may need them. Accepts NULL.
 */
bool cb_server_stop(struct cb_server *srv, int64_t deadline_us);
/* The route table as text, one row a line: METHOD PATTERN RIGHT operationId. For `callboard routes` and the tests. */
void cb_server_routes(struct cb_buf *out);

#endif
