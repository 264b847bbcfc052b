/*
 * ask.h - put a request to the route table without a socket: a small catalog in memory, no database, the guest asks.
 */
#ifndef CB_TESTS_SUPPORT_ASK_H
#define CB_TESTS_SUPPORT_ASK_H

#include "server/http/router.h"
#include "tests/support/world.h"

struct cb_ask {
    struct cb_world world;
    struct cb_config config;
    struct cb_server_env env;
    struct cb_assets *assets;
    struct cb_arena *arena;
};

struct cb_asking {
    enum cb_method method;
    cb_str target, body;
    struct cb_request_headers headers; /* host is localhost unless it says otherwise; content_type JSON with a body */
};

void cb_ask_init(struct cb_ask *a);
void cb_ask_fini(struct cb_ask *a);
/* The status; OUT gets the whole body, a stream to its end. RP (may be NULL) the reply, good until the next one. */
int cb_ask(struct cb_buf *out, struct cb_reply *rp, struct cb_ask *a, const struct cb_asking *q);

#endif
